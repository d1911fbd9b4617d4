import DiscreteEvent
import Testing

@testable import Engine

@Suite struct LedgerTests {
  /// rate × time ÷ an hour, rounded down, in wide arithmetic of its own.
  static func floorCost(_ rate: Int64, _ microseconds: Int64) -> Int64 {
    Int64(Int128(rate) * Int128(microseconds) / 3_600_000_000)
  }

  @Test func costIsTheFloorOfRateTimesTime() {
    var rng = SplitMix(1)
    for n in 0..<200_000 {
      let rate = rng.int(0...(1 << rng.int(1...40)))
      let time = rng.int(0...(1 << rng.int(1...50)))
      let exact = Int128(rate) * Int128(time) / 3_600_000_000
      guard exact < Int128(Int64.max) else { continue }
      #expect(Ledger.cost(hourlyRate: rate, time: Span(microseconds: time)) == Int64(exact), "\(n): \(rate) × \(time)")
    }
    #expect(Ledger.cost(hourlyRate: usd(2.49), time: .zero) == 0)
    #expect(Ledger.cost(hourlyRate: usd(2.49), time: .hours(-1)) == 0)
    #expect(Ledger.cost(hourlyRate: 0, time: .hours(1)) == 0)
  }

  @Test func longLeasesAndHighRatesSaturateInsteadOfTrapping() {
    // Ten years at $1,000 an hour is far from the end.
    #expect(Ledger.cost(hourlyRate: usd(1000), time: .days(3650)) == usd(87_600_000))
    #expect(Ledger.cost(hourlyRate: .max, time: Span(microseconds: .max)) == .max)
    #expect(Ledger.cost(hourlyRate: .max, time: .hours(1)) == .max)
    #expect(Ledger.cost(hourlyRate: .max, time: Span(microseconds: 3_600_000_001)) == .max)
    #expect(Ledger.cost(hourlyRate: .max, time: Span(microseconds: 3_599_999_999)) < .max)
    #expect(Ledger.time(hourlyRate: 1, amount: .max - 1) == Span(microseconds: .max))
    #expect(Ledger.time(hourlyRate: 0, amount: 5) == Span(microseconds: .max))
  }

  @Test func timeIsTheInverse() {
    var rng = SplitMix(2)
    for n in 0..<100_000 {
      let rate = rng.int(1...(1 << rng.int(1...42)))
      let amount = rng.int(0...(1 << rng.int(1...45)))
      let time = Ledger.time(hourlyRate: rate, amount: amount)
      guard time.microseconds < .max else { continue }
      #expect(Ledger.cost(hourlyRate: rate, time: time) <= amount, "\(n): \(rate), \(amount)")
      let longer = Span(microseconds: time.microseconds + 1)
      #expect(Ledger.cost(hourlyRate: rate, time: longer) > amount, "\(n): \(rate), \(amount) could last longer")
    }
    #expect(Ledger.time(hourlyRate: usd(1), amount: -1) == .zero)
  }

  @Test func aLeaseRoundsOnceHoweverItIsSplit() throws {
    for seed in UInt64(1)...300 {
      var rng = SplitMix(seed)
      let rate = rng.int(1...10_000_000_000)
      var driver = Driver()
      let j = try driver.submit(at: .zero)
      let granted = Instant(microseconds: rng.int(0...1_000_000_000))
      try driver.receive(.podGranted(j, hourlyRate: rate), at: granted)
      var now = granted
      var step: Int32 = 0
      while driver[j].phase != .finalizing {
        let before = now
        now = now + Span(microseconds: rng.int(1...5_000_000_000))
        if driver[j].phase == .training, rng.chance(0.9) {
          step += 1
          let blocked = Span(microseconds: rng.int(0...((now - before).microseconds)))
          try driver.receive(.checkpointsSaved(j, step: step, keptThrough: now, blocked: blocked), at: now)
        } else if let stage = driver[j].phase.stage {
          try driver.receive(.stageFinished(j, stage), at: now)
        }
        #expect(driver.fleet.ledger.isBalanced)
        #expect(driver[j].cost(at: now) == Self.floorCost(rate, (now - granted).microseconds), "seed \(seed)")
      }
      let stopped = now + Span(microseconds: rng.int(1...3_000_000_000))
      now = stopped + Span(microseconds: rng.int(0...3_000_000_000))
      try driver.receive(.podInterrupted(j, .interrupted, stoppedAt: stopped, billedUntil: now), at: now)
      #expect(driver[j].costs.total == Self.floorCost(rate, (now - granted).microseconds), "seed \(seed)")
      #expect(driver.fleet.ledger.payable == driver[j].costs.total)
      #expect(driver[j].billed == now - granted)
    }
  }

