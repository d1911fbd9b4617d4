import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Testing

@testable import Live

/// What becomes of an attempt that a provider refuses: the engine hears the reason, and the person the words, once.
@Suite struct RefusalTests {
  private struct Poor: PodProvider {
    let capabilities: ProviderCapabilities = [.spot]
    func create(_: PodRequest, _: WorkerLaunch) async -> CreationAnswer {
      .refused(.balance, said: "too little credit\n    1. Add funds")
    }
    func terminate(pod _: String) async -> TerminationAnswer { .absent }
    func list() async -> [PodObservation]? { [] }
    func bills(since _: Instant) async -> [PodBill] { [] }
  }

  @Test func itReachesTheEngineAndThePersonOnce() async throws {
    // An hour is a second: attempts follow each other every twelfth of one.
    let time = LiveTime(origin: LiveTime.machine, scale: 3_600)
    let (news, tell) = AsyncStream.makeStream(of: String.self)
    let opening = JournalOpening(store: "poor", origin: .sandbox, policyName: "poor", policies: Policies())
    let runner = try LiveRunner(
      {
        try Coordinator.create(
          path: nil, opening: opening, home: { "here" }, at: time.reading,
          settings: LiveSettings().scaled(by: time.scale))
      }, time: time, provider: Poor(), keys: WorkerKeys(master: Data(repeating: 1, count: 32)),
      reportAddress: { "http://127.0.0.1:9" },
      tell: { if case .trouble(let text) = $0, text.contains("was not made") { tell.yield(text) } })
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await runner.run() }
      _ = try await runner.ask(.submit(Desk.spec, Desk.description))
      var heard: [String] = []
      for await text in news {
        heard.append(text)
        if heard.count == 3 { break }
      }
      #expect(heard.allSatisfy { $0.contains("too little credit") })
      let messages = try runner.catalogue.messages(of: JobIndex(0))
      #expect(messages.map(\.message) == ["too little credit\n    1. Add funds"])
      #expect(messages.first?.code == "pod_refused" && messages.first?.kind == .warning)
      #expect(await runner.refusal?.hasPrefix("too little credit") == true)
      await runner.stop()
      try await group.waitForAll()
    }
  }

  /// As where its server cannot have its port: the runner of a task that is cancelled ends, and takes nothing more.
  @Test(.timeLimit(.minutes(10))) func aCancelledRunnerEnds() async throws {
    let time = LiveTime(origin: LiveTime.machine)
    let opening = JournalOpening(store: "port", origin: .sandbox, policyName: "port", policies: Policies())
    let runner = try LiveRunner(
      { try Coordinator.create(path: nil, opening: opening, home: { "here" }, at: time.reading) }, time: time,
      provider: Poor(), keys: WorkerKeys(master: Data(repeating: 1, count: 32)),
      reportAddress: { "http://127.0.0.1:9" })
    let running = Task { try await runner.run() }
    _ = try await runner.ask(.submit(Desk.spec, Desk.description))
    running.cancel()
    try await running.value
    #expect(await !runner.isRunning)
    await #expect(throws: LiveRunner.Stopped.self) { try await runner.ask(.record) }
  }

  /// In the journal, word for word, and back.
  @Test(arguments: [Unavailability.noCapacity, .timeout, .region, .error, .balance, .quota, .key])
  func theReasonIsJournalled(why: Unavailability) throws {
    var desk = try Desk()
    try desk.submit()
    try desk.tell(.creationAnswered(request: 1, .refused(why, said: "because")))
    #expect(desk.job(0).phase == .waitingForGPU)
    #expect(try desk.coordinator.store.reopened(following: Reasons.self).follower.all == [why])
  }

  private struct Reasons: JournalFollower {
    static let version = 0
    var all: [Unavailability] = []
    mutating func take(_ entry: JournalEntry, at: Instant, fleet: borrowing Fleet) {
      if case .event(.podUnavailable(_, let why)) = entry { all.append(why) }
    }
    mutating func code(_ coder: inout StateCoder, descriptions: [UInt32: JobDescription]) {}
  }
}
