import DiscreteEvent
import Engine
import Scenarios

@testable import Live

/// The coordinator's steps, and when the next is due.
extension VoprWorld {
  /// One step of the coordinator, and what a crash leaves of it.
  func step() throws {
    guard var current = coordinator.take() else { return }
    let inputs = inbox
    inbox.removeAll(keepingCapacity: true)
    let mode = now < end && chance(faults.crash) ? pick(4) : -1
    if mode == 0 { return try crash(current, [current.fleet.stateDigest], "before a step") }
    if mode == 1, !isDiskFull {
      isDiskFull = true
      try limitPages(current, 1)
    }
    let fault = planTrouble()
    let before = isDiskFull || fault != nil ? current.fleet.stateDigest : Digest()
    steps += 1
    do {
      let orders = try current.step(inputs, at: reading)
      try check(current, orders)
      try lookForFollowedStrays(current, orders)
      try lookForReplays(current, orders)
      // In what follows a commit that has returned.
      if disk?.isDown == true { return try crash(current, [current.fleet.stateDigest], "in a checkpoint") }
      disk?.forgetPlan()
      if mode == 2 {
        return try crash(current, [current.fleet.stateDigest], "after the commit, before anything is done")
      }
      let done = mode == 3 ? pick(orders.count + 1) : orders.count
      for order in orders.prefix(done) { dispatch(order) }
      if mode == 3 { return try crash(current, [current.fleet.stateDigest], "after \(done) of \(orders.count) orders") }
    } catch let error as InputError where fault != nil {
      return try endAfter(fault, current, before, error)
    } catch let error as InputError where isDiskFull {
      return try crash(current, [before], "the disk is full: \(error)")
    } catch let error as TransitionError {
      throw failure("the coordinator gave the engine what cannot have happened: \(error)")
    }
    if !isDiskFull, moments.uniform() < 0.002 { try current.keepSnapshot() }
    coordinator = current
    try scheduleWake()
  }

  func scheduleWake() throws {
    guard let current = coordinator else { return }
    let wake = current.nextWake
    var at = VoprWorld.start + wake.monotonic - bootOffset
    if wake.wall < .distantFuture { at = min(at, wake.wall - skew) }
    overdue = at > now ? 0 : overdue + 1
    guard overdue < 4 else { throw failure("the coordinator spins: it wants to be woken \((now - at).seconds) s ago") }
    generation += 1
    schedule(.wake(generation), in: max(.seconds(1), at - now))
  }
}