  @Test func eachPartHasItsAccount() throws {
    // $3.60 an hour is a tenth of a cent a second, so minutes are six cents.
    var driver = Driver { $0.maxInterruptions = .max }
    let j = try driver.submit(at: .zero, steps: 1000)
    try driver.receive(.podGranted(j, hourlyRate: usd(3.6)), at: minutes(10))
    try driver.receive(.stageFinished(j, .boot), at: minutes(11))
    try driver.receive(.stageFinished(j, .preprocessing), at: minutes(13))
    try driver.receive(.stageFinished(j, .modelLoading), at: minutes(16))
    try driver.receive(
      .checkpointsSaved(j, step: 100, keptThrough: minutes(46), blocked: .minutes(1)), at: minutes(47))
    // Taken back in finalization: everything since the checkpoint is lost, what went unnoticed is idle.
    try driver.receive(.stageFinished(j, .training), at: minutes(50))
    try driver.receive(
      .podInterrupted(j, .interrupted, stoppedAt: minutes(52), billedUntil: minutes(55)), at: minutes(57))
    #expect(driver[j].costs[.setup] == usd(0.06 * 6))
    #expect(driver[j].costs[.work] == usd(0.06 * 29))
    #expect(driver[j].costs[.checkpoints] == usd(0.06 * 1))
    #expect(driver[j].costs[.lostWork] == usd(0.06 * 6))
    #expect(driver[j].costs[.idle] == usd(0.06 * 3))
    try driver.receive(.podGranted(j, hourlyRate: usd(7.2)), at: minutes(60))
    for (stage, at) in [
      (Stage.boot, 61), (.modelLoading, 64), (.restore, 66), (.training, 80), (.finalization, 85),
    ] as [(Stage, Int64)] {
      try driver.receive(.stageFinished(j, stage), at: minutes(at))
    }
    try driver.receive(.podGone(j), at: minutes(86))
    #expect(driver[j].phase == .completed)
    #expect(driver[j].costs[.recovery] == usd(0.12 * 6))
    #expect(driver[j].costs[.work] == usd(0.06 * 29 + 0.12 * 14))
    #expect(driver[j].costs[.setup] == usd(0.06 * 6 + 0.12 * 5))
    #expect(driver[j].costs[.idle] == usd(0.06 * 3 + 0.12))
    #expect(driver[j].costs.total == usd(0.06 * 45 + 0.12 * 26))
    #expect(driver[j].billed == .minutes(71))
  }

  @Test func aBillThatDiffersIsAnAdjustmentAndStorageAnAccount() throws {
    var driver = Driver()
    let j = try driver.submit(at: .zero)
    try driver.grant(j, at: minutes(1))
    try driver.complete(j, at: minutes(61))
    let before = driver[j].costs.total
    try driver.receive(.billAdjusted(j, -12_345), at: hours(30))
    try driver.receive(.storageCharged(j, 777), at: hours(31))
    #expect(driver[j].costs[.adjustment] == -12_345)
    #expect(driver[j].costs[.storage] == 777)
    #expect(driver[j].costs.total == before - 12_345 + 777)
    #expect(driver.fleet.ledger.isBalanced)
    #expect(driver.fleet.ledger.payable == driver[j].costs.total)
    #expect(driver.fleet.budget.spent == driver[j].costs.total)
  }

  @Test func aBillThatEndsBeforeWhatIsPostedNeverUnbalances() throws {
    var driver = Driver()
    let j = try driver.submit(at: .zero)
    try driver.grant(j, at: minutes(1))
    try driver.receive(.checkpointsSaved(j, step: 5, keptThrough: minutes(30), blocked: .zero), at: minutes(30))
    // The provider's clock says that the pod went before we saw its last checkpoint.
    try driver.receive(
      .podInterrupted(j, .interrupted, stoppedAt: minutes(20), billedUntil: minutes(25)), at: minutes(40))
    #expect(driver[j].costs.total == Ledger.cost(hourlyRate: usd(3.6), time: .minutes(29)))
    #expect(driver.fleet.budget.spent == driver[j].costs.total)
    #expect(driver.fleet.ledger.isBalanced)
  }

  @Test func aPodThatWasNeverGrantedCostsNothing() throws {
    var driver = Driver()
    let j = try driver.submit(at: .zero)
    try driver.grant(j, at: minutes(1))
    try driver.interrupt(j, at: minutes(11))
    #expect(driver[j].phase == .provisioning)
    let cost = driver[j].costs.total
    try driver.receive(.cancelRequested(j), at: minutes(500))
    try driver.receive(.podGone(j), at: minutes(600))
    #expect(driver[j].phase == .cancelled)
    #expect(driver[j].costs.total == cost)
    #expect(driver.fleet.budget.spent == cost)
    #expect(driver[j].billed == .minutes(10))
    #expect(driver[j].interruptions == 1)
  }
}
