import DiscreteEvent
import Engine

/// What people ask for while jobs run.
extension Replication {
  /// Jobs that somebody has tried again are numbered from here on, apart from all others.
  static var firstRetry: UInt32 { 0x6000_0000 }

  @inline(never)
  mutating func serveNextRequest() throws(TransitionError) {
    let request = experiment.requests[nextRequest]
    let number = experiment.firstOrdinal &+ Replication.firstRetry &+ UInt32(nextRequest)
    nextRequest += 1
    guard let i = controller.fleet.jobs.lastIndex(where: { $0.spec.ordinal == request.ordinal }) else { return }
    let j = JobIndex(i)
    let event: Event
    switch request.wish {
    case .cancel: event = .cancelRequested(j)
    case .pause: event = .pauseRequested(j)
    case .resume: event = .resumeRequested(j)
    case .promote: event = .jobPromoted(j)
    case .answer(let answer): event = .decisionAnswered(j, answer)
    case .retry:
      if controller.fleet.jobs[i].phase == .failed { try enter(Int(kindOf[i]), number) }
      return
    }
    let phase = controller.fleet.jobs[i].phase
    guard !Lifecycle.next(phase, event.kind).isEmpty else { return }
    if phase.isWorking {
      guard try interrupt(j) else { return }
    } else if phase == .waitingForGPU || phase == .awaitingDecision || controller.fleet.jobs[i].lease.isOpen {
      forget(Int(controller.fleet.jobs[i].slot))
    }
    try receive(event, at: now)
  }

  /// Tells what has happened by now on a lease that was to go on.
  ///
  /// - Returns: false where its pod is lost and nobody has noticed yet: whoever asks then is not heard.
  private mutating func interrupt(_ j: JobIndex) throws(TransitionError) -> Bool {
    let job = controller.fleet[j]
    let place = Int(job.slot)
    redraw(place, Int(j.rawValue), until: now, in: job.pricing == .spot ? world : onDemandWorld)
    guard pending[place].plan.end == .capped else { return false }
    forget(place)
    if controller.recordsEvents {
      try tell(place, j, until: now)
    } else {
      result.events &+= try controller.fleet.evolve(pending[place].plan.facts, of: j, until: now)
    }
    return true
  }

  /// What was to come of the job in this place does not come.
  private mutating func forget(_ place: Int) {
    pending[place].kind = .none
    list.cancel(slot: Slot.jobs + place)
  }
}
