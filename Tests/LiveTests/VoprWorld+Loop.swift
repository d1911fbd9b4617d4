import DiscreteEvent
import Foundation
import Live

/// Chance, virtual time, and what happens next.
extension VoprWorld {
  // MARK: Chance and time

  func chance(_ p: Double) -> Bool { p > 0 && random.uniform() < p }
  func pick(_ n: Int) -> Int { Int(random.uniform() * Double(n)) }
  func exponential(_ mean: Span) -> Span { Span(seconds: -mean.seconds * log(random.uniform())) }
  func between(_ a: Span, _ b: Span) -> Span { a + Span(seconds: random.uniform() * (b - a).seconds) }

  func schedule(_ action: Action, in delay: Span) {
    order += 1
    agenda.insert(Scheduled(at: now + max(.zero, delay), order: order, action: action))
  }

  func say(_ text: @autoclosure () -> String) {
    if keepsTrace { trace.append("\((now - VoprWorld.start).seconds)s \(text())") }
  }

  /// A message on its way: delivered late, twice or not at all.
  func post(_ action: Action, surely: Bool = false) {
    if !surely, isOut || chance(faults.loss) { return }
    schedule(action, in: latency())
    if chance(faults.duplication) { schedule(action, in: latency()) }
  }

  func latency() -> Span { chance(faults.delay) ? between(.zero, .seconds(80)) : between(.zero, .seconds(1)) }

  var reading: ClockReading {
    ClockReading(wall: now + skew, monotonic: now - VoprWorld.start + bootOffset)
  }

  // MARK: The loop

  /// - Throws: ``Failure`` where an invariant does not hold.
  func run() throws {
    defer { disk?.remove() }
    while try advance() {}
  }

  /// When something happens next.
  var next: Instant { isOver ? .distantFuture : agenda.min?.at ?? .distantFuture }

  /// What happens next.
  ///
  /// - Returns: false where that was the last.
  func advance() throws -> Bool {
    guard !isOver, let next = agenda.popMin() else { return false }
    now = next.at
    guard now < VoprWorld.start + .days(120) else { throw failure("a job does not end: \(unfinished())") }
    try perform(next.action)
    guard now > end, coordinator != nil, isDone() else { return true }
    isOver = true
    try finish()
    return false
  }

  func failure(_ text: String) -> Failure {
    Failure(description: "seed \(seed), \(disk == nil ? "" : "on disk, ")\((now - VoprWorld.start).hours) h: \(text)")
  }

  private func perform(_ action: Action) throws {
    switch action {
    case .input(let input, let process):
      guard coordinator != nil, process == self.process else { return }
      inbox.append(input)
      // Several at once now and then: what waits is taken with the next.
      if !chance(faults.batching) { try step() }
    case .wake(let generation): if generation == self.generation, coordinator != nil { try step() }
    case .call(let order): try provide(order)
    case .appear(let pod): appear(pod)
    case .leaveQueue(let pod): leaveQueue(pod)
    case .interrupt(let pod): interrupt(pod)
    case .work(let pod, let generation): work(pod, generation)
    case .send(let pod, let generation, let heartbeat): send(pod, generation, heartbeat)
    case .heard(let pod, let acknowledgement): try hear(pod, acknowledgement)
    case .user: act()
    case .restart(let fromBackup): try restart(fromBackup)
    case .confirm:
      guard coordinator != nil else { return schedule(.confirm, in: .minutes(5)) }
      isUnconfirmed = false
      ask(.confirmEpoch)
    case .clockStep:
      skew = chance(0.3) ? .zero : between(.hours(-3), .hours(3))
      say("clock steps to \(skew.seconds) s")
      schedule(.clockStep, in: exponential(Span(seconds: 86_400 / faults.clockStep)))
    case .outage(let begins):
      isOut = begins
      say("outage \(begins ? "begins" : "ends")")
      if begins {
        schedule(.outage(begins: false), in: exponential(.hours(1)))
      } else {
        calmSince = now
        if now < end { schedule(.outage(begins: true), in: exponential(Span(seconds: 86_400 / faults.outage))) }
      }
    }
  }
}
