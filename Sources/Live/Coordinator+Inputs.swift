import DiscreteEvent
import Engine
import Journal

extension Coordinator {
  mutating func take(_ input: LiveInput) throws(TransitionError) {
    switch input {
    case .asked(let request, let ticket, let act):
      let answer = try serve(request, act)
      orders.append(.answer(ticket: ticket, answer))
    case .creationAnswered(let request, let answer): try take(answer, of: request)
    case .terminationAnswered(let pod, let answer): try take(answer, of: pod)
    case .podsListed(let number, let pods): try take(pods, list: number)
    case .reported(let report, let ticket):
      let acknowledgement = try take(report)
      orders.append(.acknowledge(ticket: ticket, acknowledgement))
    case .billed(let bills): try reconcile(bills)
    }
  }

  // MARK: People

  /// What is asked for, and then the act itself: both are in one transaction.
  private mutating func serve(_ request: UserRequest, _ act: PersonAct?) throws(TransitionError) -> UserAnswer {
    let answer = try serve(request, by: act?.person ?? "")
    guard var act, answer.isGranted else { return answer }
    switch answer {
    case .submitted(let job): act.subject = job.id
    case .approvalRequested(let number): act.subject = "approval-\(number)"
    default: break
    }
    note(.personActed(act))
    return answer
  }

  private mutating func serve(_ request: UserRequest, by person: String) throws(TransitionError) -> UserAnswer {
    if case .confirmEpoch = request {
      if !book.isConfirmed, let home = book.home { note(.epochConfirmed(.init(epoch: book.epoch, home: home))) }
      return .done
    }
    guard book.isConfirmed else { return .unconfirmedCopy }
    let event: Event
    switch request {
    case .submit(let spec, let description): return try enter(spec, description) { .jobSubmitted($0) }
    case .draft(let spec, let description): return try enter(spec, description) { .jobDrafted($0) }
    case .setLimit(let limit, let expected):
      let held = controller.fleet.budget.limit
      if let expected, expected.limit != held { return .limitIsAnother(held) }
      try emit(.budgetLimitChanged(limit))
      return .done
    case .setAllocation(let allocation, let limit):
      guard allocation > 0 else { return .refused("allocations are counted from 1") }
      try emit(.allocationLimitChanged(allocation, limit))
      return .done
    case .setGate(let blocks):
      try emit(.budgetGateChanged(blocks: blocks))
      return .done
    case .requestLimit(let limit, let justification, let within):
      let number = approvals.nextNumber
      note(
        .approvalRequested(
          ApprovalRequest(
            number: number, applicant: person, limit: limit, justification: justification,
            expires: (now + within).microseconds)))
      return .approvalRequested(number)
    case .decide(let number, let isApproved, let remark):
      if let reason = approvals.reasonAgainst(deciding: number, by: person, at: now) { return .refused(reason) }
      if isApproved, let limit = approvals[number]?.request.limit { try emit(.budgetLimitChanged(limit)) }
      note(
        .approvalDecided(
          ApprovalDecision(number: number, isApproved: isApproved, person: person, remark: remark)))
      return .done
    case .record: return .done
    case .confirm(let job): event = .jobConfirmed(job)
    case .cancel(let job): event = .cancelRequested(job)
    case .pause(let job): event = .pauseRequested(job)
    case .resume(let job): event = .resumeRequested(job)
    case .resumeAs(let job, let pricing, let reservation):
      guard Int(job.rawValue) < controller.fleet.jobs.count else { return .impossible(nil) }
      guard allows(.resumeRequested, job) else { return .impossible(controller.fleet[job].phase) }
      try emit(.pausedJobRepriced(job, pricing, reservation: reservation))
      event = .resumeRequested(job)
    case .promote(let job): event = .jobPromoted(job)
    case .override(let job): event = .budgetOverridden(job)
    case .answer(let job, let answer): event = .decisionAnswered(job, answer)
    case .confirmEpoch: return .done
    }
    guard let job = event.job, Int(job.rawValue) < controller.fleet.jobs.count else { return .impossible(nil) }
    guard allows(event.kind, job) else { return .impossible(controller.fleet[job].phase) }
    try emit(event)
    return .done
  }

  /// A new job under the next number.
  private mutating func enter(
    _ spec: JobSpec, _ description: JobDescription, as event: (JobSpec) -> Event
  ) throws(TransitionError) -> UserAnswer {
    let index = controller.fleet.nextIndex
    var (spec, description) = (spec, description)
    (spec.ordinal, description.ordinal) = (index.rawValue, index.rawValue)
    description.id = index.id
    describe(description)
    try emit(event(spec))
    return .submitted(index)
  }

  // MARK: Workers

