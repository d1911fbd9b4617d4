import ArgumentParser
import Calibration
import DiscreteEvent
import Engine
import Foundation
import Live
import LocalPods
import Notifications
import Planning
import Reports
import RunPod
import Sandbox
import Scenarios
import Slurm
import Web

/// Live mode: the engine that forecasts, with real pods.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Runs jobs on pods, survives what happens to them, and answers people and workers over HTTP.",
    discussion: """
      Pods are processes of this machine (--provider local), rented from RunPod (--provider runpod, with RUNPOD_API_KEY), jobs of your own \
      Slurm cluster (--provider slurm, with a section slurm in lora-train.yaml), or rented from a RunPod that is only played in this process \
      (--sandbox): the whole product without an account. The worker of the first and the last trains nothing and takes its time. The store \
      is made where it is not there yet. Ends on SIGTERM or SIGINT; pods go on, and are found again.

      EXAMPLE
        lora-train serve --sandbox --store try.store
        lora-train job create --store try.store --name first --pairs 500 --tokens-per-pair 3400 --yes
        lora-train serve --provider runpod --public-url https://train.example.com --budget 500
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var options: ConfigurationOptions

  @Option(help: ArgumentHelp("Where pods come from: local, runpod or slurm.", valueName: "name")) var provider: String?
  @Flag(help: "Pods come from a RunPod that is played in this process.") var sandbox = false
  @Option(help: ArgumentHelp("Where rented pods reach this machine: https://…", valueName: "url")) var publicUrl:
    String?
  @Option(help: "The address to listen at (127.0.0.1).") var host: String?
  @Option(
    help: ArgumentHelp(
      "A reverse proxy whose X-Forwarded-For and X-Forwarded-Proto are believed; may be given again.",
      valueName: "address"))
  var trustedProxy: [String] = []
  @Option(help: "The port to listen at (8088); 0: any that is free.") var port: Int?
  @Option(
    help: ArgumentHelp(
      "Of a new store: seconds of its time in one of ours (1; 600 with --sandbox).", valueName: "n"))
  var timeScale: Double?
  @Option(help: ArgumentHelp("Of a new store: how many jobs may run at once (3).", valueName: "n")) var slots: Int32?
  @Option(help: ArgumentHelp("Of a new store: the monthly limit in US dollars.", valueName: "usd")) var budget: Double?
  @Option(
    help: ArgumentHelp("Of a new store: calendar, or rolling_30_days: what the limit is for.", valueName: "period"))
  var budgetPeriod: String?
  @Option(
    help: ArgumentHelp("Of a new store: where the budget's months begin and end (UTC).", valueName: "zone"))
  var budgetTimeZone: String?
  @Option(help: ArgumentHelp("Of a new store: how many jobs may wait; one more is refused.", valueName: "n"))
  var maxQueued: Int32?
  @Option(
    help: ArgumentHelp("Of a new store: how spot jobs go on: \(PolicyChoice.liveForms).", valueName: "policy"))
  var policy: String?
  @Option(
    help: ArgumentHelp(
      "What estimates stand on; without it the store's own jobs, or the shipped priors where they are not real.",
      valueName: "file")) var history: String?

  @Option(
    help: ArgumentHelp(
      "A Python with the worker's requirements: it trains the jobs that name a training file, on local and Slurm pods.",
      valueName: "path"))
  var workerPython: String?
  @Option(
    help: ArgumentHelp(
      "JSON that is laid over each job with a training file: the model, for one. With --sandbox such jobs are then trained for real.",
      valueName: "file"))
  var workerSettings: String?

  @OptionGroup var output: OutputOptions

  private static let periods: [String: BudgetPeriod] = ["calendar": .calendar, "rolling_30_days": .rolling30Days]

  func validate() throws {
    if workerSettings != nil, workerPython == nil, !sandbox, provider != "runpod" {
      throw ValidationError("--worker-settings needs --worker-python, or pods that fetch the worker")
    }
    if workerPython != nil, sandbox || provider == "runpod" {
      throw ValidationError("--worker-python is for local and Slurm pods: leave out --sandbox and --provider runpod")
    }
    if let timeScale, !(timeScale >= 1 && timeScale <= 100_000) {
      throw ValidationError("--time-scale must be between 1 and 100,000")
    }
    if let slots, !(1...1_000).contains(slots) { throw ValidationError("--slots must be between 1 and 1,000") }
    if let port, !(0...65_535).contains(port) { throw ValidationError("--port must be between 0 and 65,535") }
    if let budget, !(budget >= 0 && budget < 1e9) { throw ValidationError("--budget must be at least 0") }
    if let budgetPeriod, ServeCommand.periods[budgetPeriod] == nil {
      throw ValidationError("--budget-period is calendar or rolling_30_days, not \(budgetPeriod)")
    }
    if let budgetTimeZone, CalendarMonths(timeZone: budgetTimeZone) == nil {
      throw ValidationError("--budget-time-zone is one such as Europe/Berlin, not \(budgetTimeZone)")
    }
    if let maxQueued, !(0...1_000_000).contains(maxQueued) {
      throw ValidationError("--max-queued must be between 0 and 1,000,000")
    }
    if let policy, PolicyChoice(live: policy) == nil {
      throw ValidationError("--policy is \(PolicyChoice.liveForms), not \(policy)")
    }
    if let provider, !["local", "runpod", "slurm"].contains(provider) {
      throw ValidationError("--provider is local, runpod or slurm, not \(provider)")
    }
    if sandbox, provider != nil { throw ValidationError("--sandbox is a provider of its own: leave out --provider") }
    if let publicUrl, let trouble = ServiceConfiguration.trouble(ofURL: publicUrl) {
      throw ValidationError("--public-url: \(trouble)")
    }
  }

  func run() async throws {
    let configuration = try options.read()
    let (address, number) = listening(configuration)
    try await WebServer.checkPort(host: address, port: number)
    let source = try source(configuration)
    var quoter = try await Quoter(
      history: history, rates: source.rates, reservation: configuration.serve.reservation)
    let live = try LiveStore(
      path: store.path,
      plan: .init(
        slots: slots ?? configuration.serve.slots.map { Int32($0) } ?? 3,
        limit: budget.map { Int64(($0 * 1e9).rounded()) } ?? configuration.serve.budget,
        period: budgetPeriod.flatMap { ServeCommand.periods[$0] } ?? configuration.serve.budgetPeriod ?? .calendar,
        budgetTimeZone: budgetTimeZone ?? configuration.serve.budgetTimeZone,
        maxQueued: maxQueued ?? configuration.serve.maxQueued.map { Int32($0) } ?? .max,
        policy: policy.flatMap { PolicyChoice(live: $0) } ?? configuration.serve.policy,
        settings: configuration.serve.policies, timeScale: timeScale,
        isPlayed: source.isPlayed, usualScale: sandbox ? 600 : 1, month: month(source, quoter)))
    quoter.policies = live.policies
    let diary = Diary()
    let named = policy.flatMap { PolicyChoice(live: $0) }
    if !live.isNew, let choice = named ?? configuration.serve.policy,
      let remark = live.remark(
        on: choice, configuration.serve.policies,
        from: named == nil ? "serve.policy of \(configuration.file ?? "lora-train.yaml")" : "--policy")
    {
      diary.say(remark)
    }
    // Signals are the server's now: what is going on is brought to an end.
    signal(SIGPIPE, SIG_IGN)
    switch source {
    case .local:
      let pods = try LivePods.local(
        live, rates: quoter.rates,
        trainer: try trainer(live.path, workerPython, configuration, settings: try settingsOfWorker()))
      try await serve(pods, live, quoter, configuration, diary, isPlayed: true, isHere: true)
    case .runPod(let settings):
      let pods = try await LivePods.runPod(
        settings, live, asksForSpot: configuration.runPod.spot == nil,
        training: ServeCommand.naming(
          configuration.support, in: try settingsOfWorker() ?? (source.isPlayed ? nil : LivePods.model)), diary)
      try await serve(pods, live, quoter, configuration, diary, isPlayed: source.isPlayed)
    case .slurm(let settings, let python):
      let own =
        try settingsOfWorker()
        ?? configuration.slurm.workerSettings.map {
          try ServeCommand.settings($0, hint: "check slurm.worker_settings")
        }
      let pods = try LivePods.slurm(
        settings, live,
        trainer: try trainer(live.path, python, configuration, settings: own ?? LivePods.model), diary)
      if publicUrl ?? configuration.publicURL == nil {
        diary.say("workers report to this machine's own address: with --public-url, nodes elsewhere reach it, too")
      }
      // Nodes of one's own are reached without an address for the world.
      try await serve(pods, live, quoter, configuration, diary, isPlayed: true)
    case .sandbox(let world, let seed):
      if live.isNew {
        diary.say("the store begins with a simulated month of a team: its jobs are tagged \(SampleMonth.tag)")
      }
      let world = ServeCommand.priced(world, quoter)
      try await withSandbox(world, seed: seed, live, diary) { settings in
        let pods = try await LivePods.runPod(
          settings, live, asksForSpot: true,
          training: ServeCommand.naming(configuration.support, in: try settingsOfWorker()), diary)
        try await serve(pods, live, quoter, configuration, diary, isPlayed: true, isHere: true)
      }
    }
    // Its lock is held until here.
    withExtendedLifetime(live) {}
    diary.say("stopped; pods go on, and are found again")
  }

  /// What estimates stand on is what pods cost in a sandbox, too.
  private static func priced(_ world: SandboxSettings, _ quoter: Quoter) -> SandboxSettings {
    var world = world
    world.gpus[0].spot = world.gpus[0].spot.map { _ in quoter.rates.spot }
    (world.gpus[0].secure, world.gpus[0].community) = (quoter.rates.onDemand, quoter.rates.onDemand)
    return world
  }

  private func month(_ source: LivePods.Source, _ quoter: Quoter) -> SampleMonth.World? {
    guard case .sandbox(let world, let seed) = source else { return nil }
    return SampleMonth.World(settings: ServeCommand.priced(world, quoter), seed: seed)
  }

  private static func branding(_ own: ServiceConfiguration.Branding) throws -> Branding {
    if let logo = own.logo, !FileManager.default.isReadableFile(atPath: logo) {
      throw InputError(.noInput, file: logo, "the logo cannot be read", hint: "check branding.logo")
    }
    let plain = Branding.plain
    return try Branding(name: own.name ?? plain.name, colour: own.colour ?? plain.colour, logo: own.logo)
  }

  private func source(_ configuration: ServiceConfiguration) throws -> LivePods.Source {
    if sandbox { return .sandbox(SandboxSettings(configuration.sandbox), seed: configuration.sandbox.seed ?? 1) }
    let named: [String: ServiceConfiguration.Provider] = ["local": .local, "runpod": .runPod, "slurm": .slurm]
    switch provider.flatMap({ named[$0] }) ?? configuration.provider {
    case .runPod:
      var settings = try configuration.runPodSettings()
      settings.offersSpot = configuration.runPod.spot ?? false
      return .runPod(settings)
    case .slurm:
      return .slurm(try configuration.slurmSettings(), python: workerPython ?? configuration.slurm.workerPython)
    case .local, nil: return .local
    }
  }

  private func settingsOfWorker() throws -> String? {
    try workerSettings.map { try ServeCommand.settings($0, hint: "check --worker-settings") }
  }

  private static func settings(_ path: String, hint: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: path),
      (try? JSONSerialization.jsonObject(with: data)) != nil
    else { throw InputError(.noInput, file: path, "cannot be read as JSON", hint: hint) }
    return String(decoding: data, as: UTF8.self)
  }

  /// A worker's settings, with whom readers of its packages ask for help; nil stays nil: such a worker makes none.
  static func naming(_ support: String?, in settings: String?) -> String? {
    guard let support, let settings,
      var fields = (try? JSONSerialization.jsonObject(with: Data(settings.utf8))) as? [String: Any],
      fields["support"] == nil
    else { return settings }
    fields["support"] = support
    return (try? JSONSerialization.data(withJSONObject: fields, options: [.sortedKeys, .withoutEscapingSlashes]))
      .map { String(decoding: $0, as: UTF8.self) } ?? settings
  }

  /// The worker that trains, where there is a Python for it.
  ///
  /// - Parameter settings: JSON that is laid over each job's.
  private func trainer(
    _ path: String, _ python: String?, _ configuration: ServiceConfiguration, settings: String?
  ) throws -> LocalTrainer? {
    let settings = ServeCommand.naming(
      configuration.support, in: settings ?? (configuration.support == nil ? nil : "{}"))
    return try python.map {
      try LocalTrainer(
        python: $0, files: path + ".files", objects: path + ".objects", settings: settings,
        huggingFace: configuration.tokenOfHuggingFace())
    }
  }

  /// Serves a sandbox on a port of its own for as long as `body` goes on.
  private func withSandbox(
    _ world: SandboxSettings, seed: UInt64, _ live: LiveStore, _ diary: Diary,
    _ body: (RunPodSettings) async throws -> Void
  ) async throws {
    let key = SecretFile.random(24).hex
    let time = live.time
    let host = try SandboxHost(
      settings: world, seed: seed, key: key, scale: time.scale, folder: live.path + ".sandbox",
      clock: { time.reading.wall })
    let address = ServerAddress()
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        try await SandboxServer(host).run(address: "127.0.0.1", port: 0) { port in
          await address.set("http://127.0.0.1:\(port)")
        }
      }
      var settings = RunPodSettings(key: Secret(key))
      settings.address = await address.value
      diary.say("pods come from a sandbox: nothing costs money")
      try await body(settings)
      group.cancelAll()
    }
  }

  /// - Parameter isHere: pods are processes of this machine; the way over the public address may not lead back here.
  private func serve(
    _ pods: LivePods, _ live: LiveStore, _ quoter: Quoter, _ configuration: ServiceConfiguration, _ diary: Diary,
    isPlayed: Bool, isHere: Bool = false
  ) async throws {
    let address = ServerAddress()
    let publicURL = publicUrl ?? configuration.publicURL
    if !isPlayed, publicURL == nil { diary.say("jobs are refused: \(ServeCommand.unreachable.problem)") }
    let knowledge = LiveKnowledge(
      .init(
        quoter: quoter,
        forecaster: try LiveForecaster(
          store: live.path, history: history, rates: pods.rates, timeZone: live.budgetTimeZone)),
      own: history == nil && live.origin == .real ? live.path : nil)
    let runner = try LiveRunner(
      { try live.coordinator() }, time: live.time, provider: pods.provider, keys: live.keys,
      reportAddress: { if let publicURL, !isHere { publicURL } else { await address.value } },
      tell: { diary.write($0) })
    var advice = WebServer.Advice(
      quote: { configuration in
        if !isPlayed, publicURL == nil { throw ServeCommand.unreachable }
        try pods.check(configuration.pricing)
        var quote = try await knowledge.quoter.quote(configuration)
        if let refusal = await runner.refusal?.split(separator: "\n").first {
          quote.warnings.append("the last pod that was asked for was refused: \(refusal)")
        }
        return quote
      }, forecast: { try await knowledge.forecaster.forecast($0) },
      fixes: { knowledge.quoter.fixes($0, $1) }, foresight: knowledge.foresight)
    advice.allows = { (new) throws(InputError) in try pods.check(new) }
    advice.memory = { knowledge.quoter.memory($0) }
    advice.wait = { knowledge.quoter.wait(for: $0, every: $1) }
    advice.suitePass = quoter.suitePass
    advice.rates = (Double(quoter.rates.spot) / 1e9, Double(quoter.rates.onDemand) / 1e9)
    advice.reckoned = [Pricing.onDemand, .spot].map { quoter.rate($0, of: pods, history: history) }
    advice.offers = pods.offers
    advice.spot = pods.provider.capabilities.contains(.spot) ? (true, nil) : (false, pods.without)
    advice.storagePrice = configuration.objects.pricePerGigabyteMonth.map { Double($0) / 1e9 }
    let objects = try configuration.objectStores(beside: live.path)
    let keeper = ArtifactKeeper(
      runner, objects, local: live.path + ".objects",
      retention: .init(
        artifacts: configuration.objects.keepArtifacts, checkpoints: configuration.objects.keepCheckpoints),
      examine: SuiteAnswers(runner).take, tell: { diary.say($0) })
    let keeping = Task { await keeper.run() }
    defer { keeping.cancel() }
    let channels = try configuration.notifications.completed()
    let desk = LiveNotices.desk(
      runner, live, channels, address: { if let publicURL { publicURL } else { await address.value } },
      knowledge: knowledge, diary)
    let telling = Task { await desk.run() }
    defer { telling.cancel() }
    let learning = Task(priority: .utility) { await knowledge.goOn(runner) { diary.say($0) } }
    defer { learning.cancel() }
    let server = try WebServer(
      runner: runner, keys: live.keys, store: live.name, storePath: live.path, token: live.token, shelf: pods.shelf,
      artifacts: ArtifactShelf(
        objects, keeper: keeper, keys: live.keys, pricePerGigabyteMonth: configuration.objects.pricePerGigabyteMonth),
      notices: NoticeSettings(channels),
      slack: LiveNotices.slack(
        live, channels, address: { if let publicURL { publicURL } else { await address.value } }),
      advice: advice, branding: try ServeCommand.branding(configuration.branding),
      links: .init(editorTemplate: configuration.editorLinkTemplate, support: configuration.support),
      trustedProxies: Set(trustedProxy))
    let (path, name, scale) = (live.path, live.name, live.time.scale)
    let (host, port) = listening(configuration)
    let json = output.json
    try await server.run(host: host, port: port) { port in
      let url = "http://\(host == "0.0.0.0" ? "127.0.0.1" : host.contains(":") ? "[\(host)]" : host):\(port)"
      await address.set(url)
      do {
        try Data((url + "\n").utf8).write(to: URL(fileURLWithPath: path + ".address"), options: .atomic)
      } catch {
        diary.say("\(path).address cannot be written: other commands will not find this server")
      }
      diary.say("serving \(path) (store \(name)) at \(url)")
      let link = try? await server.firstLink().map { (publicURL ?? url) + $0 }
      if json {
        ServeCommand.announce([
          ("store", .string(path)), ("name", .string(name)), ("url", .string(url)),
          ("sign_in_url", link.map { .string($0) } ?? .null), ("time_scale", .number(scale)),
        ])
      } else if let link {
        diary.say("nobody has a password yet; to choose yours, once, within a day: \(link)")
      }
      if !ServeCommand.isLoopback(host), trustedProxy.isEmpty {
        diary.say(
          "passwords and tokens come in the clear from wherever \(host) is reached: put a proxy with a certificate before "
            + "it, and name it with --trusted-proxy")
      }
      if scale != 1 { diary.say("1 second is \(Words.duration(scale)) of the store's time") }
      if await !runner.view.isConfirmed {
        diary.say(
          "this store is a copy, or was moved: nothing is rented or ended until somebody says: "
            + "lora-train store confirm --store \(path)")
      }
    }
  }

  /// Where a server is to be found, as its whole answer: whoever started it waits for that, and it goes on.
  static func announce(_ fields: [(String, JSON)]) {
    print(JSON.object(fields).text(pretty: false))
    fflush(nil)
  }

  private func listening(_ configuration: ServiceConfiguration) -> (host: String, port: Int) {
    (host ?? configuration.serve.host ?? "127.0.0.1", port ?? configuration.serve.port ?? 8088)
  }

  private static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host == "::1" || host.hasPrefix("127.")
  }

  /// Rented pods have to fetch their worker and to report.
  private static let unreachable = InputError(
    .badConfiguration, "rented pods do not reach this machine: serve has no public address",
    hint: "serve --public-url https://…, with a reverse proxy that has a certificate; or try serve --sandbox")
}
