import Calibration
import DiscreteEvent
import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Journal
import Live
import NIOCore
import NIOEmbedded
import ObjectStores
import Scenarios
import Synchronization
import Testing

@testable import Web

/// A served store without a port: its router is asked directly, and its pods are on paper.
final class Office {
  let server: WebServer
  let runner: LiveRunner
  let keeper: ArtifactKeeper
  let folder: URL
  private let responder: any HTTPResponder<LiveContext>
  private let running: Task<Void, any Error>
  static let ownToken = "the-owners"
  static let keys = WorkerKeys(master: Data(repeating: 7, count: 32))
  static let proxy = "10.0.0.9"
  /// What the machine's clock says to whoever signs in.
  let clock = PaperClock()
  /// What is said of past estimates.
  let past = PaperPast()

  /// - Parameters:
  ///   - after: what its jobs lived through before anybody looked.
  ///   - advise: what the simulator says otherwise.
  ///   - change: what is otherwise about the policies.
  init(
    limit: Double? = 100, pods: PaperPods.Supply = .never, slack: SlackPost? = nil, links: WebServer.Links = .init(),
    notices: NoticeSettings = NoticeSettings(), patience: Duration = .seconds(60),
    after: Past? = nil, advise: (inout WebServer.Advice) -> Void = { _ in },
    _ change: (inout Policies) -> Void = { _ in }
  ) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("office-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let path = folder.appendingPathComponent("store").path
    var policies = Policies()
    policies.budgetLimit = limit.map { Int64($0 * 1e9) }
    change(&policies)
    let opening = JournalOpening(store: "office", origin: .sandbox, policyName: "office", policies: policies)
    let time = LiveTime(origin: LiveTime.machine)
    let keys = Office.keys
    runner = try LiveRunner(
      { try (after ?? Past()).store(path, opening, time.reading) }, time: time,
      provider: PaperPods(supply: pods), keys: keys, reportAddress: { "http://127.0.0.1:1" })
    let objects = FolderStore(path + ".objects")
    let stores = ObjectStoreSet(artifacts: objects, checkpoints: objects)
    keeper = ArtifactKeeper(
      runner, stores, local: path + ".objects", retention: .init(), examine: SuiteAnswers(runner).take)
    var advice = WebServer.Advice(
      quote: { configuration in
        // A job of many pairs is a dear one.
        let k = configuration.trainingPairs > 50_000 ? 10.0 : 1
        var quote = QuoteDocument(
          cost_usd: .init(p10: 20 * k, p50: 30 * k, p80: 40 * k, p90: 45 * k),
          duration_s: .init(p10: 1e4, p50: 2e4, p80: 3e4, p90: 4e4),
          p_completes: 0.9, reservation_usd: 40 * k, source: "a test", warnings: [])
        // Suites, at what an hour costs.
        let suites = Double(configuration.suitePasses ?? 0) * 0.15 / 3600 * 2.49
        quote.reservation_usd += suites
        quote.cost_usd.p50 += suites
        quote.parts = .init(gpu_usd: 28.5 * k, interruptions_usd: 3.25 * k)
        quote.p_interrupted = 0.18
        quote.hourly_rate_usd = configuration.pricing == .spot ? 2.49 : 7.99
        return quote
      },
      forecast: { _ in
        ForecastDocument(
          at: "", month: Band(p10: 50, p50: 60, p90: 70), p_over_budget: 0, futures: 1, milliseconds: 0, jobs: [:])
      },
      fixes: { configuration, failure in
        failure == .outOfMemory
          ? [FixDocument(kind: "smaller", text: "a smaller batch", configuration: configuration)] : []
      }, foresight: .paper(past))
    advice.suitePass = 0.15
    advice.wait = { _, _ in (900, 2_400) }
    advice.reckoned = [
      RateDocument(
        use: .estimates, provider: "paper", gpu: "h100", pricing: .spot, usd_per_hour: 2.49, source: "a test",
        as_of: "2026-11-09", is_available: false, reason: "nobody sells it")
    ]
    advice.spot = (false, "nobody sells it")
    advice.memory = { _ in MemoryDocument(peak_gb: 92.3, low_gb: 88, high_gb: 97, capacity_gb: 80) }
    advise(&advice)
    server = WebServer(
      runner: runner, keys: keys, store: "office", storePath: path, token: Office.ownToken,
      artifacts: ArtifactShelf(stores, keeper: keeper, keys: keys, pricePerGigabyteMonth: 20_000_000),
      notices: notices, slack: slack, advice: advice, trustedProxies: [Office.proxy],
      // As cheap as can be: what it costs is another test's.
      passwords: try PasswordHash(cost: .init(power: 1, parallelism: 1)), links: links, patience: patience,
      clock: { [clock] in clock.now })
    responder = server.router().buildResponder()
    running = Task { [runner] in try await runner.run() }
  }

