import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Testing

@testable import Live

/// What the coordinator promises, one promise at a time; ``VoprTests`` has them all at once.
@Suite struct CoordinatorTests {
  @Test func aRequestIsNeverSentTwice() throws {
    var desk = try Desk()
    let first = try desk.submit()
    #expect(first.name.description == "lt-desk-1-1")
    // Neither an ambiguous answer nor a restart repeats it.
    #expect(try desk.tell(.creationAnswered(request: 1, .ambiguous)).creations.isEmpty)
    try desk.restart()
    for _ in 0..<3 { #expect(try desk.list([]).creations.isEmpty) }
    // It is there after all.
    let pod = desk.pod("a", first.name)
    #expect(try desk.list([pod]).creations.isEmpty)
    #expect(desk.job(0).phase == .booting && desk.job(0).lease.isOpen)
  }

  @Test func whatDoesNotTurnUpHasFailedAndWhatTurnsUpLateGoes() throws {
    var desk = try Desk()
    let first = try desk.submit()
    try desk.tell(.creationAnswered(request: 1, .ambiguous))
    // An outage is no empty list, and neither is a list that is too early.
    for _ in 0..<10 { try desk.list(nil) }
    #expect(desk.job(0).phase == .provisioning)
    for _ in 0..<12 where desk.job(0).phase == .provisioning { try desk.list([]) }
    #expect(desk.job(0).phase == .waitingForGPU)
    let second = try desk.pass(.minutes(6)).creations
    #expect(second.map(\.name.description) == ["lt-desk-1-2"])
    let late = desk.pod("late", first.name)
    #expect(try desk.list([late]).terminations == ["late"])
    #expect(desk.job(0).phase == .provisioning)
  }

  @Test func ofTwoOfOneNameTheOldestIsKept() throws {
    var desk = try Desk()
    let name = try desk.submit().name
    let older = desk.pod("z", name, created: desk.wall)
    let younger = desk.pod("a", name, created: desk.wall + .seconds(1))
    #expect(try desk.list([younger, older]).terminations == ["a"])
    #expect(desk.coordinator.book[1].pod == "z")
    // Only our own names: neither another store's nor a person's.
    let foreign = ["lt-desk2-1-1", "lt-desk-9-1", "lt-desk-1-1-x", "lt-desk-1", "mine"].map {
      PodObservation(id: $0, name: $0, status: .running, created: desk.wall, hourlyRate: 1)
    }
    #expect(try desk.list([older] + foreign).terminations.isEmpty)
  }

  @Test func terminationIsAnObligation() throws {
    var desk = try Desk()
    let pod = try desk.grant()
    #expect(try desk.tell(.asked(.cancel(JobIndex(0)), ticket: 1)).terminations == ["a"])
    #expect(try desk.tell(.terminationAnswered(pod: "a", .failed)).terminations.isEmpty)
    // Told again for as long as it is there, and billed until then.
    for _ in 0..<5 { #expect(try desk.list([pod], after: .seconds(30)).terminations.contains("a")) }
    #expect(desk.job(0).phase == .stopping && desk.job(0).lease.isOpen)
    try desk.tell(.terminationAnswered(pod: "a", .absent))
    #expect(desk.job(0).phase == .cancelled && !desk.job(0).lease.isOpen)
  }

  /// Neither the order nor its answer need arrive: however seldom lists are asked for, it is told again within a minute.
  @Test func aLostTerminationIsSaidAgainSoon() throws {
    var settings = LiveSettings()
    settings.listEvery = .minutes(5)
    var desk = try Desk(settings: settings)
    try desk.grant()
    #expect(try desk.tell(.asked(.cancel(JobIndex(0)), ticket: 1)).terminations == ["a"])
    for _ in 0..<5 {
      var told: [String] = []
      let from = desk.monotonic
      while told.isEmpty, desk.monotonic < from + .minutes(10) {
        told = try desk.pass(max(.seconds(1), desk.coordinator.nextWake.monotonic - desk.monotonic)).terminations
      }
      #expect(told == ["a"] && desk.monotonic - from <= .minutes(1))
      // Lists fail, or show it: it is there.
      try desk.tell(.podsListed(number: 1, nil))
    }
  }

  @Test func aPodIsLostAfterSoManyCompleteLists() throws {
    var desk = try Desk()
    try desk.grant()
    try desk.pass(.minutes(3))
    for _ in 0..<5 { try desk.list(nil) }
    try desk.list([])
    try desk.list([])
    #expect(desk.job(0).phase == .booting)
    let orders = try desk.list([])
    #expect(desk.job(0).interruptions == 1 && orders.creations.map(\.name.request) == [2])
  }

  @Test func aReportCountsOnce() throws {
    var desk = try Desk()
    try desk.grant()
    #expect(try desk.report(1, .stageFinished(.boot)) == Acknowledgement(directive: .proceed, next: 2))
    #expect(try desk.report(1, .stageFinished(.boot)) == Acknowledgement(directive: .proceed, next: 2))
    // What comes too early is said again in its turn.
    #expect(try desk.report(3, .stageFinished(.modelLoading)).next == 2)
    #expect(desk.job(0).phase == .preprocessing)
    #expect(try desk.report(2, .stageFinished(.preprocessing)).next == 3)
    #expect(desk.job(0).phase == .loadingModel)
    // The same after a restart: what is acknowledged is on the disk.
    try desk.restart()
    #expect(try desk.report(2, .stageFinished(.preprocessing)).next == 3)
    #expect(try desk.report(3, .stageFinished(.modelLoading)).next == 4)
    #expect(desk.job(0).phase == .training)
    // A checkpoint that claims more steps than there are, or none, is none.
    for step: Int32 in [0, -1, 1_000_000] {
      try desk.report(desk.coordinator.book[1].nextReport, .checkpointSaved(step: step, age: .zero, blocked: .zero))
      #expect(desk.job(0).durableStep == 0)
    }
  }

  @Test func whoeverIsReplacedIsTurnedAway() throws {
    var desk = try Desk()
    let pod = try desk.grant()
    var gone = pod
    gone.status = .exited(.interrupted)
    #expect(try desk.list([gone]).terminations == ["a"])
    #expect(desk.job(0).phase == .provisioning && desk.job(0).interruptions == 1)
    let before = desk.coordinator.fleet.stateDigest
    for sequence: Int64 in [0, 1, 2, 99] {
      #expect(try desk.report(sequence, .stageFinished(.boot)).directive == .leave)
    }
    // A worker whose pod nobody has told us of yet waits; a number that was never given has no business here.
    #expect(try desk.report(1, .stageFinished(.boot), request: 2).directive == .wait)
    #expect(try desk.report(1, .stageFinished(.boot), request: 77).directive == .leave)
    #expect(desk.coordinator.fleet.stateDigest == before)
  }

  /// A creation that was doubled on the way makes two pods of one name, with one secret, which number their reports alike.
  @Test func ofTwoPodsUnderOneNameTheOtherIsTurnedAway() throws {
    var desk = try Desk()
    let name = try desk.submit().name
    // Whoever speaks before anything is known of a pod waits, whoever it is.
    #expect(try desk.report(1, .stageFinished(.boot), pod: "b") == Acknowledgement(directive: .wait, next: 1))
    try desk.tell(.creationAnswered(request: 1, .created(desk.pod("a", name))))
    let before = desk.coordinator.fleet.stateDigest
    for (sequence, body): (Int64, WorkerReport.Body) in [
      (1, .stageFinished(.boot)), (1, .failed(.workerCrash)), (0, .heartbeat), (7, .stopped),
    ] {
      #expect(try desk.report(sequence, body, pod: "b") == Acknowledgement(directive: .leave, next: 1))
    }
    #expect(desk.coordinator.fleet.stateDigest == before && desk.coordinator.book[1].nextReport == 1)
    #expect(desk.coordinator.job(workedOnBy: name, id: "b") == nil)
    #expect(
      desk.coordinator.job(workedOnBy: name, id: "a") == JobIndex(0)
        && desk.coordinator.job(workedOnBy: name, id: nil) == JobIndex(0))
    // Its own counts, and so does one that does not say where it runs.
    #expect(try desk.report(1, .stageFinished(.boot), pod: "a") == Acknowledgement(directive: .proceed, next: 2))
    #expect(try desk.report(2, .stageFinished(.preprocessing)) == Acknowledgement(directive: .proceed, next: 3))
    #expect(desk.job(0).phase == .loadingModel)
    // The other is no sign of life of the lease: its own worker's silence is noticed.
    for _ in 0..<20 {
      try desk.report(0, .heartbeat, pod: "b")
      try desk.list([desk.pod("a", name)], after: .seconds(30))
    }
    #expect(try desk.report(0, .heartbeat, pod: "a").directive == .leave)
    // The same after a restart.
    try desk.restart()
    #expect(try desk.report(3, .stageFinished(.modelLoading), pod: "b").directive == .leave)
    #expect(desk.job(0).phase == .loadingModel)
  }

  /// A trained job that has suites to answer is told in time that it is to come to an end: at its cap it would have failed.
  @Test func aTrainedJobLeavesItsSuitesBeforeItsCap() throws {
    for (suites, cap, expected) in [
      (true, Int64(2_490_000_000), Acknowledgement.Directive.wrapUp), (false, 2_490_000_000, .proceed),
      (true, .max, .proceed),
    ] {
      var desk = try Desk()
      // An hour's cost.
      var (spec, description) = (Desk.spec, Desk.description)
      spec.maxCost = cap
      if suites { description.suites = [.init(name: "s", digest: "00")] }
      let name = try desk.submit(spec, description).name
      try desk.tell(.creationAnswered(request: 1, .created(desk.pod("a", name))))
      for (number, stage) in [Stage.boot, .preprocessing, .modelLoading].enumerated() {
        try desk.report(Int64(number + 1), .stageFinished(stage))
      }
      try desk.pass(.minutes(54))
      #expect(try desk.report(0, .heartbeat).directive == .proceed)
      try desk.pass(.seconds(30))
      try desk.report(4, .stageFinished(.training))
      #expect(try desk.report(0, .heartbeat).directive == .proceed, "half a minute is left to answer")
      try desk.pass(.minutes(1))
      #expect(try desk.report(0, .heartbeat).directive == expected)
      // It comes to its end within what is left.
      try desk.pass(.minutes(2))
      try desk.report(5, .stageFinished(.finalization))
      #expect(desk.job(0).phase == .stopping && desk.job(0).outcome == .completed)
    }
  }

  @Test func silenceEndsALeaseOnlyWhileTheProviderAnswers() throws {
    var desk = try Desk()
    let pod = try desk.grant()
    try desk.report(1, .stageFinished(.boot))
    // Our own network is out: nobody is heard, and nobody is condemned.
    for _ in 0..<20 { #expect(try desk.list(nil, after: .minutes(1)).terminations.isEmpty) }
    // It is back, the worker is not.
    for _ in 0..<10 { #expect(try desk.list([pod], after: .seconds(30)).terminations.isEmpty) }
    #expect(try desk.list([pod], after: .seconds(30)).terminations == ["a"])
    #expect(desk.job(0).phase == .preprocessing, "the bill runs until the pod is seen to be gone")
    let orders = try desk.tell(.terminationAnswered(pod: "a", .absent))
    #expect(desk.job(0).interruptions == 1 && orders.creations.count == 1)
  }

  @Test func aCopyAsksBeforeItActs() throws {
    var desk = try Desk()
    let pod = try desk.grant()
    let catalogue = desk.coordinator.catalogue
    try catalogue.put(Catalogue.Person(name: "mia", role: .manager), at: desk.wall)
    try catalogue.addSession(
      digest: "feedbeef00", person: "mia", agent: "", at: desk.wall, until: desk.wall + .days(7))
    func isSignedIn() throws -> Bool {
      try desk.coordinator.catalogue.session(ofDigest: "feedbeef00", at: desk.wall, idle: .days(7)) != nil
    }
    try desk.restart()
    #expect(try isSignedIn())
    try desk.restart(home: "elsewhere")
    #expect(!desk.coordinator.isConfirmed)
    // Whoever was signed in there is not signed in here.
    #expect(try !isSignedIn())
    let stray = desk.pod("b", PodName(store: "desk", epoch: 1, request: 40))
    for _ in 0..<4 {
      let orders = try desk.list([pod, stray])
      #expect(orders.creations.isEmpty && orders.terminations.isEmpty)
    }
    #expect(try desk.tell(.asked(.cancel(JobIndex(0)), ticket: 3)).contains(.answer(ticket: 3, .unconfirmedCopy)))
    // Still unconfirmed after another start in the same place.
    try desk.restart(home: "elsewhere")
    #expect(!desk.coordinator.isConfirmed)
    try desk.tell(.asked(.confirmEpoch, ticket: 4))
    // Now what the copy does not know of goes, what it knows stays, and new names cannot meet the old ones.
    #expect(try desk.list([pod, stray]).terminations == ["b"])
    #expect(try desk.submit().name.description == "lt-desk-2-2")
    try desk.restart(home: "elsewhere")
    #expect(desk.coordinator.isConfirmed)
  }

  @Test func theLedgerBecomesTheBill() throws {
    var desk = try Desk()
    try desk.grant()
    try desk.pass(.minutes(90))
    try desk.tell(.asked(.cancel(JobIndex(0)), ticket: 1))
    try desk.tell(.terminationAnswered(pod: "a", .absent))
    let kept = desk.job(0).costs.total
    let bill = [PodBill(pod: "a", amount: kept + 1_234), PodBill(pod: "somebody's", amount: 7)]
    try desk.tell(.billed(bill))
    try desk.tell(.billed(bill))
    #expect(desk.job(0).costs.total == kept + 1_234 && desk.job(0).costs[.adjustment] == 1_234)
    try desk.restart()
    try desk.tell(.billed(bill))
    #expect(desk.job(0).costs.total == kept + 1_234)
  }

  /// A last hour that is billed late is not lost: bills are asked for, and believed, for two days after the end.
  @Test func aBillThatGrowsIsFollowed() throws {
    var desk = try Desk()
    try desk.grant()
    try desk.pass(.minutes(90))
    try desk.tell(.asked(.cancel(JobIndex(0)), ticket: 1))
    try desk.tell(.terminationAnswered(pod: "a", .absent))
    try desk.tell(.billed([PodBill(pod: "a", amount: 1_000)]))
    #expect(desk.job(0).costs.total == 1_000)
    func asks(_ orders: [LiveOrder]) -> Bool { orders.contains { if case .fetchBills = $0 { true } else { false } } }
    #expect(asks(try desk.pass(.hours(5))))
    try desk.restart()
    #expect(asks(try desk.pass(.hours(5))))
    for _ in 0..<2 { try desk.tell(.billed([PodBill(pod: "a", amount: 1_700)])) }
    #expect(desk.job(0).costs.total == 1_700)
    try desk.pass(.days(2))
    #expect(!asks(try desk.pass(.hours(5))))
  }

  /// A provider that bills by the hour tells of an older pod what it cost since the question's beginning: that is no bill of a settled rental.
  @Test func aBillThatIsCutChangesNoSettledRental() throws {
    var desk = try Desk()
    try desk.grant()
    try desk.pass(.hours(2))
    try desk.tell(.asked(.cancel(JobIndex(0)), ticket: 1))
    try desk.tell(.terminationAnswered(pod: "a", .absent))
    try desk.tell(.billed([PodBill(pod: "a", amount: 4_980_000_000)]))
    #expect(desk.job(0).costs.total == 4_980_000_000)
    // A day later another one, so that half of the first is in the window of its bills.
    try desk.pass(.hours(23))
    let second = try desk.submit()
    try desk.tell(.creationAnswered(request: 2, .created(desk.pod("b", second.name))))
    try desk.pass(.hours(5))
    try desk.tell(.asked(.cancel(JobIndex(1)), ticket: 2))
    try desk.tell(.terminationAnswered(pod: "b", .absent))
    try desk.pass(.hours(20))
    var since: Instant?
    for case .fetchBills(let asked) in try desk.pass(.hours(2)) { since = asked }
    #expect(since == desk.coordinator.book[2].asked - .days(1))
    #expect(desk.coordinator.book[1].asked < since ?? .distantPast)
    try desk.tell(.billed([PodBill(pod: "a", amount: 2_490_000_000), PodBill(pod: "b", amount: 12_450_000_000)]))
    #expect(desk.job(0).costs.total == 4_980_000_000 && desk.job(1).costs.total == 12_450_000_000)
  }

  /// A pod that no bill ever names holds the window of bills open for a month and no longer; a new process looks once more.
  @Test func aPodThatIsNeverBilledIsGivenUp() throws {
    var desk = try Desk()
    try desk.grant()
    try desk.pass(.minutes(1))
    try desk.tell(.asked(.cancel(JobIndex(0)), ticket: 1))
    try desk.tell(.terminationAnswered(pod: "a", .absent))
    let kept = desk.job(0).costs.total
    func asks(_ orders: [LiveOrder]) -> Bool { orders.contains { if case .fetchBills = $0 { true } else { false } } }
    try desk.pass(.days(29))
    #expect(asks(try desk.pass(.hours(2))))
    try desk.pass(.days(1))
    #expect(!asks(try desk.pass(.hours(2))))
    #expect(desk.job(0).costs.total == kept)
    try desk.restart()
    #expect(asks(try desk.pass(.hours(2))))
    try desk.tell(.billed([PodBill(pod: "a", amount: 1_000)]))
    #expect(desk.job(0).costs.total == 1_000)
  }

  @Test func aLimitThatWasChangedOutlivesARestart() throws {
    var desk = try Desk()
    try desk.tell(.asked(.setLimit(5_000_000_000), ticket: 1))
    try desk.restart()
    #expect(desk.coordinator.fleet.budget.limit == 5_000_000_000)
    var spec = Desk.spec
    spec.reservation = 6_000_000_000
    #expect(try desk.tell(.asked(.submit(spec, Desk.description), ticket: 2)).creations.isEmpty)
    #expect(desk.job(0).phase == .blocked)
    #expect(try desk.tell(.asked(.override(JobIndex(0)), ticket: 3)).creations.count == 1)
  }

  /// Two who saw the same limit and change it at once: the second is told, whatever lay between its look and its step.
  @Test func aLimitIsChangedOnlyFromTheOneThatWasExpected() throws {
    var desk = try Desk()
    func set(_ limit: Int64?, _ expected: SeenLimit?) throws -> UserAnswer? {
      for case .answer(_, let answer) in try desk.tell(.asked(.setLimit(limit, expected: expected), ticket: 1)) {
        return answer
      }
      return nil
    }
    let first = SeenLimit(desk.coordinator.fleet.budget.limit)
    #expect(try set(5_000_000_000, first) == .done)
    #expect(try set(6_000_000_000, first) == .limitIsAnother(5_000_000_000))
    #expect(try set(nil, SeenLimit(nil)) == .limitIsAnother(5_000_000_000), "none is another, too")
    #expect(desk.coordinator.fleet.budget.limit == 5_000_000_000)
    #expect(try set(nil, SeenLimit(5_000_000_000)) == .done)
    #expect(try set(7_000_000_000, SeenLimit(5_000_000_000)) == .limitIsAnother(nil))
    #expect(try set(8_000_000_000, nil) == .done, "whoever expects nothing")
    #expect(desk.coordinator.fleet.budget.limit == 8_000_000_000)
  }

  @Test func aHigherLimitTakesSomebodyElsesWord() throws {
    var desk = try Desk()
    func act(_ person: String) -> PersonAct { PersonAct(person: person, role: "manager", action: "test") }
    func answer(_ orders: [LiveOrder]) -> UserAnswer? {
      for case .answer(_, let answer) in orders { return answer }
      return nil
    }
    func decide(_ n: UInt32, _ person: String, _ isApproved: Bool = true) throws -> UserAnswer? {
      answer(
        try desk.tell(
          .asked(.decide(approval: n, approved: isApproved, remark: nil), ticket: 1, act: act(person))))
    }
    func request() throws -> UserAnswer? {
      answer(
        try desk.tell(
          .asked(.requestLimit(7_000_000_000, justification: "more", within: .days(7)), ticket: 1, act: act("ada"))))
    }
    #expect(try request() == .approvalRequested(1))
    for (person, number) in [("ada", UInt32(1)), ("dana", 2), ("dana", 0)] {
      guard case .refused = try decide(number, person) else { return #expect(Bool(false), "\(person) \(number)") }
    }
    #expect(desk.coordinator.fleet.budget.limit == nil)
    try desk.restart()
    #expect(try decide(1, "dana") == .done)
    #expect(desk.coordinator.fleet.budget.limit == 7_000_000_000)
    guard case .refused = try decide(1, "dana", false) else { return #expect(Bool(false), "decided twice") }
    // One that nobody decides expires.
    #expect(try request() == .approvalRequested(2))
    try desk.pass(.days(8))
    guard case .refused(let reason) = try decide(2, "dana") else { return #expect(Bool(false), "expired") }
    #expect(reason.contains("expired"))
    // Only what was done is in the log, in the order it was done.
    #expect(
      try desk.coordinator.catalogue.audit().map { "\($0.person) \($0.subject)" } == [
        "ada approval-2", "dana ", "ada approval-1",
      ])
  }

  @Test func impossibleWishesAreRefused() throws {
    var desk = try Desk()
    try desk.submit()
    let orders = try desk.tell(.asked(.resume(JobIndex(0)), ticket: 7), .asked(.cancel(JobIndex(9)), ticket: 8))
    #expect(orders.contains(.answer(ticket: 7, .impossible(.provisioning))))
    #expect(orders.contains(.answer(ticket: 8, .impossible(nil))))
  }

  /// A clock that was set back neither stops our time nor turns it back; one that was set forward is believed.
  @Test func timeRunsForwards() {
    var clock = LiveClock(latest: Instant(microseconds: 1_000_000))
    func read(_ wall: Int64, _ monotonic: Int64) -> Int64 {
      clock.read(ClockReading(wall: Instant(microseconds: wall), monotonic: Span(microseconds: monotonic)))
      return clock.now.microseconds
    }
    #expect(read(0, 50) == 1_000_000)
    #expect(read(10, 60) == 1_000_010)
    #expect(read(5_000_000, 70) == 5_000_000)
    #expect(read(2_000_000, 75) == 5_000_005)
    #expect(read(2_000_000, 75) == 5_000_005)
  }

  @Test func namesReadBack() {
    for store in ["a", "team-eu", "x-1-2"] {
      let name = PodName(store: store, epoch: 3, request: 99)
      #expect(PodName(name.description, store: store) == name)
      #expect(PodName(name.description + "0x", store: store) == nil)
    }
    #expect(PodName("lt-team-eu-1-1", store: "team") == nil)
  }
}
