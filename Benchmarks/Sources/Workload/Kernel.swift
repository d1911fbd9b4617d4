import DiscreteEvent
import Foundation

/// M/M/c as a user of the kernel alone writes it: `FutureEventList`, `RandomStream` and `Tally`, no job, ledger or policy.
/// A slot for each server, and one for the source.
func kernel(_ arguments: Arguments, seed: UInt64) -> Report {
  let c = arguments.c
  let hour = 3600.0
  let base = RandomStream.base(seed: seed, replication: 0)
  var arrivals = RandomStream(base: base, entity: 0, purpose: 1)
  var services = RandomStream(base: base, entity: 0, purpose: 2)
  var list = FutureEventList(slots: c + 1)
  var arrived = ContiguousArray(repeating: Instant.zero, count: c)
  var idle = ContiguousArray((0..<c).reversed())
  var line = Line()
  var inSystem = Tally()
  var waits = Tally()
  var left = arguments.n

  let began = Stopwatch.now
  func interarrival() -> Span { Span(seconds: -log(arrivals.uniform()) * hour / (0.9 * Double(c))) }
  func service() -> Span { Span(seconds: -log(services.uniform()) * hour) }
  list.schedule(EventKey(time: .zero + interarrival(), ordinal: UInt32(c)), slot: c)
  while let slot = list.earliest, let now = list.earliestKey?.time {
    if slot == c {
      left -= 1
      if left > 0 {
        list.schedule(EventKey(time: now + interarrival(), ordinal: UInt32(c)), slot: c)
      } else {
        list.cancel(slot: c)
      }
      if let server = idle.popLast() {
        waits.add(0)
        arrived[server] = now
        list.schedule(EventKey(time: now + service(), ordinal: UInt32(server)), slot: server)
      } else {
        line.append(now)
      }
    } else {
      inSystem.add((now - arrived[slot]).seconds)
      if let since = line.popFirst() {
        waits.add((now - since).seconds)
        arrived[slot] = since
        list.schedule(EventKey(time: now + service(), ordinal: UInt32(slot)), slot: slot)
      } else {
        idle.append(slot)
        list.cancel(slot: slot)
      }
    }
  }
  let elapsed = Stopwatch.now - began
  return Report(
    arguments: arguments, modelEvents: 2 * Double(arguments.n), elapsed: elapsed,
    check: [("time_in_system", inSystem.mean / hour), ("wait", waits.mean / hour)])
}

/// First in, first out, in a ring that doubles.
private struct Line {
  private var ring = ContiguousArray(repeating: Instant.zero, count: 1024)
  private var head = 0
  private var count = 0

  mutating func append(_ instant: Instant) {
    if count == ring.count {
      ring = ContiguousArray((0..<count).map { ring[(head + $0) & (count - 1)] }) + ring
      head = 0
    }
    ring[(head + count) & (ring.count - 1)] = instant
    count += 1
  }

  mutating func popFirst() -> Instant? {
    guard count > 0 else { return nil }
    let first = ring[head]
    head = (head + 1) & (ring.count - 1)
    count -= 1
    return first
  }
}
