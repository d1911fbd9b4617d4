import ArgumentParser
import Engine
import Foundation
import Live
import Planning
import Scenarios
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
    if let budget, !(budget >= 0 && budget < 1e9) {
      throw ValidationError("--budget must be at least 0 and below 1,000,000,000")
    }
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
        training: WorkerSettings.naming(
          configuration.support, in: try settingsOfWorker() ?? (source.isPlayed ? nil : LivePods.model)), diary)
      try await serve(pods, live, quoter, configuration, diary, isPlayed: source.isPlayed)
    case .slurm(let settings, let python):
      let own =
        try settingsOfWorker()
        ?? configuration.slurm.workerSettings.map {
          try WorkerSettings.read($0, hint: "check slurm.worker_settings")
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
          training: WorkerSettings.naming(configuration.support, in: try settingsOfWorker()), diary)
        try await serve(pods, live, quoter, configuration, diary, isPlayed: true, isHere: true)
      }
    }
    // Its lock is held until here.
    withExtendedLifetime(live) {}
    diary.say("stopped; pods go on, and are found again")
  }
}
