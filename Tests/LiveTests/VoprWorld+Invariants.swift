import DiscreteEvent
import Engine
import GRDB
import Journal
import Live

@testable import Journal
@testable import Live

/// What must hold after every step, and in the end.
extension VoprWorld {
  func check(_ current: Coordinator, _ orders: [LiveOrder]) throws {
    guard current.controller.fleet.ledger.isBalanced else { throw failure("the ledger is not balanced") }
    var isPlain = true
    for (at, entry) in current.journalled {
      if case .noted(.approvalDecided(let decision)) = entry {
        let request = current.approvals[decision.number]?.request
        guard let request, request.applicant != decision.person, request.expires > at.microseconds else {
          throw failure("approval \(decision.number) was decided by its applicant, too late, or was never asked for")
        }
      }
      guard case .event(let event) = entry else { continue }
      say("\(event)")
      switch event {
      case .billAdjusted, .budgetLimitChanged, .budgetGateChanged, .allocationLimitChanged, .periodTurned:
        isPlain = false
      // Whoever was let past the gate in the same step may have taken what was left.
      case .jobAdmitted(let job): if current.controller.fleet[job].overridden { isPlain = false }
      case .cancelRequested(let job):
        if let request = current.book.openRequest(of: job), let pod = current.book[request].pod {
          cancels.append((pod, now + .seconds(60)))
        }
      case .checkpointsSaved(let job, let step, _, _):
        if !wasRestored, step > (saved[job] ?? 0) { throw failure("job \(job.rawValue) never saved step \(step)") }
      default: break
      }
    }
    if isPlain { try checkAdmissions(current) }
    for order in orders { if case .terminate(let pod) = order { told.insert(pod) } }
    for order in orders { try check(order, current) }
    try checkCaps(current)
    for cancel in cancels where max(cancel.by, calmSince + .seconds(60)) < now {
      guard let request = current.book.request(ofPod: cancel.pod), !current.book[request].isOver else { continue }
      throw failure("\(cancel.pod) belongs to a cancelled job, and was not told to go within a minute")
    }
    cancels.removeAll { $0.by < now - .minutes(10) }
  }

  /// What is admitted without an override fits within limit − spent − reservations.
  private func checkAdmissions(_ current: Coordinator) throws {
    let fleet = current.controller.fleet
    guard let limit = fleet.budget.limit, fleet.budget.blocks else { return }
    for (_, entry) in current.journalled {
      guard case .event(.jobAdmitted(let job)) = entry, !fleet[job].overridden else { continue }
      // Independent of the gate: the ledger, and what each open job has still set aside.
      let paused = fleet.jobs.reduce(Int64(0)) { $0 + $1.setAside }
      let reserved = fleet.slots.reduce(paused) { sum, index in
        index == .none ? sum : sum + max(0, fleet[index].spec.reservation - fleet[index].cost(at: current.now))
      }
      guard fleet.spent(at: current.now) + reserved <= limit else {
        throw failure("job \(job.rawValue) was admitted though the limit does not hold it")
      }
    }
  }

  /// A job that has reached its own cap is told to go in time: what it costs beyond is published with ``LiveSettings/stopBound``.
  private func checkCaps(_ current: Coordinator) throws {
    // An unconfirmed copy only looks.
    guard current.isConfirmed else { return capped.removeAll() }
    for job in current.fleet.slots where job != .none {
      let state = current.fleet[job]
      guard state.lease.isOpen, state.cost(at: current.now) > state.spec.maxCost,
        let request = current.book.openRequest(of: job), let pod = current.book[request].pod
      else {
        capped[job] = nil
        continue
      }
      let since = capped[job] ?? now
      capped[job] = since
      // A wake that is late by its own second, and a list in the same step.
      if now - max(since, calmSince) > current.settings.stopBound + .minutes(1), !told.contains(pod) {
        throw failure(
          "job \(job.rawValue) reached its cap \((now - since).seconds) s ago, and \(pod) was not told to go")
      }
    }
  }

  /// … and in money, where nothing keeps the provider from doing at once what it is told.
  private func checkMoneyBeyondCaps(_ current: Coordinator) throws {
    let f = faults
    let hindrances = [
      f.loss, f.duplication, f.delay, f.ambiguity, f.listFailure, f.omission, f.terminationFailure, f.crash, f.batching,
      f.clockStep, f.outage, f.vanishing, f.workerDeath, f.throttling, f.lostEnd, f.queueing,
    ]
    guard disk == nil, hindrances.allSatisfy({ $0 == 0 }) else { return }
    for (i, job) in current.fleet.jobs.enumerated() where job.spec.maxCost < .max {
      let beyond = Ledger.cost(hourlyRate: 2_890_000_000, time: current.settings.stopBound + .minutes(1))
      guard job.costs.total <= job.spec.maxCost + beyond else {
        throw failure("job \(i) cost \(job.costs.total); its cap is \(job.spec.maxCost)")
      }
      if job.costs.total > job.spec.maxCost { capsPassed += 1 }
    }
  }

