import Calibration
import Crypto
import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Live
import Logging
import NIOCore
import NIOPosix
import Scenarios
import ServiceLifecycle

/// The web face of live mode: where workers report, and where people and their programs ask and do.
public struct WebServer: Sendable {
  /// Says what a job would cost.
  public typealias Quoter = @Sendable (JobConfiguration) async throws -> QuoteDocument

  private let runner: LiveRunner
  private let keys: WorkerKeys
  private let store: String
  private let storePath: String
  private let token: String
  private let quote: Quoter
  private let shelf: BundleShelf?

  /// - Parameters:
  ///   - store: its name, which is part of its pods' names.
  ///   - token: what people's programs bear; compared as a digest.
  ///   - shelf: the worker that pods fetch, where they do.
  public init(
    runner: LiveRunner, keys: WorkerKeys, store: String, storePath: String, token: String, shelf: BundleShelf? = nil,
    quote: @escaping Quoter
  ) {
    self.runner = runner
    self.keys = keys
    self.store = store
    self.storePath = storePath
    self.token = token
    self.shelf = shelf
    self.quote = quote
  }

  /// Serves, and lets the runner step, until a signal comes or a step fails.
  ///
  /// - Parameter ready: told the port once it is open.
  /// - Throws: `InputError` where the port cannot be had; else what the failed step threw.
  public func run(host: String, port: Int, ready: @escaping @Sendable (Int) async -> Void) async throws {
    let router = Router(context: BasicRequestContext.self)
    router.get("health") { [runner] _, _ in try Reply.json(WebServer.health(await runner.view)) }
    WorkerRoutes(runner: runner, keys: keys, store: store).add(to: router)
    shelf?.add(to: router)
    UserRoutes(runner: runner, storePath: storePath, quote: quote)
      .add(to: router.group("v1").add(middleware: TokenCheck(token: token)))
    var logger = Logger(label: "lora-train")
    logger.logLevel = .error
    let app = Application(
      router: router, configuration: .init(address: .hostname(host, port: port), serverName: "lora-train"),
      services: [Running(runner: runner)], onServerRunning: { await ready($0.localAddress?.port ?? port) },
      logger: logger)
    do {
      try await app.runService()
    } catch let error as IOError where [EADDRINUSE, EACCES, EADDRNOTAVAIL].contains(error.errnoCode) {
      throw InputError(
        .unavailable, "port \(port) of \(host) cannot be had: \(String(cString: strerror(error.errnoCode)))",
        hint: error.errnoCode == EADDRINUSE
          ? "another program has it: choose one with --port" : "choose another with --port")
    }
  }

  static func health(_ view: LiveView) -> HealthDocument {
    HealthDocument(
      status: view.isConfirmed ? "ok" : "unconfirmed", store: view.store, epoch: Int(view.epoch),
      provider_answers: view.providerAnswers, jobs: view.fleet.jobs.count, running: Int(view.fleet.slotsInUse))
  }

  /// The runner's life within the server's.
  private struct Running: Service {
    let runner: LiveRunner
    func run() async throws {
      try await withGracefulShutdownHandler {
        try await runner.run()
      } onGracefulShutdown: {
        Task { await runner.stop() }
      }
    }
  }
}

/// Lets through what bears the token.
struct TokenCheck: RouterMiddleware {
  let token: String

  func handle(
    _ request: Request, context: BasicRequestContext,
    next: (Request, BasicRequestContext) async throws -> Response
  ) async throws -> Response {
    let given = request.headers[.authorization] ?? ""
    // Digests of equal length: how long a comparison takes says nothing.
    guard SHA256.hash(data: Data(given.utf8)) == SHA256.hash(data: Data("Bearer \(token)".utf8)) else {
      throw Problem(
        .unauthorized, "the token is missing, or is not this store's", hint: "it is in the file STORE.token")
    }
    return try await next(request, context)
  }
}
