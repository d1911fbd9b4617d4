import DiscreteEvent

/// How many increments are drawn beforehand, here as in the C yardstick: the list is measured, not the logarithm.
private let tableSize = 8192

/// What both hold models start from: `c` pending events, and a table of exponential increments (mean 1 s).
private func pending(_ arguments: Arguments, seed: UInt64) -> (FutureEventList, [Span]) {
  var stream = RandomStream(base: RandomStream.base(seed: seed, replication: 0), entity: 0, purpose: 1)
  let law = Sampler(.exponential(mean: 1))
  let table = (0..<tableSize).map { _ in Span(seconds: law.quantile(stream.uniform())) }
  var list = FutureEventList(slots: arguments.c)
  for slot in 0..<arguments.c {
    let time = Instant.zero + Span(seconds: law.quantile(stream.uniform()))
    list.schedule(EventKey(time: time, ordinal: UInt32(slot)), slot: slot)
  }
  return (list, table)
}

/// The hold model: take the earliest of `c` pending events and put one back after an exponential time.
func hold(_ arguments: Arguments, seed: UInt64) -> Report {
  var (list, table) = pending(arguments, seed: seed)
  let began = Stopwatch.now
  table.withUnsafeBufferPointer { table in
    for i in 0..<arguments.n {
      guard let slot = list.earliest, let key = list.earliestKey else { return }
      let time = key.time + table[i & (tableSize - 1)]
      list.schedule(EventKey(time: time, ordinal: UInt32(truncatingIfNeeded: slot)), slot: slot)
    }
  }
  let elapsed = Stopwatch.now - began
  return report(arguments, list, elapsed, holds: arguments.n)
}

/// The hold model in which nine events of ten are cancelled and scheduled anew before they happen.
func holdAndCancel(_ arguments: Arguments, seed: UInt64) -> Report {
  var (list, table) = pending(arguments, seed: seed)
  var choice: UInt64 = seed | 1
  var holds = 0
  // A cancelled event is scheduled anew from here, the time of the last one that happened.
  var clock = Instant.zero
  let began = Stopwatch.now
  table.withUnsafeBufferPointer { table in
    for i in 0..<arguments.n {
      guard let earliest = list.earliest, let key = list.earliestKey else { return }
      var slot = earliest
      choice = choice &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      if choice >> 32 < 3_865_470_566 {
        slot = Int((choice & 0xffff_ffff) &* UInt64(arguments.c) >> 32)
        list.cancel(slot: slot)
      } else {
        clock = key.time
        holds += 1
      }
      let time = clock + table[i & (tableSize - 1)]
      list.schedule(EventKey(time: time, ordinal: UInt32(truncatingIfNeeded: slot)), slot: slot)
    }
  }
  let elapsed = Stopwatch.now - began
  return report(arguments, list, elapsed, holds: holds)
}

private func report(
  _ arguments: Arguments, _ list: FutureEventList, _ elapsed: Stopwatch, holds: Int
) -> Report {
  // Each event happens once a second, cancelled or not: the exponential law has no memory.
  let seconds = list.earliestKey.map { ($0.time - .zero).seconds } ?? 0
  return Report(
    arguments: arguments, modelEvents: Double(arguments.n), elapsed: elapsed,
    check: [("holds_per_event_and_time", Double(holds) / (seconds * Double(arguments.c)))])
}