  private func check(_ order: LiveOrder, _ current: Coordinator) throws {
    switch order {
    case .create(let request):
      guard !isUnconfirmed else { throw failure("an unconfirmed copy rents a pod") }
      guard asked.insert(request.name).inserted else { throw failure("\(request.name) is asked for twice") }
      // Two pods of one job: only where the provider hid one of them, or doubled a call.
      for pod in present.map({ pods[$0] })
      where pod.state == .running && pod.name != nil && pod.job == request.job && !pod.isDoubtful {
        guard let name = pod.name, current.book.exists(name.request), current.book[name.request].epoch == name.epoch,
          name != request.name
        else { continue }
        throw failure("job \(request.job.rawValue) gets \(request.name) while \(pod.id) (\(name)) is still billed")
      }
      // After a doubtful answer: the one that is known of was told to go.
      for pod in present.map({ pods[$0] })
      where pod.state == .running && pod.job == request.job && pod.isDoubtful && !told.contains(pod.id) {
        guard current.book.request(ofPod: pod.id) == nil else {
          throw failure("job \(request.job.rawValue) gets \(request.name) while \(pod.id) is known, and may stay")
        }
      }
    case .terminate:
      guard !isUnconfirmed else { throw failure("an unconfirmed copy terminates a pod") }
    default: break
    }
  }

  func unfinished() -> String {
    guard let fleet = coordinator?.fleet else { return "the coordinator is down" }
    let open = fleet.jobs.filter { !$0.phase.isTerminal }.map { "\($0.spec.ordinal) \($0.phase)" }
    let running = pods.filter { $0.state == .running && $0.name != nil }.map(\.id)
    let unbilled = (coordinator?.book.rentals ?? []).enumerated().filter {
      $0.element.pods.count != $0.element.billed.count
    }
    .map { "request \($0.offset + 1) has pods \($0.element.pods), billed \($0.element.billed)" }
    return (open + running + unbilled).joined(separator: ", ")
  }

  /// All jobs are over, all pods gone, and everything that was seen is billed.
  func isDone() -> Bool {
    guard now - checkedAt > .hours(1), let current = coordinator else { return false }
    checkedAt = now
    guard current.isConfirmed, current.fleet.jobs.allSatisfy({ $0.phase.isTerminal }) else { return false }
    guard !pods.contains(where: { $0.name != nil && [.running, .hidden, .waiting].contains($0.state) }) else {
      return false
    }
    guard current.book.unsettledSince(at: current.now, .init(settle: current.settings.billsSettle)) == nil else {
      return false
    }
    return current.book.rentals.allSatisfy { $0.isOver && $0.pods.count == $0.billed.count }
  }

  /// Replay = live, and the ledger is what the provider bills, rental by rental.
  func finish() throws {
    guard let current = coordinator else { throw failure("the coordinator is down in the end") }
    let policies = current.controller.policies
    let replay = try current.store.queue.read { db in try JournalReplay(db, file: "journal", policies: policies) }
    guard replay.fleet.stateDigest == current.fleet.stateDigest else { throw failure("the replay is not what lived") }
    if let parting = replay.divergence { throw failure("decided otherwise when asked again: \(parting)") }
    for (i, rental) in current.book.rentals.enumerated() {
      let billed = rental.pods.reduce(Int64(0)) { sum, id in sum + (podIndex[id].map { pods[$0].cost(at: now) } ?? 0) }
      guard rental.posted == billed else {
        throw failure("request \(i + 1) stands with \(rental.posted) in the ledger; the provider bills \(billed)")
      }
    }
    for pod in current.book.byPod.keys where podIndex[pod] == nil {
      throw failure("\(pod) is not ours, and is kept as if it were")
    }
    try checkDisk(current)
    guard current.fleet.ledger.payable == current.book.rentals.reduce(0, { $0 + $1.posted }) else {
      throw failure("the ledger holds what no rental accounts for")
    }
    try checkMoneyBeyondCaps(current)
    if !wasRestored {
      guard current.fleet.jobs.count >= acceptedJobs else { throw failure("a job that was accepted is lost") }
      for (i, job) in current.fleet.jobs.enumerated() where job.phase == .completed {
        guard finished.contains(JobIndex(i)) else { throw failure("job \(i) is completed, but nobody finished it") }
      }
      // Every pod that was there for a while has been seen.
      for pod in pods where pod.name != nil && current.book.request(ofPod: pod.id) == nil {
        guard pod.cost(at: now) < pod.rate * 4 else {
          throw failure("\(pod.id) was never seen, and cost \(pod.cost(at: now))")
        }
      }
    }
  }
}
