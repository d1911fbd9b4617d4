import Engine
import Foundation
import Live
import Notifications
import Reports
import Scenarios
import Web

extension ServeCommand {
  /// Runs jobs on these pods, and answers people and workers, until it is told to end.
  ///
  /// - Parameters:
  ///   - isPlayed: pods reach this machine without a public address.
  ///   - isHere: pods are processes of this machine; the way over the public address may not lead back here.
  func serve(
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
    let advice = advice(
      pods, knowledge, quoter, runner, configuration, isReachable: isPlayed || publicURL != nil)
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
    let (host, port) = listening(configuration)
    let json = output.json
    try await server.run(host: host, port: port) { port in
      let url = "http://\(host == "0.0.0.0" ? "127.0.0.1" : host.contains(":") ? "[\(host)]" : host):\(port)"
      await address.set(url)
      do {
        try Data((url + "\n").utf8).write(to: URL(fileURLWithPath: live.path + ".address"), options: .atomic)
      } catch {
        diary.say("\(live.path).address cannot be written: other commands will not find this server")
      }
      diary.say("serving \(live.path) (store \(live.name)) at \(url)")
      let link = await firstLink(server, diary).map { (publicURL ?? url) + $0 }
      if json {
        ServeCommand.announce([
          ("store", .string(live.path)), ("name", .string(live.name)), ("url", .string(url)),
          ("sign_in_url", link.map { .string($0) } ?? .null), ("time_scale", .number(live.time.scale)),
        ])
      } else if let link {
        diary.say("nobody has a password yet; to choose yours, once, within a day: \(link)")
      }
      if !ServeCommand.isLoopback(host), trustedProxy.isEmpty {
        diary.say(
          "passwords and tokens come in the clear from wherever \(host) is reached: put a proxy with a certificate before "
            + "it, and name it with --trusted-proxy")
      }
      if live.time.scale != 1 { diary.say("1 second is \(Words.duration(live.time.scale)) of the store's time") }
      if await !runner.view.isConfirmed {
        diary.say(
          "this store is a copy, or was moved: nothing is rented or ended until somebody says: "
            + "lora-train store confirm --store \(live.path)")
      }
    }
  }

  /// The way in for the first person, below the server's address; nil where somebody has a password, or it cannot be made now.
  private func firstLink(_ server: WebServer, _ diary: Diary) async -> String? {
    do { return try await server.firstLink() } catch {
      let why = (error as? InputError)?.problem ?? "\(error)"
      diary.say("nobody can choose the first password now (\(why)); lora-train user invite NAME makes a link later")
      return nil
    }
  }

  /// Where a server is to be found, as its whole answer: whoever started it waits for that, and it goes on.
  static func announce(_ fields: [(String, JSON)]) {
    StandardOutput.write(JSON.object(fields).text(pretty: false) + "\n")
    fflush(nil)
  }

  private static func branding(_ own: ServiceConfiguration.Branding) throws -> Branding {
    if let logo = own.logo, !FileManager.default.isReadableFile(atPath: logo) {
      throw InputError(.noInput, file: logo, "the logo cannot be read", hint: "check branding.logo")
    }
    let plain = Branding.plain
    return try Branding(name: own.name ?? plain.name, colour: own.colour ?? plain.colour, logo: own.logo)
  }

  /// The address and the port to listen at.
  func listening(_ configuration: ServiceConfiguration) -> (host: String, port: Int) {
    (host ?? configuration.serve.host ?? "127.0.0.1", port ?? configuration.serve.port ?? 8088)
  }

  private static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host == "::1" || host.hasPrefix("127.")
  }

  /// Rented pods have to fetch their worker and to report.
  static let unreachable = InputError(
    .badConfiguration, "rented pods do not reach this machine: serve has no public address",
    hint: "serve --public-url https://…, with a reverse proxy that has a certificate; or try serve --sandbox")
}
