import DiscreteEvent
import Testing

@testable import Engine

@Suite struct RecoveryTests {
  @Test func workResumesFromTheLastDurableStep() throws {
    var driver = Driver { $0.maxInterruptions = .max }
    let j = try driver.submit(at: .zero, steps: 1000)
    try driver.grant(j, at: .zero)
    try driver.receive(.checkpointsSaved(j, step: 800, keptThrough: hours(8), blocked: .minutes(8)), at: hours(8))
    try driver.interrupt(j, at: hours(8) + .minutes(30))
    #expect(driver[j].durableStep == 800)
    #expect(driver[j].costs[.lostWork] == usd(1.8))
    #expect(driver[j].lease.number == 2)
    try driver.grant(j, at: hours(9), upTo: .restoring)
    #expect(driver[j].lease.firstStep == 800)
    // A checkpoint told twice, or late, takes nothing back.
    try driver.receive(.stageFinished(j, .restore), at: hours(9))
    try driver.receive(.checkpointsSaved(j, step: 700, keptThrough: hours(7), blocked: .zero), at: hours(9))
    #expect(driver[j].durableStep == 800)
    try driver.complete(j, at: hours(11))
    #expect(driver[j].durableStep == 1000)
  }

  /// A lease's number trapped at 65,536.
  @Test func aJobThatIsCutShortForEverIsGivenUp() throws {
    var driver = Driver {
      $0.maxInterruptions = .max
      $0.afterRecoveries = .keepTrying
    }
    driver.controller.recordsEvents = false
    let j = try driver.submit(at: .zero)
    var n = 0
    while driver[j].phase == .provisioning {
      try driver.receive(.podGranted(j, hourlyRate: usd(1)), at: minutes(Int64(n)))
      try driver.interrupt(j, at: minutes(Int64(n)))
      n += 1
    }
    #expect(n == Int(Policies.mostLeases) && n < Int(UInt16.max) / 2)
    #expect(driver[j].phase == .failed && driver[j].failure == .recoveryExhausted)
    #expect(driver.fleet.slotsInUse == 0)
  }

  /// A pause is the other way to a new lease, and no rule bounds it.
  @Test func theLastNumberOfALeaseStays() throws {
    var driver = Driver()
    let j = try driver.submit(at: .zero)
    driver.controller.fleet.jobs[j.int].lease.number = .max
    try driver.grant(j, at: .zero)
    try driver.receive(.pauseRequested(j), at: hours(1))
    try driver.receive(.podGone(j), at: hours(1))
    #expect(driver[j].phase == .paused && driver[j].lease.number == .max)
  }

  @Test func preprocessingHappensOnceUnlessInterrupted() throws {
    var driver = Driver { $0.maxInterruptions = .max }
    let j = try driver.submit(at: .zero)
    try driver.grant(j, at: .zero, upTo: .preprocessing)
    try driver.interrupt(j, at: minutes(1))
    try driver.grant(j, at: minutes(2), upTo: .preprocessing)
    try driver.receive(.stageFinished(j, .preprocessing), at: minutes(3))
    try driver.interrupt(j, at: minutes(4))
    try driver.receive(.podGranted(j, hourlyRate: usd(1)), at: minutes(5))
    try driver.receive(.stageFinished(j, .boot), at: minutes(5))
    #expect(driver[j].phase == .loadingModel)
    #expect(driver[j].preprocessed)
  }

  @Test func interruptionsAndFailuresAreCountedApart() throws {
    var driver = Driver { $0.maxInterruptions = .max }
    let j = try driver.submit(at: .zero)
    for (n, kind) in [LossKind.interrupted, .hostFailure, .lost].enumerated() {
      try driver.grant(j, at: hours(Int64(n)))
      let at = hours(Int64(n)) + .minutes(5)
      try driver.receive(.podInterrupted(j, kind, stoppedAt: at, billedUntil: at), at: at)
    }
    #expect(driver[j].interruptions == 3)
    #expect(driver[j].failures == 0)
    try driver.grant(j, at: hours(4))
    try driver.receive(.workerFailed(j, .workerCrash), at: hours(5))
    #expect(driver[j].interruptions == 3)
    #expect(driver[j].failures == 1)
  }

