import DiscreteEvent
import Testing

@testable import Engine

/// Dollars as nanodollars.
func usd(_ dollars: Double) -> Int64 { Int64((dollars * 1e9).rounded()) }

func minutes(_ m: Int64) -> Instant { .zero + .minutes(m) }
func hours(_ h: Int64) -> Instant { .zero + .hours(h) }

/// A controller under a script: events in, commands out, everything kept.
struct Driver {
  var controller: Controller
  var commands = CommandBuffer()
  var log: [(at: Instant, event: Event)] = []
  var ordinal: UInt32 = 0

  init(_ configure: (inout Policies) -> Void = { _ in }, budget: BudgetState = BudgetState()) {
    var policies = Policies()
    configure(&policies)
    controller = Controller(fleet: Fleet(budget: budget), policies: policies)
    controller.recordsEvents = true
  }

  var fleet: Fleet { controller.fleet }
  subscript(j: JobIndex) -> Job { controller.fleet[j] }

  /// Takes one fact; returns what was decided upon it.
  @discardableResult
  mutating func receive(_ event: Event, at now: Instant) throws -> [Event] {
    try controller.receive(event, at: now, into: &commands)
    for e in controller.recorded { log.append((now, e)) }
    return Array(controller.recorded.dropFirst())
  }

  mutating func submit(
    at now: Instant, pricing: Pricing = .spot, steps: Int32 = 1000, allocation: UInt16 = 0, reservation: Int64 = 0,
    maxCost: Int64 = .max
  ) throws -> JobIndex {
    let spec = JobSpec(
      ordinal: ordinal, pricing: pricing, steps: steps, allocation: allocation, reservation: reservation,
      maxCost: maxCost)
    ordinal += 1
    let index = fleet.nextIndex
    try receive(.jobSubmitted(spec), at: now)
    return index
  }

  /// Grants the pod and walks the stages up to the phase, each in no time.
  mutating func grant(_ j: JobIndex, at now: Instant, rate: Int64 = usd(3.6), upTo phase: Phase = .training) throws {
    try receive(.podGranted(j, hourlyRate: rate), at: now)
    var left = 10
    while self[j].phase != phase, let stage = self[j].phase.stage, left > 0 {
      try receive(.stageFinished(j, stage), at: now)
      left -= 1
    }
    #expect(self[j].phase == phase)
  }

  /// Lets the job run to its end from wherever it works.
  mutating func complete(_ j: JobIndex, at now: Instant) throws {
    var left = 10
    while let stage = self[j].phase.stage, left > 0 {
      try receive(.stageFinished(j, stage), at: now)
      left -= 1
    }
    try receive(.podGone(j), at: now)
    #expect(self[j].phase == .completed)
  }

  mutating func interrupt(_ j: JobIndex, at now: Instant) throws {
    try receive(.podInterrupted(j, .interrupted, stoppedAt: now, billedUntil: now), at: now)
  }
}

/// Whether the command is among those ordered last.
func ordered(_ driver: Driver, _ command: Command) -> Bool { driver.commands.contains(command) }
