import Calibration
import DiscreteEvent
import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Live
import Logging
import NIOCore
import NIOPosix
import Reports
import Scenarios
import ServiceLifecycle

/// The web face of live mode: where workers report, and where people and their programs ask and do.
public struct WebServer: Sendable {
  let runner: LiveRunner
  private let keys: WorkerKeys
  private let store: String
  private let storePath: String
  private let token: String
  private let advice: Advice
  private let shelf: BundleShelf?
  private let artifacts: ArtifactShelf?
  private var branding = Branding.plain
  private var links = Links()
  private let notices: NoticeSettings
  private let slack: SlackPost?
  private let trustedProxies: Set<String>
  private let signIn: SignIn
  private let finals: FinalShelf
  private let curves: CurveShelf
  private let meters = Meters()
  private let replays: ReplayShelf
  let feed: LiveFeed

  /// - Parameters:
  ///   - store: its name, which is part of its pods' names.
  ///   - token: its owner's; others have their own, see ``Bearers``.
  ///   - shelf: the worker that pods fetch, where they do.
  ///   - branding: whose reports they are.
  ///   - links: where pages lead beyond this program.
  ///   - notices: which channels there are to tell people by.
  ///   - slack: posts links that somebody shares; nil: no channel is configured.
  ///   - trustedProxies: addresses whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
  ///   - artifacts: where jobs' objects are, and how they are handed out.
  public init(
    runner: LiveRunner, keys: WorkerKeys, store: String, storePath: String, token: String, shelf: BundleShelf? = nil,
    artifacts: ArtifactShelf? = nil, notices: NoticeSettings = NoticeSettings(), slack: SlackPost? = nil,
    advice: Advice, branding: Branding = .plain, links: Links = Links(), trustedProxies: Set<String> = []
  ) throws {
    try self.init(
      runner: runner, keys: keys, store: store, storePath: storePath, token: token, shelf: shelf, artifacts: artifacts,
      notices: notices, slack: slack, advice: advice, trustedProxies: trustedProxies, passwords: PasswordHash(),
      clock: { LiveTime.machine })
    self.branding = branding
    self.links = links
  }

  init(
    runner: LiveRunner, keys: WorkerKeys, store: String, storePath: String, token: String, shelf: BundleShelf? = nil,
    artifacts: ArtifactShelf? = nil, notices: NoticeSettings = NoticeSettings(), slack: SlackPost? = nil,
    advice: Advice, trustedProxies: Set<String>, passwords: PasswordHash, links: Links = Links(),
    patience: Duration = .milliseconds(150), clock: @escaping @Sendable () -> Instant
  ) {
    self.links = links
    self.runner = runner
    self.keys = keys
    self.store = store
    self.storePath = storePath
    self.token = token
    self.advice = AdviceCache.around(advice, patience: patience)
    self.shelf = shelf
    self.artifacts = artifacts
    self.notices = notices
    self.slack = slack
    self.trustedProxies = trustedProxies
    finals = FinalShelf(runner.catalogue)
    curves = CurveShelf(runner.catalogue)
    replays = ReplayShelf(path: storePath)
    feed = LiveFeed(runner: runner)
    signIn = SignIn(
      catalogue: runner.catalogue, runner: runner, passwords: passwords, store: store, clock: clock)
  }

  /// A path that lets its first visitor choose a name and a password; nil where somebody has one already.
  ///
  /// - Throws: `InputError` where the store cannot be written.
  public func firstLink() async throws -> String? {
    try runner.catalogue.hasPasswords() ? nil : try await signIn.link(for: nil)
  }

