import Calibration
import DiscreteEvent
import Engine

#if canImport(Glibc)
  import Glibc
#endif

/// When jobs are submitted, and which.
extension Replication {
  mutating func scheduleArrival() {
    var next = Instant.distantFuture
    if nextSubmission < experiment.submissions.count { next = experiment.submissions[nextSubmission].at }
    if case .jobs(let n, _) = experiment.horizon, submitted >= n { return }
    if let random = randomArrival, random < next { next = random }
    guard next < .distantFuture else { return }
    list.schedule(EventKey(time: max(next, now), priority: 200, ordinal: ordinal), slot: Slot.arrival)
  }

  mutating func arrive() throws(TransitionError) {
    var kind = 0
    if nextSubmission < experiment.submissions.count, experiment.submissions[nextSubmission].at <= now {
      kind = experiment.submissions[nextSubmission].kind
      nextSubmission += 1
    } else {
      var stream = RandomStream(base: base, entity: ordinal, purpose: Purpose.kind)
      if world.mixCumulative.count > 1 { kind = world.kind(stream.uniform()) }
      drawArrival()
    }
    let configuration = experiment.kinds[kind].configuration
    let spec = JobSpec(
      ordinal: ordinal, pricing: configuration.pricing, steps: world.kinds[kind].steps,
      allocation: kind < experiment.allocations.count ? experiment.allocations[kind] : 0,
      reservation: kind < experiment.reservations.count ? experiment.reservations[kind] : 0,
      maxCost: kind < experiment.maxCosts.count ? experiment.maxCosts[kind] : .max)
    ordinal &+= 1
    submitted += 1
    if case .jobs(let n, let warmUp) = experiment.horizon {
      if submitted == warmUp + 1 { result.restart(at: now) }
      if submitted == n, warmUp > 0 { result.freeze() }
    }
    noteNextKind(kind)
    try receive(.jobSubmitted(spec), at: now)
    scheduleArrival()
  }

  /// The next free index is known before the job exists: a simulated fleet reuses the last one retired.
  mutating func noteNextKind(_ kind: Int) {
    let index = Int(controller.fleet.nextIndex.rawValue)
    while kindOf.count <= index { kindOf.append(0) }
    kindOf[index] = Int32(kind)
  }

  mutating func drawArrival() {
    let arrivals = world.parameters.arrivals
    if arrivalStream == nil {
      arrivalStream = RandomStream(base: base, entity: .max, purpose: Purpose.arrival)
    }
    guard var stream = arrivalStream else { return }
    let from = randomArrival ?? experiment.start
    switch arrivals {
    case .none, .times: randomArrival = nil
    case .every(let seconds): randomArrival = from + Span(seconds: seconds)
    case .poisson(let perDay):
      randomArrival = perDay > 0 ? from + Span(seconds: -log(stream.uniform()) * 86_400 / perDay) : nil
    case .hourly(let perDay, let weights):
      randomArrival = hourly(from, perDay, weights, -log(stream.uniform()))
    }
    arrivalStream = stream
  }

  /// The next arrival of a process whose rate changes by the hour of the week, by inversion of its cumulative rate.
  func hourly(_ from: Instant, _ perDay: Double, _ weights: [Double], _ target: Double) -> Instant? {
    let sum = weights.reduce(0, +)
    guard perDay > 0, sum > 0, weights.count == 168 else { return nil }
    var left = target
    var at = Double(from.microseconds) / 1e6
    while true {
      let hour = (at / 3600).rounded(.down)
      // 1970-01-01 was a Thursday: hour 72 of a week that begins on Monday.
      let week = Int((hour + 72).truncatingRemainder(dividingBy: 168))
      let rate = perDay * 7 * weights[week < 0 ? week + 168 : week] / sum / 3600
      let width = (hour + 1) * 3600 - at
      if rate > 0, left <= rate * width { return Instant.zero + Span(seconds: at + left / rate) }
      left -= rate * width
      at = (hour + 1) * 3600
    }
  }
}