  deinit {
    running.cancel()
    try? FileManager.default.removeItem(at: folder)
  }

  struct Answer {
    var status: Int
    var headers: HTTPFields = [:]
    var body: Data
    func value<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
      try JSONDecoder().decode(Value.self, from: body)
    }
    var text: String { String(decoding: body, as: UTF8.self) }
  }

  func ask(
    _ method: String, _ path: String, _ body: (any Encodable)? = nil, token: String? = Office.ownToken,
    bytes: Data? = nil, headers: [String: String] = [:], peer: String = "127.0.0.1"
  ) async throws -> Answer {
    var head = HTTPRequest(method: .init(method) ?? .get, scheme: "http", authority: "here", path: path)
    if let token { head.headerFields[.authorization] = "Bearer \(token)" }
    for (name, value) in headers { if let field = HTTPField.Name(name) { head.headerFields[field] = value } }
    let data = try bytes ?? body.map { try JSONEncoder().encode($0) } ?? Data()
    let request = Request(head: head, body: .init(buffer: ByteBuffer(bytes: data)))
    var context = LiveContext(
      source: ApplicationRequestContextSource(
        channel: NIOAsyncTestingChannel(), logger: .init(label: "office")))
    context.peer = peer
    let response = try await responder.respond(to: request, context: context)
    let sink = Sink()
    try await response.body.write(sink)
    return Answer(status: response.status.code, headers: response.headers, body: await sink.store.data)
  }

  /// What a worker says, signed by its pod.
  func say(_ pod: PodName, _ path: String, _ json: String) async throws -> Answer {
    let (body, stamp) = (Data(json.utf8), "\(Int(Date().timeIntervalSince1970))")
    return try await ask(
      "POST", "/v1/reports/\(pod)\(path)", token: nil, bytes: body,
      headers: ["X-Lora-Timestamp": stamp, "X-Lora-Signature": Office.keys.signature(of: body, at: stamp, from: pod)])
  }

  /// A token of a new person with this role.
  func token(_ name: String, _ role: Catalogue.Role) async throws -> String {
    _ = try await ask("POST", "/api/v1/people", Catalogue.Person(name: name, role: role))
    return try await ask("POST", "/api/v1/people/\(name)/tokens").value(NewToken.self).token
  }

  static func job(_ name: String, pricing: Pricing = .spot, pairs: Int = 100) -> NewJob {
    var configuration = JobConfiguration(preset: .balanced, pricing: pricing)
    configuration.trainingPairs = pairs
    configuration.tokensPerPair = 1_000
    return NewJob(name: name, configuration: configuration)
  }
}

/// A clock that goes when it is told to.
final class PaperClock: Sendable {
  private let time = Mutex(Instant(microseconds: 1_795_000_000_000_000))
  var now: Instant { time.withLock { $0 } }
  func go(_ span: Span) { time.withLock { $0 = $0 + span } }
}

/// A provider that has a pod for everybody, or for nobody.
struct PaperPods: PodProvider {
  enum Supply { case always, never }
  let supply: Supply
  let capabilities: ProviderCapabilities = []

  func create(_ request: PodRequest, _ launch: WorkerLaunch) async -> CreationAnswer {
    guard supply == .always else { return .refused(.noCapacity) }
    return .created(
      PodObservation(
        id: "pod-\(request.name.request)", name: request.name.description, status: .running, created: LiveTime.machine,
        hourlyRate: 2_490_000_000))
  }
  func terminate(pod: String) async -> TerminationAnswer { .absent }
  func list() async -> [PodObservation]? { nil }
  func bills(since: Instant) async -> [PodBill] { [] }
}

private actor Store {
  var data = Data()
  func add(_ bytes: ByteBuffer) { data.append(contentsOf: bytes.readableBytesView) }
}

private struct Sink: ResponseBodyWriter {
  let store = Store()
  mutating func write(_ buffer: ByteBuffer) async throws { await store.add(buffer) }
  consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