  /// Looks whether the port can be had, before anything is begun that a refusal would have to end again.
  ///
  /// - Throws: `InputError` where it cannot.
  public static func checkPort(host: String, port: Int) async throws {
    do {
      let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1).bind(host: host, port: port).get()
      try await channel.close()
    } catch let error as IOError {
      throw refusal(error, host, port) ?? error
    } catch is SocketAddressError.UnknownHost {
      throw InputError(
        .unavailable, "there is no address \(host) to listen at",
        hint: "choose with --host: 127.0.0.1, or 0.0.0.0 for all")
    }
  }

  private static func refusal(_ error: IOError, _ host: String, _ port: Int) -> (any Error)? {
    guard [EADDRINUSE, EACCES, EADDRNOTAVAIL].contains(error.errnoCode) else { return nil }
    return InputError(
      .unavailable, "port \(port) of \(host) cannot be had: \(String(cString: strerror(error.errnoCode)))",
      hint: error.errnoCode == EADDRINUSE
        ? "another program has it: choose one with --port" : "choose another with --port")
  }

  /// Serves, and lets the runner step, until a signal comes or a step fails.
  ///
  /// - Parameter ready: told the port once it is open.
  /// - Throws: `InputError` where the port cannot be had; else what the failed step threw.
  public func run(host: String, port: Int, ready: @escaping @Sendable (Int) async -> Void) async throws {
    var logger = Logger(label: "lora-train")
    logger.logLevel = .error
    // Nobody waits for it: whoever looks first finds it there, or being computed.
    let early = Task(priority: .utility) { [runner, advice] in
      _ = try? await advice.foresight.knownCapacity(await runner.view)
    }
    defer { early.cancel() }
    let app = Application(
      router: router(), configuration: .init(address: .hostname(host, port: port), serverName: "lora-train"),
      services: [Running(runner: runner, feed: feed)], onServerRunning: { await ready($0.localAddress?.port ?? port) },
      logger: logger)
    do {
      try await app.runService()
    } catch let error as IOError {
      throw WebServer.refusal(error, host, port) ?? error
    }
  }

  /// What is served: an answer to everything.
  func router() -> Router<LiveContext> {
    let router = routes()
    router.refuseOtherMethods()
    return router
  }

  /// Who may ask what.
  func routes() -> Router<LiveContext> {
    let router = Router(context: LiveContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: Meters.Watch(meters: meters))
    router.add(middleware: Callers(trusted: trustedProxies))
    router.add(middleware: SecurityHeaders())
    router.add(middleware: ProblemAnswers())
    router.get("ready") { [runner] _, _ in
      guard await runner.isRunning else {
        throw Problem(.serviceUnavailable, "lora-train is about to end, or to start anew")
      }
      _ = try await Reply.orUnavailable { try runner.catalogue.journalLength() }
      return try Reply.json(WebServer.health(await runner.view))
    }
    router.get("health") { [runner] _, _ in try Reply.json(WebServer.health(await runner.view)) }
    let workers = WorkerRoutes(
      runner: runner, desk: MeasureDesk(runner.catalogue), keys: keys, store: store, feed: feed)
    workers.add(to: router)
    shelf?.add(to: router)
    let visitors = Visitors(signIn: signIn, bearers: Bearers(catalogue: runner.catalogue, ownToken: token))
    SignInRoutes(signIn: signIn).add(to: router, router.group().add(middleware: visitors))
    MetricsPage(runner: runner, advice: advice, meters: meters).add(to: router.group().add(middleware: visitors))
    let api = router.group("api/v1").add(middleware: visitors).add(middleware: Conditional())
      .add(middleware: Idempotency(catalogue: runner.catalogue, clock: signIn.clock))
    api.get("openapi.json") { _, _ in try Reply.json(OpenAPI.document) }
    JobRoutes(runner: runner, storePath: storePath, advice: advice, finals: finals).add(to: api)
    BudgetRoutes(runner: runner, advice: advice).add(to: api)
    ForesightRoutes(runner: runner, advice: advice).add(to: api)
    ReplayRoutes(runner: runner, shelf: replays).add(to: api)
    TeamRoutes(runner: runner, storePath: storePath, finals: finals).add(to: api)
    let noticeRoutes = NoticeRoutes(runner: runner, settings: notices, clock: signIn.clock)
    noticeRoutes.add(to: api)
    NoticeLinkRoutes(runner: runner, keys: keys).add(to: router)
    SessionRoutes(deeds: SessionDeeds(signIn: signIn)).add(to: api)
    ChannelRoutes(notices: noticeRoutes).add(to: api)
    RateRoutes(runner: runner, advice: advice).add(to: api)
    let signed = LinkDeeds(runner: runner, keys: keys, shelf: artifacts)
    LinkRoutes(deeds: signed).add(to: api)
    ShareRoutes(runner: runner, deeds: ShareDeeds(runner: runner, clock: signIn.clock, slack: slack)).add(to: api)
    SearchRoutes(runner: runner).add(to: api)
    KnowledgeRoutes(runner: runner).add(to: api)
    HideRoutes(runner: runner).add(to: api)
    NoteRoutes(runner: runner).add(to: api)
    RatingRoutes(runner: runner).add(to: api)
    SuiteRoutes(runner: runner).add(to: api)
    StreamRoutes(feed: feed, runner: runner).add(to: api)
    MetricExport(runner: runner).add(to: api)
    if let artifacts {
      UploadRoutes(workers: workers, shelf: artifacts, files: FileShelf(beside: storePath)).add(to: router)
      let routes = ArtifactRoutes(runner: runner, shelf: artifacts)
      routes.addLinked(to: router)
      routes.add(to: api)
      SuiteAnswerRoutes(runner: runner, shelf: artifacts).add(to: api)
    }
    InsightRoutes(runner: runner, finals: finals, curves: curves).add(to: api)
    PresetRoutes(deeds: PresetDeeds(runner: runner, finals: finals)).add(to: api)
    let composer = ReportComposer(
      runner: runner, storePath: storePath, advice: advice, curves: curves, branding: branding)
    ReportRoutes(composer: composer, runner: runner, keys: keys).add(to: api, public: router)
    AssetRoutes().add(to: router)
    var desk = PageDesk(
      runner: runner, storePath: storePath, signIn: signIn, advice: advice, finals: finals, curves: curves,
      replays: replays, signed: signed, slack: slack)
    desk.links = links
    ValidationRoutes(runner: runner).add(to: api, trends: desk.trends)
    SharedRoutes(desk: desk).add(to: router)
    PageRoutes(desk: desk, notices: noticeRoutes, feed: feed).add(to: router.group().add(middleware: visitors))
    return router
  }

  static func health(_ view: LiveView) -> HealthDocument {
    HealthDocument(
      status: view.isConfirmed ? "ok" : "unconfirmed", store: view.store, epoch: Int(view.epoch),
      provider_answers: view.providerAnswers, jobs: view.fleet.jobs.count, running: Int(view.fleet.slotsInUse))
  }

  /// The runner's life within the server's.
  private struct Running: Service {
    let runner: LiveRunner
    let feed: LiveFeed
    func run() async throws {
      try await withGracefulShutdownHandler {
        // Whoever watches is told for as long as the runner runs.
        let telling = Task { await feed.tell() }
        defer { telling.cancel() }
        try await runner.run()
      } onGracefulShutdown: {
        Task {
          await feed.end()
          await runner.stop()
        }
      }
    }
  }
}
