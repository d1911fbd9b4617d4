import DiscreteEvent
import Engine
import Journal

/// Pods: those we hold, those we may have, and those that bear our name though nobody owns them.
extension Coordinator {
  // MARK: Answers

  mutating func take(_ answer: CreationAnswer, of request: UInt32) throws(TransitionError) {
    guard book.exists(request) else { return }
    let rental = book[request]
    switch answer {
    case .created(let pod):
      know(pod, of: request)
      // A list may have shown another one under the name already: the first that is known is kept, in a queue too.
      if book[request].pod != pod.id || rental.isOver {
        remove(pod.id)
      } else if rental.isHeld {
        break
      } else if pod.status == .waiting {
        queue(request)
      } else {
        try adopt(pod, request)
      }
    case .refused(let why, _):
      // One that is known waits in its provider's queue: the call was doubled on the way, granted once and refused once.
      if !rental.isOver, !rental.isHeld, rental.pod == nil { try giveUp(request, why) }
    case .ambiguous:
      watch.wantsList = true
      if !rental.isOver, !rental.isHeld, !watch[request].isUnknown {
        watch[request].isUnknown = true
        watch[request].since = monotonic
      }
    }
  }

  mutating func take(_ answer: TerminationAnswer, of pod: String) throws(TransitionError) {
    switch answer {
    case .failed: break
    case .accepted:
      watch.accept(pod, at: monotonic)
      watch.wantsList = true
    case .absent:
      watch.forget(pod: pod)
      if let request = held(pod) {
        try close(request, .lost)
      } else if let request = book.request(ofPod: pod), !book[request].isOver, book[request].pod == pod {
        // It was still waiting.
        try giveUp(request, .noCapacity)
      }
    }
  }

  /// A complete list, or none.
  mutating func take(_ pods: [PodObservation]?, list number: UInt64) throws(TransitionError) {
    guard let asked = watch.take(list: number, complete: pods != nil, at: monotonic, settings), let pods else { return }
    // The oldest of one name first: that one is kept.
    let ours = pods.compactMap { pod in ourName(of: pod).map { (name: $0, pod: pod) } }
      .sorted { ($0.pod.created, $0.pod.id) < ($1.pod.created, $1.pod.id) }
    guard book.isConfirmed else { return }
    watch.hasStrays = false
    var seen: Set<String> = []
    for (name, pod) in ours {
      seen.insert(pod.id)
      guard book.exists(name.request), book[name.request].epoch == name.epoch else {
        remove(pod.id)
        continue
      }
      know(pod, of: name.request)
      try see(pod, name.request)
    }
    try miss(seen, asked)
  }

  /// The name of a pod of ours; nil where it is somebody else's, or of a copy of this store that is ahead of us.
  private func ourName(of pod: PodObservation) -> PodName? {
    if let request = book.request(ofPod: pod.id) {
      return PodName(store: storeName, epoch: book[request].epoch, request: request)
    }
    guard let name = PodName(pod.name, store: storeName), name.epoch <= book.epoch else { return nil }
    return name
  }

  // MARK: What a list shows

  private mutating func see(_ pod: PodObservation, _ request: UInt32) throws(TransitionError) {
    let rental = book[request]
    if rental.isOver { return remove(pod.id) }
    if !rental.isHeld {
      guard book[request].pod == pod.id else { return remove(pod.id) }
      if pod.status == .waiting {
        return queue(request)
      }
      try adopt(pod, request)
    }
    guard book[request].pod == pod.id else { return remove(pod.id) }
    watch[request].absences = 0
    switch pod.status {
    case .running: return
    // Taken back into the queue: it would begin anew, and what it was is no more.
    case .waiting: try close(request, .interrupted)
    // Nobody works there any more and nothing is billed; what is left of it is removed with the others that nobody owns.
    case .exited(let kind): try close(request, kind)
    }
    remove(pod.id)
  }

  /// Its provider has it in a queue: however long that takes, there is no doubt about it while lists show it.
  private mutating func queue(_ request: UInt32) {
    watch[request].isUnknown = true
    watch[request].since = monotonic
    watch[request].absences = 0
  }