  private mutating func take(_ report: WorkerReport) throws(TransitionError) -> Acknowledgement {
    let request = report.request
    guard book.exists(request), book[request].epoch == report.epoch else {
      // A number that a newer copy of this store has given, or one that a restored one has forgotten.
      return Acknowledgement(directive: book.isConfirmed && report.epoch <= book.epoch ? .leave : .wait, next: 1)
    }
    let rental = book[request]
    guard !rental.isOver else { return Acknowledgement(directive: .leave, next: rental.nextReport) }
    if isStray(report.pod, rental) {
      // A list will show it, and then it is removed; what it counts by its own numbers is none of the lease's.
      watch.wantsList = true
      return Acknowledgement(directive: .leave, next: rental.nextReport)
    }
    guard rental.isHeld, book.isConfirmed else {
      // It speaks, so there is a pod, though nobody has told us yet.
      watch.wantsList = true
      return Acknowledgement(directive: .wait, next: rental.nextReport)
    }
    watch[request].heard = monotonic
    watch[request].heardAt = now
    watch[request].hasSpoken = true
    if report.sequence == rental.nextReport {
      note(.reportHeard(.init(request: request, sequence: report.sequence)))
      try take(report.body, of: request, rental.job)
    } else if report.sequence > rental.nextReport, rental.epoch != book.epoch {
      // What it told a store that is no more is lost: it cannot be followed.
      watch[request].isCondemned = true
    }
    return Acknowledgement(directive: directive(rental.job, request), next: book[request].nextReport)
  }

  /// The job that a pod works on now; nil where its rental is over or was never ours, or another pod holds it.
  ///
  /// - Parameter id: what the pod says its provider calls it.
  func job(workedOnBy pod: PodName, id: String?) -> JobIndex? {
    guard book.exists(pod.request), book[pod.request].epoch == pod.epoch, !book[pod.request].isOver,
      !isStray(id, book[pod.request])
    else { return nil }
    return book[pod.request].job
  }

  /// Whether a pod that says who it is bears the name of a rental that another pod holds: a creation that was doubled on the way makes two.
  private func isStray(_ id: String?, _ rental: RentalBook.Rental) -> Bool {
    guard let id, rental.isHeld, let own = rental.pod else { return false }
    return id != own
  }

  private func directive(_ job: JobIndex, _ request: UInt32) -> Acknowledgement.Directive {
    if watch[request].isCondemned || book[request].isOver { return .leave }
    guard controller.fleet[job].phase == .stopping else { return mustWrapUp(job) ? .wrapUp : .proceed }
    return mayStillSave(job) ? .stop : .leave
  }

  /// Whether a trained job would reach its own cap over its suites, which would fail it.
  private func mustWrapUp(_ j: JobIndex) -> Bool {
    let job = controller.fleet[j]
    guard job.phase == .finalizing, job.deadline < .distantFuture, job.deadline > .distantPast else { return false }
    return job.deadline - now < settings.wrapUpWithin && description(of: j)?.suites?.isEmpty == false
  }

  /// Whether a job that is being stopped has training that is worth a checkpoint.
  func mayStillSave(_ job: JobIndex) -> Bool {
    let job = controller.fleet[job]
    return job.phase == .stopping && job.lease.isOpen && job.lease.trainedUntil > .distantPast
  }

  private mutating func take(_ body: WorkerReport.Body, of request: UInt32, _ j: JobIndex) throws(TransitionError) {
    let job = controller.fleet[j]
    switch body {
    case .heartbeat: break
    case .interruptionNoticed: watch.wantsList = true
    case .stopped: watch[request].hasStopped = true
    case .stageFinished(let stage):
      if job.phase.stage == stage {
        try emit(.stageFinished(j, stage))
      } else if job.phase.isWorking {
        // In sequence and yet not what comes next: what we know of it is not what it does.
        watch[request].isCondemned = true
      }
    case .checkpointSaved(let step, let age, let blocked):
      guard allows(.checkpointsSaved, j), job.lease.isOpen, step > job.durableStep, step <= job.spec.steps else {
        return
      }
      let through = min(now, max(job.lease.granted, now - age))
      try emit(
        .checkpointsSaved(
          j, step: step, keptThrough: through, blocked: min(max(.zero, blocked), through - job.lease.granted)))
    case .failed(let failure):
      if job.phase.isWorking { try emit(.workerFailed(j, failure)) }
    }
  }

  // MARK: Bills

  /// Holds what the provider bills against the ledger, rental by rental. A bill may be told again and be another one then: its last hour may
  /// come late. What is settled stays as it is: see ``RentalBook/isSettled(_:at:_:)``.
  private mutating func reconcile(_ bills: [PodBill]) throws(TransitionError) {
    for bill in bills {
      guard let request = book.request(ofPod: bill.pod), book[request].isOver,
        book[request].billed[bill.pod] != bill.amount, !book.isSettled(request, at: now, patience)
      else { continue }
      note(.billReceived(.init(request: request, pod: bill.pod, amount: bill.amount)))
      // Pods of one name are one rental: it is settled when all of them are billed.
      let rental = book[request]
      guard rental.billed.count == rental.pods.count, rental.billedAmount != rental.posted else { continue }
      try emit(.billAdjusted(rental.job, rental.billedAmount - rental.posted))
    }
  }
}
