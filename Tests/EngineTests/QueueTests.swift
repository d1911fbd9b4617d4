import DiscreteEvent
import Testing

@testable import Engine

@Suite struct QueueTests {
  /// One running job and `count` that wait behind it.
  private func line(_ count: Int, maxQueued: Int32 = .max) throws -> (Driver, running: JobIndex, waiting: [JobIndex]) {
    var driver = Driver {
      $0.maxConcurrent = 1
      $0.maxQueued = maxQueued
    }
    let running = try driver.submit(at: .zero)
    var waiting: [JobIndex] = []
    for n in 0..<count { waiting.append(try driver.submit(at: minutes(Int64(n + 1)))) }
    return (driver, running, waiting)
  }

  @Test func firstInFirstOut() throws {
    var (driver, running, waiting) = try line(4)
    #expect(driver.fleet.queueOrder == waiting)
    var last = running
    var hour: Int64 = 1
    while let next = waiting.first {
      try driver.grant(last, at: hours(hour))
      try driver.complete(last, at: hours(hour + 1))
      #expect(driver[next].phase == .provisioning)
      #expect(driver[next].admitted == hours(hour + 1))
      waiting.removeFirst()
      #expect(driver.fleet.queueOrder == waiting)
      last = next
      hour += 2
    }
  }

  @Test func promotionGoesToTheFront() throws {
    var (driver, _, waiting) = try line(4)
    try driver.receive(.jobPromoted(waiting[2]), at: hours(1))
    #expect(driver.fleet.queueOrder == [waiting[2], waiting[0], waiting[1], waiting[3]])
    try driver.receive(.jobPromoted(waiting[2]), at: hours(1))
    #expect(driver.fleet.queueOrder == [waiting[2], waiting[0], waiting[1], waiting[3]])
    try driver.receive(.jobPromoted(waiting[3]), at: hours(1))
    #expect(driver.fleet.queueOrder == [waiting[3], waiting[2], waiting[0], waiting[1]])
  }

  @Test func cancellingAnywhereClosesTheGap() throws {
    for victim in 0..<4 {
      var (driver, _, waiting) = try line(4)
      try driver.receive(.cancelRequested(waiting[victim]), at: hours(1))
      #expect(driver[waiting[victim]].phase == .cancelled)
      waiting.remove(at: victim)
      #expect(driver.fleet.queueOrder == waiting)
      #expect(driver.fleet.queued == 3)
      let tail = try driver.submit(at: hours(2))
      #expect(driver.fleet.queueOrder == waiting + [tail])
    }
  }

  @Test(arguments: [1, 2, 3, 8] as [Int32]) func noMoreThanMaxConcurrentRun(_ limit: Int32) throws {
    var driver = Driver { $0.maxConcurrent = limit }
    var jobs: [JobIndex] = []
    for n in 0..<10 { jobs.append(try driver.submit(at: minutes(Int64(n)))) }
    #expect(driver.fleet.slotsInUse == Int(min(limit, 10)))
    #expect(driver.fleet.queued == 10 - Int(min(limit, 10)))
    #expect(jobs.prefix(Int(limit)).allSatisfy { driver[$0].phase == .provisioning })
  }

  @Test(arguments: [0, 1, 2, 5] as [Int32]) func aFullQueueRefuses(_ limit: Int32) throws {
    var driver = Driver {
      $0.maxConcurrent = 2
      $0.maxQueued = limit
    }
    for n in 0..<Int(2 + limit) {
      let j = try driver.submit(at: minutes(Int64(n)))
      #expect(driver[j].phase == (n < 2 ? .provisioning : .queued))
    }
    let refused = try driver.submit(at: hours(1))
    #expect(driver[refused].phase == .blocked)
    #expect(driver[refused].refusal == .queueFull)
    #expect(driver.fleet.queued == Int(limit))
    // A slot that comes free makes room.
    try driver.receive(.cancelRequested(JobIndex(0)), at: hours(2))
    try driver.receive(.podUnavailable(JobIndex(0), .noCapacity), at: hours(2))
    let next = try driver.submit(at: hours(3))
    #expect(driver[next].phase == (limit == 0 ? .provisioning : .queued))
  }

  @Test func anUnlimitedQueueTakesEverybody() throws {
    let (driver, _, waiting) = try line(500)
    #expect(driver.fleet.queued == 500)
    #expect(driver.fleet.queueOrder == waiting)
  }

  @Test func aDraftWaitsForItsConfirmation() throws {
    var driver = Driver { $0.maxConcurrent = 1 }
    let draft = driver.fleet.nextIndex
    try driver.receive(.jobDrafted(JobSpec(ordinal: 0, pricing: .spot, steps: 10)), at: .zero)
    #expect(driver[draft].phase == .pendingConfiguration)
    #expect(driver.fleet.slotsInUse == 0)
    #expect(try driver.receive(.jobConfirmed(draft), at: hours(1)) == [.jobAdmitted(draft), .podRequested(draft)])
    #expect(driver[draft].submitted == .zero + .hours(1))
  }

  @Test func aRetryIsANewLinkedJob() throws {
    var driver = Driver()
    let failed = try driver.submit(at: .zero)
    try driver.grant(failed, at: .zero)
    try driver.receive(.workerFailed(failed, .outOfMemory), at: hours(1))
    try driver.receive(.podGone(failed), at: hours(1))
    #expect(driver[failed].phase == .failed)
    #expect(driver[failed].failure == .outOfMemory)
    let retry = driver.fleet.nextIndex
    let spec = JobSpec(ordinal: 9, pricing: .spot, steps: 10, retryOf: driver[failed].spec.ordinal)
    try driver.receive(.jobSubmitted(spec), at: hours(2))
    #expect(driver[retry].spec.retryOf == driver[failed].spec.ordinal)
    #expect(driver[retry].lease.number == 1)
    #expect(driver[retry].costs.total == 0)
    #expect(driver[failed].phase == .failed)
  }
}