  @Test(arguments: Fallback.allCases, [1, 2, 3] as [Int32])
  func afterSoManyInterruptions(_ fallback: Fallback, _ limit: Int32) throws {
    var driver = Driver {
      $0.maxInterruptions = limit
      $0.afterInterruptions = fallback
    }
    let j = try driver.submit(at: .zero)
    for n in 1...limit {
      try driver.grant(j, at: hours(Int64(n)))
      try driver.interrupt(j, at: hours(Int64(n)) + .minutes(30))
      if n < limit { #expect(driver[j].phase == .provisioning) }
    }
    switch fallback {
    case .ask:
      #expect(driver[j].phase == .awaitingDecision)
      #expect(driver[j].question == .interruptions)
    case .fail:
      #expect(driver[j].phase == .failed)
      #expect(driver[j].failure == .recoveryExhausted)
    case .onDemand:
      #expect(driver[j].phase == .provisioning)
      #expect(driver[j].pricing == .onDemand)
      // On demand the counter no longer decides.
      try driver.grant(j, at: hours(9))
      try driver.interrupt(j, at: hours(10))
      #expect(driver[j].phase == .provisioning)
    case .keepTrying:
      #expect(driver[j].phase == .provisioning)
      #expect(driver[j].pricing == .spot)
    }
  }

  @Test func recoveriesThatBringNothingAreCountedInARow() throws {
    var driver = Driver {
      $0.maxInterruptions = .max
      $0.maxFailedRecoveries = 2
      $0.afterRecoveries = .fail
    }
    let j = try driver.submit(at: .zero)
    var at = Instant.zero
    func lease(saving step: Int32?) throws {
      try driver.grant(j, at: at)
      at = at + .minutes(30)
      if let step { try driver.receive(.checkpointsSaved(j, step: step, keptThrough: at, blocked: .zero), at: at) }
      try driver.interrupt(j, at: at)
    }
    try lease(saving: nil)
    #expect(driver[j].failedRecoveries == 0, "a first lease recovers nothing")
    try lease(saving: nil)
    #expect(driver[j].failedRecoveries == 1)
    try lease(saving: 100)
    #expect(driver[j].failedRecoveries == 0)
    try lease(saving: nil)
    try lease(saving: nil)
    #expect(driver[j].phase == .failed)
    #expect(driver[j].failure == .recoveryExhausted)
  }

  @Test(arguments: Fallback.allCases) func silenceIsAnsweredAtTheDeadline(_ silence: Fallback) throws {
    var driver = Driver {
      $0.maxInterruptions = 1
      $0.afterInterruptions = .ask
      $0.answerDeadline = .hours(6)
      $0.afterSilence = silence
    }
    let j = try driver.submit(at: .zero)
    try driver.grant(j, at: .zero)
    try driver.interrupt(j, at: hours(1))
    #expect(driver[j].deadline == hours(7))
    #expect(driver.fleet.slotsInUse == 1, "a job keeps its slot while it recovers")
    try driver.receive(.deadlinePassed(j), at: hours(7))
    switch silence {
    case .fail, .ask: #expect(driver[j].phase == .failed)
    case .onDemand: #expect(driver[j].phase == .provisioning && driver[j].pricing == .onDemand)
    case .keepTrying: #expect(driver[j].phase == .provisioning && driver[j].pricing == .spot)
    }
  }

  @Test func silenceThatTheBudgetDoesNotLetPassFails() throws {
    var driver = Driver {
      $0.maxInterruptions = 1
      $0.afterInterruptions = .ask
      $0.afterSilence = .onDemand
      $0.budgetLimit = usd(10)
    }
    let j = try driver.submit(at: .zero, reservation: usd(5))
    try driver.grant(j, at: .zero, rate: usd(11))
    try driver.interrupt(j, at: hours(1))
    try driver.receive(.deadlinePassed(j), at: hours(25))
    #expect(driver[j].phase == .failed)
  }

  /// A job with its last step durable, on a pod that answers suites.
  private static func trained(_ configure: (inout Policies) -> Void) throws -> (Driver, JobIndex) {
    var driver = Driver(configure)
    let j = try driver.submit(at: .zero, steps: 1000)
    try driver.grant(j, at: .zero)
    try driver.receive(.checkpointsSaved(j, step: 1000, keptThrough: hours(9), blocked: .zero), at: hours(9))
    try driver.receive(.stageFinished(j, .training), at: hours(9))
    return (driver, j)
  }

  @Test(arguments: Fallback.allCases) func aTrainedJobIsNotGivenUpForInterruptions(_ fallback: Fallback) throws {
    var (driver, j) = try Self.trained {
      $0.maxInterruptions = 1
      $0.afterInterruptions = fallback
    }
    try driver.interrupt(j, at: hours(10))
    // The rest of its finalization is worth the same rule, but for its end.
    switch fallback {
    case .ask: #expect(driver[j].phase == .awaitingDecision)
    case .onDemand: #expect(driver[j].phase == .provisioning && driver[j].pricing == .onDemand)
    case .fail, .keepTrying: #expect(driver[j].phase == .provisioning && driver[j].pricing == .spot)
    }
    if fallback == .ask { try driver.receive(.decisionAnswered(j, .keepTrying), at: hours(11)) }
    try driver.grant(j, at: hours(12), upTo: .finalizing)
    try driver.complete(j, at: hours(13))
    #expect(driver[j].interruptions == 1)
  }

  @Test func aTrainedJobIsNotGivenUpForRecoveriesThatBringNoStep() throws {
    var (driver, j) = try Self.trained {
      $0.maxInterruptions = .max
      $0.maxFailedRecoveries = 2
      $0.afterRecoveries = .fail
    }
    // No step is left to bring, so every later lease counts as one that failed.
    for n in 1...5 {
      let at = hours(9 + Int64(n))
      try driver.interrupt(j, at: at)
      #expect(driver[j].phase == .provisioning && driver[j].failedRecoveries == Int32(n - 1))
      try driver.grant(j, at: at, upTo: .finalizing)
    }
    try driver.complete(j, at: hours(20))
  }

  @Test(arguments: Fallback.allCases, [true, false])
  func silenceDoesNotGiveUpATrainedJob(_ silence: Fallback, _ fits: Bool) throws {
    var (driver, j) = try Self.trained {
      $0.maxInterruptions = 1
      $0.afterInterruptions = .ask
      $0.afterSilence = silence
      $0.budgetLimit = fits ? nil : usd(10)
    }
    try driver.interrupt(j, at: hours(10))
    #expect(driver[j].phase == .awaitingDecision)
    try driver.receive(.deadlinePassed(j), at: hours(34))
    #expect(driver[j].phase == .provisioning)
    #expect(driver[j].pricing == (silence == .onDemand && fits ? .onDemand : .spot))
    try driver.grant(j, at: hours(35), upTo: .finalizing)
    try driver.complete(j, at: hours(36))
  }

  @Test func aTrainedJobIsGivenUpByAPersonAndWhereThereIsNoPod() throws {
    var (driver, j) = try Self.trained {
      $0.maxInterruptions = 1
      $0.afterInterruptions = .ask
      $0.provisioningGiveUpAfter = .zero
      $0.afterProvisioning = .fail
    }
    try driver.interrupt(j, at: hours(10))
    var other = driver
    try other.receive(.decisionAnswered(j, .fail), at: hours(11))
    #expect(other[j].phase == .failed && other[j].failure == .recoveryExhausted)
    try driver.receive(.decisionAnswered(j, .keepTrying), at: hours(11))
    try driver.receive(.podUnavailable(j, .noCapacity), at: hours(11))
    #expect(driver[j].phase == .failed && driver[j].failure == .provisioning)
  }

  @Test func pauseSavesWhatCanBeSavedAndTheRestIsLost() throws {
    for saves in [true, false] {
      var driver = Driver()
      let j = try driver.submit(at: .zero, steps: 1000)
      try driver.grant(j, at: .zero)
      try driver.receive(.checkpointsSaved(j, step: 100, keptThrough: hours(1), blocked: .zero), at: hours(1))
      try driver.receive(.pauseRequested(j), at: hours(2))
      #expect(ordered(driver, .stopWorker(j)))
      let gone = hours(2) + .minutes(10)
      if saves {
        let kept = hours(2) + .minutes(1)
        try driver.receive(.checkpointsSaved(j, step: 200, keptThrough: kept, blocked: .minutes(1)), at: kept)
      }
      try driver.receive(.podGone(j), at: gone)
      #expect(driver[j].phase == .paused)
      #expect(driver.fleet.slotsInUse == 0)
      #expect(driver[j].durableStep == (saves ? 200 : 100))
      #expect(driver[j].costs[.work] == usd(saves ? 7.2 : 3.6))
      #expect(driver[j].costs[.lostWork] == usd(saves ? 0 : 3.6))
      #expect(driver[j].costs[.checkpoints] == usd(saves ? 0.06 : 0))
      #expect(driver[j].costs[.idle] == usd(saves ? 0.54 : 0.6))
      try driver.receive(.resumeRequested(j), at: hours(9))
      #expect(driver[j].lease.number == 2)
      try driver.grant(j, at: hours(9), upTo: .restoring)
      #expect(driver[j].interruptions == 0)
    }
  }

  @Test func eachLeaseHasANumberOfItsOwn() throws {
    var driver = Driver()
    let j = try driver.submit(at: .zero)
    // Paused while the pod was on its way: it comes, is billed, and goes.
    try driver.receive(.pauseRequested(j), at: minutes(1))
    try driver.receive(.podGranted(j, hourlyRate: usd(1)), at: minutes(2))
    #expect(driver[j].lease.number == 1)
    try driver.receive(.podGone(j), at: minutes(3))
    #expect(driver[j].phase == .paused)
    try driver.receive(.resumeRequested(j), at: hours(1))
    #expect(ordered(driver, .requestPod(j, lease: 2, .spot)))
  }

  @Test func theCapStopsWithWhatIsDurable() throws {
    var driver = Driver()
    let j = try driver.submit(at: .zero, steps: 1000, maxCost: usd(36))
    try driver.grant(j, at: .zero, rate: usd(3.6))
    // The last microsecond that costs no more than the cap: just short of a nanodollar more.
    #expect(driver[j].deadline == hours(10))
    try driver.receive(.checkpointsSaved(j, step: 900, keptThrough: hours(9), blocked: .zero), at: hours(9))
    let decided = try driver.receive(.deadlinePassed(j), at: hours(10))
    #expect(decided == [.stopOrdered(j, .costCap)])
    #expect(ordered(driver, .stopWorker(j)) && ordered(driver, .notify(j, .capReached)))
    try driver.receive(.podGone(j), at: hours(10))
    #expect(driver[j].phase == .failed)
    #expect(driver[j].failure == .costCap)
    #expect(driver[j].durableStep == 900)
    #expect(driver[j].costs.total == usd(36))
    #expect(driver[j].costs[.lostWork] == usd(3.6))
  }

  @Test func theCapSpansLeasesAndCharges() throws {
    var driver = Driver { $0.maxInterruptions = .max }
    let j = try driver.submit(at: .zero, maxCost: usd(36))
    try driver.grant(j, at: .zero, rate: usd(3.6))
    try driver.interrupt(j, at: hours(4))
    try driver.grant(j, at: hours(5), rate: usd(7.2))
    #expect(driver[j].deadline == hours(8))
    try driver.receive(.storageCharged(j, usd(7.2)), at: hours(6))
    #expect(driver[j].deadline == hours(7))
    try driver.receive(.billAdjusted(j, -usd(3.6)), at: hours(6))
    #expect(driver[j].deadline == hours(7) + .minutes(30))
  }

  @Test func cancelAndCrashLeaveNoLeaseOpen() throws {
    for phase in [Phase.booting, .preprocessing, .loadingModel, .training, .finalizing] {
      for crash in [true, false] {
        var driver = Driver()
        let j = try driver.submit(at: .zero)
        try driver.grant(j, at: .zero, upTo: phase)
        try driver.receive(crash ? .workerFailed(j, .workerCrash) : .cancelRequested(j), at: hours(1))
        #expect(driver[j].phase == .stopping)
        #expect(ordered(driver, .terminatePod(j)))
        #expect(driver[j].lease.isOpen, "a lease accrues until its absence is observed")
        try driver.receive(.podGone(j), at: hours(2))
        #expect(driver[j].phase == (crash ? .failed : .cancelled))
        #expect(driver[j].costs.total == usd(7.2))
        #expect(driver[j].costs[.idle] == usd(3.6))
        #expect(driver.fleet.slotsInUse == 0)
      }
    }
  }
}
