import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Synchronization

@testable import Live
@testable import RunPod
@testable import Sandbox
@testable import Transport

/// A sandbox behind a real port of this machine, with its clock by hand, and a provider that rents from it.
struct Station: Sendable {
  let sandbox: SandboxHost
  let clock: HandClock
  let settings: RunPodSettings
  let told: Heard
  /// Its calls end where the sandbox has withheld an answer, as if their deadline had passed; else they have longer than anything takes.
  let http: HTTPClient

  static let key = "rpa-SECRET-KEY"
  static let workerSecret = "SECRET-OF-A-LEASE"
  static let huggingFace = "hf-SECRET-TOKEN"
  static let link = "http://127.0.0.1:9/v1/bundles/abc?signature=SECRET-SIGNATURE"

  /// Its times are constant and nothing happens by chance.
  static func calm() -> SandboxSettings {
    var settings = SandboxSettings()
    (settings.provisioning, settings.starting, settings.slowBoots) = (.constant(30), .constant(45), 0)
    (settings.interruptions, settings.hostFailures, settings.stockOuts) = (nil, nil, 0)
    settings.billLateness = .constant(600)
    settings.requestsPerMinute = 1_000
    return settings
  }

  static func with(
    _ world: SandboxSettings = calm(), spot: Bool = false, address: String? = nil,
    _ body: (Station) async throws -> Void
  ) async throws {
    let clock = HandClock()
    let sandbox = try SandboxHost(settings: world, seed: 1, key: key, clock: { clock.now })
    let silence = Silence()
    var server = SandboxServer(sandbox)
    server.whenSilent = { silence.begin() }
    try await withThrowingTaskGroup(of: Void.self) { group in
      let (ports, open) = AsyncStream.makeStream(of: Int.self)
      group.addTask { [server] in try await server.run(address: "127.0.0.1", port: 0) { open.yield($0) } }
      var port = 0
      for await opened in ports {
        port = opened
        break
      }
      var settings = RunPodSettings(key: Secret(key))
      (settings.address, settings.disk) = ("http://127.0.0.1:\(port)", 50)
      settings.huggingFace = Secret(huggingFace)
      (settings.offersSpot, settings.deadline) = (spot, .seconds(600))
      settings.address = address ?? settings.address
      let http = HTTPClient(connections: 2) { silence.wasKept() }
      try await body(Station(sandbox: sandbox, clock: clock, settings: settings, told: Heard(), http: http))
      group.cancelAll()
      // How a server says that it was cancelled is its own affair.
      while case .some = await group.nextResult() {}
    }
  }

  /// - Parameters:
  ///   - key: another one than the sandbox's is not accepted.
  ///   - time: as the provider reads it.
  func provider(key: String? = nil, time: LiveTime = LiveTime(origin: LiveTime.machine)) -> RunPodProvider {
    var settings = settings
    if let key { settings.key = Secret(key) }
    let told = told
    return RunPodProvider(
      settings, time: time, http: http,
      bundle: { _ in WorkerBundle(link: Secret(Station.link), sha256: "abc") }, tell: { told.add($0) })
  }

  static func request(_ number: UInt32 = 1, _ pricing: Pricing = .onDemand) -> PodRequest {
    PodRequest(
      name: PodName(store: "a1", epoch: 1, request: number), job: JobIndex(0), lease: 1, pricing: pricing, steps: 100,
      durableStep: 0, isPreprocessed: false)
  }

  static let launch = WorkerLaunch(
    description: JobDescription(
      ordinal: 0, id: "job-1", name: "a job", configuration: JobConfiguration(preset: .balanced, pricing: .spot)),
    reportAddress: "https://train.example.com", secret: workerSecret)

  /// Lets the sandbox's time go by.
  func pass(_ span: Span) async {
    clock.pass(span)
    await sandbox.tend()
  }
}

extension CreationAnswer {
  /// Without its words.
  var plain: CreationAnswer { if case .refused(let why, _) = self { .refused(why) } else { self } }
  var said: String? { if case .refused(_, let said) = self { said } else { nil } }
}

final class HandClock: @unchecked Sendable {
  private let lock = NSLock()
  private var time = Instant(microseconds: 1_764_547_200_000_000)
  var now: Instant { lock.withLock { time } }
  func pass(_ span: Span) { lock.withLock { time = time + span } }
}

final class Heard: @unchecked Sendable {
  private let lock = NSLock()
  private var texts: [String] = []
  func add(_ text: String) { lock.withLock { texts.append(text) } }
  var all: String { lock.withLock { texts.joined(separator: "\n") } }
}

/// An answer that was withheld: whoever waits for it is told once that time is up.
final class Silence: Sendable {
  private let isKept = Mutex(false)
  func begin() { isKept.withLock { $0 = true } }
  func wasKept() -> Bool {
    isKept.withLock { isKept in
      defer { isKept = false }
      return isKept
    }
  }
}