  /// Open rentals that a complete list does not show.
  private mutating func miss(_ seen: Set<String>, _ asked: Span) throws(TransitionError) {
    for job in Array(controller.fleet.slots) where job != .none {
      guard let request = book.openRequest(of: job) else { continue }
      let rental = book[request]
      if rental.isHeld {
        guard let pod = rental.pod, !seen.contains(pod) else { continue }
        let isAccepted = watch.isAccepted(pod, before: asked)
        guard isAccepted || asked >= watch[request].since + settings.settle else { continue }
        watch[request].absences += 1
        if watch[request].absences >= (isAccepted ? 1 : settings.listsWithout) {
          try close(request, .lost)
        }
      } else if let pod = rental.pod, !seen.contains(pod), watch.isAccepted(pod, before: asked) {
        // It was waiting, and was told to go.
        try giveUp(request, .noCapacity)
      } else if watch[request].isUnknown, asked >= watch[request].since + settings.settle {
        watch[request].absences += 1
        if watch[request].absences >= settings.listsWithout { try giveUp(request, .error) }
      }
    }
  }

  // MARK: What follows

  /// Writes down a pod's own name the first time it is seen.
  private mutating func know(_ pod: PodObservation, of request: UInt32) {
    guard book.request(ofPod: pod.id) == nil else { return }
    note(.podNamed(.init(request: request, pod: pod.id)))
  }

  private mutating func adopt(_ pod: PodObservation, _ request: UInt32) throws(TransitionError) {
    watch[request] = ProviderWatch.Sight(since: monotonic, heard: monotonic)
    try emit(.podGranted(book[request].job, hourlyRate: pod.hourlyRate))
  }

  private mutating func giveUp(_ request: UInt32, _ why: Unavailability) throws(TransitionError) {
    watch.forget(request)
    try emit(.podUnavailable(book[request].job, why))
  }

  /// The pod's absence was observed, or that nothing runs on it.
  private mutating func close(_ request: UInt32, _ kind: LossKind) throws(TransitionError) {
    let job = book[request].job
    let heard = watch[request].heardAt ?? now
    watch.forget(request)
    if controller.fleet[job].phase == .stopping {
      try emit(.podGone(job))
    } else {
      try emit(.podInterrupted(job, kind, stoppedAt: min(heard, now), billedUntil: now))
    }
  }

  /// A pod of ours that has to go: told once, and again as long as it is there.
  mutating func remove(_ pod: String) {
    watch.hasStrays = true
    if watch.mayTerminate(pod, at: monotonic, every: settings.terminateEvery) { orders.append(.terminate(pod: pod)) }
  }

  private func held(_ pod: String) -> UInt32? {
    guard let request = book.request(ofPod: pod) else { return nil }
    let rental = book[request]
    return rental.isHeld && !rental.isOver && rental.pod == pod ? request : nil
  }

  // MARK: What time brings

  /// Looks at every open rental: what is silent, what is overdue, what has to go. O(slots).
  mutating func sweep() throws(TransitionError) {
    for job in Array(controller.fleet.slots) where job != .none {
      guard let request = book.openRequest(of: job) else { continue }
      guard book[request].isHeld else {
        let sight = watch[request]
        if !sight.isUnknown, monotonic - sight.since >= settings.answerWithin {
          watch[request].isUnknown = true
          watch[request].since = monotonic
        }
        // In its provider's queue: nothing runs that could be saved.
        if controller.fleet[job].phase == .stopping, let pod = book[request].pod { remove(pod) }
        continue
      }
      guard let pod = book[request].pod else { continue }
      if controller.fleet[job].phase == .stopping {
        let since = watch[request].stopping ?? monotonic
        watch[request].stopping = since
        let waits = mayStillSave(job) && !watch[request].hasStopped && monotonic - since < settings.stopWithin
        if !waits { remove(pod) }
      } else {
        if isSilent(request) { watch[request].isCondemned = true }
        if watch[request].isCondemned { remove(pod) }
      }
    }
  }

  /// A worker that says nothing while the provider answers: an outage of our own network condemns nobody.
  private func isSilent(_ request: UInt32) -> Bool {
    let sight = watch[request]
    let limit = sight.hasSpoken ? settings.silence : settings.bootSilence
    guard let since = watch.reachableSince, watch.isReachable(at: monotonic, settings) else { return false }
    return monotonic - max(sight.heard, since) >= limit
  }

  mutating func askForLists() {
    if let number = watch.nextList(at: monotonic, settings, busy: isBusy) { orders.append(.list(number: number)) }
    if book.isConfirmed, watch.billsDue(at: monotonic, every: settings.billsEvery),
      let since = book.unsettledSince(at: now, patience)
    {
      orders.append(.fetchBills(since: since))
    }
  }

  /// A process that has asked for a while gives up what is too old; one that has just begun asks for all there is.
  var patience: RentalBook.Patience {
    let isSeasoned = monotonic - watch.started >= settings.billsSettle
    return .init(settle: settings.billsSettle, most: isSeasoned ? settings.billsGivenUp : nil)
  }
}
