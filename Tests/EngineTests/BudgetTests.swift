import DiscreteEvent
import Testing

@testable import Engine

@Suite struct BudgetTests {
  @Test func aLeaseAcrossTwoBoundariesIsSplitByInstant() throws {
    for seed in UInt64(1)...200 {
      var rng = SplitMix(seed)
      let rate = rng.int(1...9_000_000_000)
      let first = Instant(microseconds: rng.int(1_000_000...9_000_000_000))
      let second = first + Span(microseconds: rng.int(1...90_000_000_000))
      let granted = Instant(microseconds: rng.int(0...first.microseconds - 1))
      let gone = second + Span(microseconds: rng.int(0...90_000_000_000))
      var driver = Driver(budget: BudgetState(boundaries: [first, second]))
      let j = try driver.submit(at: .zero)
      try driver.receive(.podGranted(j, hourlyRate: rate), at: granted)
      func cumulative(_ at: Instant) -> Int64 { LedgerTests.floorCost(rate, (at - granted).microseconds) }
      var parts: [Int64] = []
      for boundary in [first, second] {
        parts.append(driver.fleet.spent(at: boundary))
        try driver.receive(.periodTurned, at: boundary)
        #expect(driver.fleet.spent(at: boundary) == 0)
      }
      try driver.receive(
        .podInterrupted(j, .interrupted, stoppedAt: gone, billedUntil: gone), at: gone)
      parts.append(driver.fleet.spent(at: gone))
      #expect(
        parts == [cumulative(first), cumulative(second) - cumulative(first), cumulative(gone) - cumulative(second)],
        "seed \(seed)")
      #expect(parts.reduce(0, +) == driver[j].costs.total, "seed \(seed)")
    }
  }

  @Test func rollingSpendingLeavesTheWindowByInstant() throws {
    var driver = Driver {
      $0.budgetPeriod = .rolling30Days
      $0.budgetLimit = usd(1000)
    }
    let j = try driver.submit(at: .zero)
    try driver.grant(j, at: hours(0), rate: usd(1))
    try driver.complete(j, at: hours(10))
    let whole = usd(10)
    #expect(driver.fleet.spent(at: hours(10)) == whole)
    #expect(driver.fleet.spent(at: hours(720)) == whole)
    #expect(driver.fleet.spent(at: hours(724)) == usd(6))
    #expect(driver.fleet.spent(at: hours(730)) == 0)
  }

  @Test func aLeaseThatOutlivesTheWindowCountsItsLastThirtyDays() throws {
    var driver = Driver {
      $0.budgetPeriod = .rolling30Days
      $0.budgetLimit = usd(1e6)
    }
    let j = try driver.submit(at: .zero)
    try driver.grant(j, at: .zero, rate: usd(1))
    #expect(driver.fleet.spent(at: hours(100)) == usd(100))
    #expect(driver.fleet.spent(at: hours(1000)) == usd(720))
    // A calendar's boundary is nothing to a rolling period.
    try driver.receive(.periodTurned, at: hours(1000))
    #expect(driver.fleet.spent(at: hours(1000)) == usd(720))
    try driver.complete(j, at: hours(1100))
    #expect(driver.fleet.spent(at: hours(1100)) == usd(720))
    #expect(driver.fleet.spent(at: hours(1200)) == usd(620))
  }

  @Test func rollingSpendingIsKnownWhenALimitIsSetLater() throws {
    var driver = Driver { $0.budgetPeriod = .rolling30Days }
    let j = try driver.submit(at: .zero)
    try driver.grant(j, at: .zero, rate: usd(1))
    try driver.complete(j, at: hours(10))
    try driver.receive(.budgetLimitChanged(usd(12)), at: hours(11))
    #expect(driver.fleet.spent(at: hours(11)) == usd(10))
    let next = try driver.submit(at: hours(12), reservation: usd(5))
    #expect(driver[next].phase == .blocked)
  }

  @Test func admissionSetsAsideUntilTheJobEnds() throws {
    var driver = Driver { $0.budgetLimit = usd(100) }
    let first = try driver.submit(at: .zero, reservation: usd(60))
    #expect(driver[first].phase == .provisioning)
    #expect(driver.fleet.reserved(at: .zero) == usd(60))
    let second = try driver.submit(at: minutes(1), reservation: usd(41))
    #expect(driver[second].phase == .blocked)
    #expect(driver[second].refusal == .budget)
    #expect(ordered(driver, .notify(second, .blocked)))
    let third = try driver.submit(at: minutes(2), reservation: usd(40))
    #expect(driver[third].phase == .provisioning)
    // What the job costs comes out of what was set aside for it: the sum stays, until it costs more.
    try driver.grant(first, at: hours(0), rate: usd(10))
    #expect(driver.fleet.spent(at: hours(4)) == usd(40))
    #expect(driver.fleet.reserved(at: hours(4)) == usd(20 + 40))
    #expect(driver.fleet.reserved(at: hours(8)) == usd(40))
    // The rest is given back when the job ends.
    try driver.complete(first, at: hours(4))
    #expect(driver.fleet.reserved(at: hours(4)) == usd(40))
    #expect(driver.fleet.spent(at: hours(4)) + driver.fleet.reserved(at: hours(4)) == usd(80))
  }

  @Test func aPausedJobKeepsItsReservationWhateverIsChargedMeanwhile() throws {
    var driver = Driver { $0.budgetLimit = usd(100) }
    let j = try driver.submit(at: .zero, reservation: usd(60))
    try driver.grant(j, at: .zero, rate: usd(10))
    try driver.receive(.pauseRequested(j), at: hours(1))
    try driver.receive(.podGone(j), at: hours(1))
    #expect(driver[j].phase == .paused)
    #expect(driver.fleet.reserved(at: hours(1)) == usd(50))
    try driver.receive(.storageCharged(j, usd(2)), at: hours(2))
    #expect(driver.fleet.reserved(at: hours(2)) == usd(48))
    let other = try driver.submit(at: hours(2), reservation: usd(41))
    #expect(driver[other].phase == .blocked)
    try driver.receive(.cancelRequested(j), at: hours(3))
    #expect(driver.fleet.reserved(at: hours(3)) == 0)
  }

  @Test func pausingInTheQueueReservesNothing() throws {
    var driver = Driver {
      $0.maxConcurrent = 1
      $0.budgetLimit = usd(100)
    }
    let running = try driver.submit(at: .zero, reservation: usd(30))
    let waiting = try driver.submit(at: .zero, reservation: usd(30))
    for hour in Int64(1)...3 {
      try driver.receive(.pauseRequested(waiting), at: hours(hour))
      #expect(driver.fleet.reserved(at: hours(hour)) == usd(30))
      try driver.receive(.resumeRequested(waiting), at: hours(hour))
      #expect(driver.fleet.reserved(at: hours(hour)) == usd(30))
    }
    #expect(driver[running].phase == .provisioning)
    #expect(driver[waiting].phase == .queued)
  }

  @Test func anOverrideLetsABlockedJobPass() throws {
    var driver = Driver { $0.budgetLimit = usd(10) }
    let j = try driver.submit(at: .zero, reservation: usd(11))
    #expect(driver[j].phase == .blocked)
    let decided = try driver.receive(.budgetOverridden(j), at: minutes(1))
    #expect(decided == [.jobAdmitted(j), .podRequested(j)])
    #expect(driver[j].refusal == .none)
  }

  @Test func aRaisedLimitOrANewPeriodMovesTheQueue() throws {
    for raises in [true, false] {
      var driver = Driver(
        {
          $0.maxConcurrent = 1
          $0.budgetLimit = usd(20)
        }, budget: BudgetState(boundaries: [hours(50)]))
      let first = try driver.submit(at: .zero, reservation: usd(5))
      let second = try driver.submit(at: .zero, reservation: usd(15))
      #expect(driver[second].phase == .queued)
      try driver.grant(first, at: .zero, rate: usd(1))
      // The first costs twice what was set aside: the second no longer fits, and waits.
      try driver.complete(first, at: hours(10))
      #expect(driver[second].phase == .queued)
      let decided = try driver.receive(raises ? .budgetLimitChanged(usd(25)) : .periodTurned, at: hours(50))
      #expect(decided == [.jobAdmitted(second), .podRequested(second)])
    }
  }

  @Test func aSwitchToOnDemandPassesTheGateAgain() throws {
    for fits in [true, false] {
      var driver = Driver {
        $0.maxInterruptions = 1
        $0.afterInterruptions = .onDemand
        $0.budgetLimit = usd(30)
      }
      let j = try driver.submit(at: .zero, reservation: usd(10))
      try driver.grant(j, at: .zero, rate: usd(1))
      let at = hours(fits ? 5 : 31)
      let decided = try driver.receive(.podInterrupted(j, .interrupted, stoppedAt: at, billedUntil: at), at: at)
      if fits {
        #expect(decided == [.switchedToOnDemand(j), .podRequested(j)])
        #expect(ordered(driver, .requestPod(j, lease: 2, .onDemand)))
      } else {
        #expect(decided == [.decisionRequested(j, .interruptions, until: at + .hours(24))])
        // The answer "on demand" does not pass either, and does not win time.
        let again = try driver.receive(.decisionAnswered(j, .onDemand), at: at + .hours(1))
        #expect(again == [.decisionRequested(j, .interruptions, until: at + .hours(24))])
        try driver.receive(.budgetLimitChanged(usd(100)), at: at + .hours(2))
        let passed = try driver.receive(.decisionAnswered(j, .onDemand), at: at + .hours(3))
        #expect(passed == [.switchedToOnDemand(j), .podRequested(j)])
      }
    }
  }

  /// Story 7.2.1's toggle: what exceeds the limit is let pass while the gate is open, and held back once it is closed.
  @Test func anOpenGateLetsPassWhatExceedsTheLimit() throws {
    var driver = Driver { $0.budgetLimit = usd(10) }
    try driver.receive(.budgetGateChanged(blocks: false), at: .zero)
    let dear = try driver.submit(at: .zero, reservation: usd(11))
    #expect(driver[dear].phase == .provisioning)
    try driver.receive(.budgetGateChanged(blocks: true), at: minutes(1))
    let next = try driver.submit(at: minutes(2), reservation: usd(1))
    #expect(driver[next].phase == .blocked && driver[next].refusal == .budget)
  }

  /// Story 2.2.2: a paused job that is to go on on demand is held against the budget with what that costs.
  @Test func aRepricedJobPassesTheGateAgain() throws {
    for fits in [true, false] {
      var driver = Driver { $0.budgetLimit = usd(30) }
      let j = try driver.submit(at: .zero, reservation: usd(10))
      try driver.grant(j, at: .zero, rate: usd(1))
      try driver.receive(.pauseRequested(j), at: hours(2))
      try driver.receive(.podGone(j), at: hours(2))
      #expect(driver[j].phase == .paused && driver.fleet.reserved(at: hours(2)) == usd(8))
      try driver.receive(.pausedJobRepriced(j, .onDemand, reservation: usd(fits ? 30 : 31)), at: hours(3))
      #expect(driver.fleet.reserved(at: hours(3)) == usd(fits ? 28 : 29))
      try driver.receive(.resumeRequested(j), at: hours(3))
      #expect(driver[j].phase == (fits ? .provisioning : .queued))
      if fits { #expect(ordered(driver, .requestPod(j, lease: 2, .onDemand))) }
    }
  }

  @Test func anAllocationsLimitCanBeSetAndTakenAway() throws {
    var driver = Driver { $0.budgetLimit = usd(100) }
    try driver.receive(.allocationLimitChanged(2, usd(20)), at: .zero)
    #expect(driver.fleet.budget.allocations == [.max, usd(20)])
    let other = try driver.submit(at: .zero, allocation: 1, reservation: usd(30))
    let dear = try driver.submit(at: .zero, allocation: 2, reservation: usd(21))
    #expect(driver[other].phase == .provisioning && driver[dear].refusal == .allocation)
    try driver.receive(.allocationLimitChanged(2, nil), at: minutes(1))
    let next = try driver.submit(at: minutes(2), allocation: 2, reservation: usd(21))
    #expect(driver[next].phase == .provisioning)
  }

  /// Who waits for a part of the budget that is used up holds up nobody who has another.
  @Test func aPartThatIsUsedUpHoldsUpNoOther() throws {
    var budget = BudgetState()
    budget.allocations = [usd(100), .max]
    var driver = Driver({ $0.maxConcurrent = 2 }, budget: budget)
    func end(_ job: JobIndex) throws {
      try driver.receive(.cancelRequested(job), at: minutes(1))
      if driver[job].phase == .stopping { try driver.receive(.podUnavailable(job, .timeout), at: minutes(1)) }
    }
    let running = try (0..<2).map { _ in try driver.submit(at: .zero, reservation: usd(1)) }
    let first = try driver.submit(at: .zero, allocation: 1, reservation: usd(60))
    let second = try driver.submit(at: .zero, allocation: 1, reservation: usd(60))
    // Behind its own part's first it waits, though it would fit.
    let small = try driver.submit(at: .zero, allocation: 1, reservation: usd(10))
    let other = try driver.submit(at: .zero, reservation: usd(10))
    try end(running[0])
    #expect(driver[first].phase == .provisioning && driver[other].phase == .queued)
    try end(running[1])
    #expect(driver[other].phase == .provisioning)
    #expect(driver[second].phase == .queued && driver[small].phase == .queued)
    try end(first)
    #expect(driver[second].phase == .provisioning && driver[small].phase == .queued)
  }

  @Test func allocationsAreLimitsOfTheirOwn() throws {
    var budget = BudgetState()
    budget.allocations = [usd(50), .max]
    var driver = Driver({ $0.maxInterruptions = .max }, budget: budget)
    let first = try driver.submit(at: .zero, allocation: 1, reservation: usd(30))
    try driver.grant(first, at: .zero, rate: usd(10))
    try driver.interrupt(first, at: hours(1))
    try driver.grant(first, at: hours(1), rate: usd(10), upTo: .training)
    // $10 spent on a lease before, $5 on this one, $15 set aside: $20 are free, not $10.
    let at = hours(1) + .minutes(30)
    #expect(driver.fleet.spent(by: 1, at: at) == usd(15))
    #expect(driver.fleet.reserved(for: 1, except: .none, at: at) == usd(15))
    let fits = try driver.submit(at: at, allocation: 1, reservation: usd(20))
    #expect(driver[fits].phase == .provisioning)
    let over = try driver.submit(at: at, allocation: 1, reservation: 1)
    #expect(driver[over].refusal == .allocation)
    let elsewhere = try driver.submit(at: at, allocation: 2, reservation: usd(500))
    #expect(driver[elsewhere].phase == .provisioning)
  }
}
