import DiscreteEvent
import Testing

@testable import Engine

@Suite struct ProvisioningTests {
  /// Fails every attempt until the job no longer waits for the next one; returns when attempts were made.
  private func exhaust(_ driver: inout Driver, _ j: JobIndex, from start: Instant, limit: Int = 40) throws -> [Instant]
  {
    var attempts: [Instant] = []
    var now = start
    while driver[j].phase == .provisioning, attempts.count < limit {
      attempts.append(now)
      try driver.receive(.podUnavailable(j, .noCapacity), at: now)
      guard driver[j].phase == .waitingForGPU else { break }
      now = driver[j].deadline
      try driver.receive(.deadlinePassed(j), at: now)
    }
    return attempts
  }

  @Test func thirteenAttemptsFiveMinutesApart() throws {
    var driver = Driver()
    let j = try driver.submit(at: minutes(7))
    let attempts = try exhaust(&driver, j, from: minutes(7))
    #expect(attempts == (0...12).map { minutes(7 + 5 * $0) })
    #expect(driver[j].phase == .awaitingDecision)
    #expect(driver[j].question == .provisioning)
    #expect(driver[j].deadline == minutes(67) + .hours(24))
    #expect(ordered(driver, .notify(j, .decisionNeeded)))
  }

  @Test func bothSettingsCount() throws {
    for (every, giveUp, count) in [(10, 30, 4), (7, 20, 3), (5, 0, 1), (60, 59, 1)] as [(Int64, Int64, Int)] {
      var driver = Driver {
        $0.provisioningRetryEvery = .minutes(every)
        $0.provisioningGiveUpAfter = .minutes(giveUp)
        $0.afterProvisioning = .fail
      }
      let j = try driver.submit(at: .zero)
      let attempts = try exhaust(&driver, j, from: .zero)
      #expect(attempts == (0..<count).map { minutes(every * Int64($0)) })
      #expect(driver[j].phase == .failed)
      #expect(driver[j].failure == .provisioning)
    }
  }

  @Test func anAttemptThatTakesLongDelaysNoOther() throws {
    var driver = Driver()
    let j = try driver.submit(at: .zero)
    // The first answer comes after seven minutes: the next attempt is at once, the one after it at ten.
    try driver.receive(.podUnavailable(j, .timeout), at: minutes(7))
    #expect(driver[j].deadline == minutes(7))
    try driver.receive(.deadlinePassed(j), at: minutes(7))
    try driver.receive(.podUnavailable(j, .timeout), at: minutes(8))
    #expect(driver[j].deadline == minutes(10))
  }

  @Test func aGrantStartsTheCountAnew() throws {
    var driver = Driver { $0.maxInterruptions = .max }
    let j = try driver.submit(at: .zero)
    for n in Int64(0)...2 {
      try driver.receive(.podUnavailable(j, .noCapacity), at: minutes(5 * n))
      try driver.receive(.deadlinePassed(j), at: minutes(5 * n + 5))
    }
    try driver.grant(j, at: minutes(16))
    try driver.interrupt(j, at: minutes(100))
    #expect(driver[j].attempts == 1)
    let attempts = try exhaust(&driver, j, from: minutes(100))
    #expect(attempts.count == 13)
  }

  @Test func onDemandAfterTheLastAttempt() throws {
    var driver = Driver { $0.afterProvisioning = .onDemand }
    let j = try driver.submit(at: .zero)
    for n in Int64(0)...12 {
      #expect(driver[j].pricing == .spot)
      try driver.receive(.podUnavailable(j, .noCapacity), at: minutes(5 * n))
      if n < 12 { try driver.receive(.deadlinePassed(j), at: minutes(5 * n + 5)) }
    }
    #expect(driver[j].pricing == .onDemand)
    #expect(driver[j].phase == .provisioning)
    #expect(ordered(driver, .requestPod(j, lease: 1, .onDemand)))
    // On demand there is nothing to switch to: a person is asked.
    let attempts = try exhaust(&driver, j, from: minutes(60))
    #expect(attempts.count == 13)
    #expect(driver[j].phase == .awaitingDecision)
  }

  @Test func keepTryingNeverEnds() throws {
    var driver = Driver { $0.afterProvisioning = .keepTrying }
    let j = try driver.submit(at: .zero)
    let attempts = try exhaust(&driver, j, from: .zero, limit: 100)
    #expect(attempts == (0..<100).map { minutes(5 * $0) })
  }

  @Test(arguments: [Fallback.keepTrying, .onDemand, .fail]) func answers(_ answer: Fallback) throws {
    var driver = Driver()
    let j = try driver.submit(at: .zero)
    _ = try exhaust(&driver, j, from: .zero)
    let requests = driver[j].requests
    try driver.receive(.decisionAnswered(j, answer), at: hours(3))
    switch answer {
    case .fail:
      #expect(driver[j].phase == .failed)
      #expect(driver.fleet.slotsInUse == 0)
    default:
      #expect(driver[j].phase == .provisioning)
      #expect(driver[j].pricing == (answer == .onDemand ? .onDemand : .spot))
      // The luck of a request is keyed by a count that an answer does not set back.
      #expect(driver[j].requests == requests + 1)
      #expect(try exhaust(&driver, j, from: hours(3)).count == 13)
    }
  }

  @Test func everyRequestUnderALeaseNumberHasANumberOfItsOwn() throws {
    var driver = Driver { $0.maxInterruptions = .max }
    let j = try driver.submit(at: .zero)
    var seen: Set<[Int]> = []
    var now = Instant.zero
    for round in 0..<4 {
      for _ in 0..<3 {
        let attempts = try exhaust(&driver, j, from: now)
        now = now + .hours(2)
        #expect(attempts.count == 13)
        try driver.receive(.decisionAnswered(j, .keepTrying), at: now)
        #expect(seen.insert([Int(driver[j].lease.number), Int(driver[j].requests)]).inserted, "round \(round)")
      }
      try driver.grant(j, at: now)
      now = now + .hours(1)
      try driver.interrupt(j, at: now)
      #expect(driver[j].requests == 1)
    }
  }

  @Test func aPodThatComesAfterTheJobWasCancelledIsLetGo() throws {
    var driver = Driver()
    let j = try driver.submit(at: .zero)
    try driver.receive(.cancelRequested(j), at: minutes(1))
    #expect(driver[j].phase == .stopping)
    try driver.receive(.podGranted(j, hourlyRate: usd(3.6)), at: minutes(2))
    #expect(ordered(driver, .terminatePod(j)))
    #expect(driver[j].lease.isOpen)
    try driver.receive(.podGone(j), at: minutes(12))
    #expect(driver[j].phase == .cancelled)
    #expect(driver[j].costs[.idle] == usd(0.6))
    #expect(driver[j].costs.total == usd(0.6))
  }
}
