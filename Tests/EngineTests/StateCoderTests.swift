import DiscreteEvent
import Testing

@testable import Engine

@Suite struct StateCoderTests {
  /// A fleet with something in every field: jobs of many phases, a rolling budget with its stretches, allocations, places that are free.
  private func fleet() throws -> Fleet {
    var policies = Policies()
    policies.maxConcurrent = 3
    policies.budgetLimit = 900_000_000_000
    policies.budgetPeriod = .rolling30Days
    var budget = BudgetState(boundaries: [Instant(microseconds: 5), .distantFuture])
    budget.allocations = [500_000_000_000, .max]
    var controller = Controller(fleet: Fleet(budget: budget), policies: policies)
    var commands = CommandBuffer()
    for i in 0..<40 {
      let at = Instant.zero + .hours(Int64(10 * i))
      let j = controller.fleet.nextIndex
      func tell(_ event: Event, _ minutes: Int64) throws {
        try controller.receive(event, at: at + .minutes(minutes), into: &commands)
      }
      try tell(
        .jobSubmitted(
          JobSpec(
            ordinal: UInt32(i), pricing: i % 2 == 0 ? .spot : .onDemand, steps: 100, allocation: UInt16(i % 3),
            reservation: 20_000_000_000, retryOf: i > 0 ? 0 : .max)), 0)
      guard controller.fleet[j].phase == .provisioning else { continue }
      try tell(.podGranted(j, hourlyRate: 2_490_000_000), 5)
      for (k, stage) in [Stage.boot, .preprocessing, .modelLoading].enumerated() {
        try tell(.stageFinished(j, stage), Int64(6 + k))
      }
      try tell(.checkpointsSaved(j, step: 50, keptThrough: at + .minutes(60), blocked: .seconds(30)), 61)
      if i % 10 == 3 { continue }
      if i % 7 == 5 { try tell(.pauseRequested(j), 62) } else { try tell(.cancelRequested(j), 62) }
      try tell(.podGone(j), 63)
    }
    return controller.fleet
  }

  private func written(_ fleet: Fleet) -> [UInt8] {
    var (coder, fleet) = (StateCoder(), fleet)
    fleet.code(&coder)
    return coder.bytes
  }

  @Test func whatIsReadIsWhatWasWritten() throws {
    let fleet = try fleet()
    let phases = Set(fleet.jobs.map(\.phase))
    #expect(phases.count >= 3 && fleet.budget.stretches.count > 8 && fleet.budget.reservedElsewhere > 0, "\(phases)")
    let bytes = written(fleet)
    var coder = StateCoder(reading: bytes)
    var read = Fleet()
    read.code(&coder)
    #expect(coder.isWhole && read.stateDigest == fleet.stateDigest && read.subject == fleet.subject)
    #expect(read.jobs == fleet.jobs && read.budget == fleet.budget && written(read) == bytes)
    // A value of its own: what happens to it happens to nobody else.
    let before = fleet.stateDigest
    try read.evolve(.jobSubmitted(JobSpec(ordinal: 99, pricing: .spot, steps: 1)), at: .zero + .days(90))
    #expect(fleet.stateDigest == before && read.stateDigest != before)
  }

  @Test func whatWasCutShortIsBroken() throws {
    let bytes = written(try fleet())
    for count in stride(from: 0, to: bytes.count, by: 7) {
      var coder = StateCoder(reading: Array(bytes[..<count]))
      var read = Fleet()
      read.code(&coder)
      #expect(!coder.isWhole)
    }
    var longer = StateCoder(reading: bytes + [0])
    var read = Fleet()
    read.code(&longer)
    #expect(!longer.isWhole)
  }

  /// Whatever the bytes are: no trap, and no more memory than there are bytes.
  @Test func damageIsNoTrap() throws {
    let bytes = written(try fleet())
    var random = RandomStream(seed: 7, replication: 0, entity: 0, purpose: 0)
    var broken = 0
    for _ in 0..<2_000 {
      var damaged = bytes
      for _ in 0..<3 {
        damaged[Int(random.uniform() * Double(bytes.count))] = UInt8(random.uniform() * 255)
      }
      var coder = StateCoder(reading: damaged)
      var read = Fleet()
      read.code(&coder)
      if !coder.isWhole { broken += 1 }
    }
    #expect(broken > 50)
  }

  @Test func textsListsAndTablesComeBack() {
    var texts = ["", "ä€😀", String(repeating: "x", count: 300)]
    var table = ["b": 2, "a": 1]
    var none: String?
    var some: Int64? = -5
    var number = -0.0
    var writer = StateCoder()
    func all(_ coder: inout StateCoder) {
      coder.code(&texts, blank: "") { $1.code(&$0) }
      coder.code(&table, blank: ("", 0)) { key, value, coder in
        coder.code(&key)
        coder.code(&value)
      }
      coder.code(&none)
      coder.code(&some)
      coder.code(&number)
    }
    all(&writer)
    let (oldTexts, oldTable) = (texts, table)
    (texts, table, none, some, number) = ([], [:], "there", nil, 1)
    var reader = StateCoder(reading: writer.bytes)
    all(&reader)
    #expect(reader.isWhole && texts == oldTexts && table == oldTable && none == nil && some == -5)
    #expect(number.sign == .minus && number == 0)
  }
}
