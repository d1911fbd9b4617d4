import DiscreteEvent
import Engine

/// When jobs are submitted, and which.
extension Replication {
  /// Jobs that are sure to come are numbered from here on, apart from the world's own: one more or less of them changes
  /// nobody else's luck.
  static var firstSubmission: UInt32 { 0x4000_0000 }

  mutating func scheduleArrival() {
    var next = Instant.distantFuture
    if submitted < lastJob {
      if nextSubmission < submissions { next = experiment.submissions[nextSubmission].at }
      if let random = randomArrival, random < next, random < experiment.lastArrival { next = random }
    }
    if nextRequest < requests { next = min(next, experiment.requests[nextRequest].at) }
    guard next < .distantFuture else { return list.cancel(slot: Slot.arrival) }
    list.schedule(EventKey(time: max(next, now), priority: 200, ordinal: UInt32(submitted)), slot: Slot.arrival)
  }

  mutating func arrive() throws(TransitionError) {
    if nextRequest < requests, experiment.requests[nextRequest].at <= now {
      try serveNextRequest()
      return scheduleArrival()
    }
    let kind: Int
    let ordinal: UInt32
    if nextSubmission < submissions, experiment.submissions[nextSubmission].at <= now {
      kind = experiment.submissions[nextSubmission].kind
      ordinal = experiment.firstOrdinal &+ Replication.firstSubmission &+ UInt32(nextSubmission)
      nextSubmission += 1
    } else {
      ordinal = experiment.firstOrdinal &+ arrived
      arrived &+= 1
      let (which, gap) = nextLuck
      // Drawn one job ahead: nobody waits for it.
      nextLuck = RandomStream(base: base, entity: ordinal &+ 1, purpose: Purpose.arrival).pair()
      kind = world.mix.kind(which)
      randomArrival = world.nextArrival(after: randomArrival ?? now, gap)
    }
    submitted += 1
    if warmUp > 0 {
      if submitted == warmUp + 1 {
        result.restart(at: now)
        countsFrom = now
      }
      if submitted == lastJob { result.freeze() }
    }
    try enter(kind, ordinal)
    scheduleArrival()
  }

  @inline(__always)
  mutating func enter(_ kind: Int, _ ordinal: UInt32) throws(TransitionError) {
    // The next free index is known before the job exists: a simulated fleet reuses the last one retired.
    let index = Int(controller.fleet.nextIndex.rawValue)
    while kindOf.count <= index { kindOf.append(0) }
    kindOf[index] = Int32(kind)
    var spec = specs[kind]
    spec.ordinal = ordinal
    try receive(.jobSubmitted(spec), at: now)
  }

  /// What the engine is told of a job of each kind, which is the same in every world; the ordinal is still to come.
  static func specs(_ experiment: Experiment, _ kinds: [CompiledKind]) -> [JobSpec] {
    kinds.enumerated().map { kind, compiled in
      JobSpec(
        ordinal: 0, pricing: compiled.pricing, steps: compiled.steps,
        allocation: kind < experiment.allocations.count ? experiment.allocations[kind] : 0,
        reservation: kind < experiment.reservations.count ? experiment.reservations[kind] : 0,
        maxCost: kind < experiment.maxCosts.count ? experiment.maxCosts[kind] : .max)
    }
  }

  /// Draws the first of the world's own jobs.
  mutating func drawFirstArrival() {
    let stream = RandomStream(base: base, entity: .max, purpose: Purpose.arrival)
    nextLuck = RandomStream(base: base, entity: experiment.firstOrdinal, purpose: Purpose.arrival).pair()
    randomArrival = world.nextArrival(after: experiment.start, stream.pair().1)
  }
}
