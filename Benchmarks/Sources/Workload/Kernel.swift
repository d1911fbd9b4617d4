import DiscreteEvent

/// M/M/c as a user of the kernel alone writes it: `FutureEventList`, `RandomStream` and `Tally`, no job, ledger or policy.
/// A slot for each server, and one for the source.
func kernel(_ arguments: Arguments, seed: UInt64) -> Report {
  let c = arguments.c
  let hour = 3600.0
  let base = RandomStream.base(seed: seed, replication: 0)
  let between = Sampler(.exponential(mean: hour / (0.9 * Double(c)))).quick
  let service = Sampler(.exponential(mean: hour)).quick
  var list = FutureEventList(slots: c + 1)
  var arrived = ContiguousArray(repeating: Instant.zero, count: c)
  var idle = ContiguousArray((0..<c).reversed())
  var line = Line()
  var inSystem = Tally()
  var waits = Tally()
  var next: UInt32 = 0
  // A customer's luck is its own: the time to the next arrival, and its service. Drawn one customer ahead, so that nobody waits for it.
  func luck(_ customer: UInt32) -> (gap: Span, service: Span) {
    let (gap, work) = RandomStream(base: base, entity: customer, purpose: 1).pair()
    return (Span(seconds: between.quantile(gap)), Span(seconds: service.quantile(work)))
  }
  var drawn = luck(0)

  let began = Stopwatch.now
  list.schedule(EventKey(time: .zero + Span(seconds: between.quantile(0.5)), ordinal: UInt32(c)), slot: c)
  while let slot = list.earliest, let now = list.earliestKey?.time {
    if slot == c {
      let customer = Customer(arrived: now, service: drawn.service)
      next += 1
      if next < arguments.n {
        list.schedule(EventKey(time: now + drawn.gap, ordinal: UInt32(c)), slot: c)
        drawn = luck(next)
      } else {
        list.cancel(slot: c)
      }
      if let server = idle.popLast() {
        waits.add(0)
        arrived[server] = now
        list.schedule(EventKey(time: now + customer.service, ordinal: UInt32(server)), slot: server)
      } else {
        line.append(customer)
      }
    } else {
      inSystem.add((now - arrived[slot]).seconds)
      if let customer = line.popFirst() {
        waits.add((now - customer.arrived).seconds)
        arrived[slot] = customer.arrived
        list.schedule(EventKey(time: now + customer.service, ordinal: UInt32(slot)), slot: slot)
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

private struct Customer {
  var arrived: Instant
  var service: Span
}

/// First in, first out, in a ring that doubles.
private struct Line {
  private var ring = ContiguousArray(repeating: Customer(arrived: .zero, service: .zero), count: 1024)
  private var head = 0
  private var count = 0

  @inline(__always)
  mutating func append(_ customer: Customer) {
    if count == ring.count { grow() }
    ring[(head &+ count) & (ring.count - 1)] = customer
    count += 1
  }

  @inline(__always)
  mutating func popFirst() -> Customer? {
    guard count > 0 else { return nil }
    let first = ring[head]
    head = (head &+ 1) & (ring.count - 1)
    count -= 1
    return first
  }

  @inline(never)
  private mutating func grow() {
    ring = ContiguousArray((0..<count).map { ring[(head + $0) & (count - 1)] }) + ring
    head = 0
  }
}
