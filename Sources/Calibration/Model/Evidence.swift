import CGSL
import DiscreteEvent
import Engine

/// What a history says of each law of the world: the rows, taken apart by parameter.
struct Evidence {
  /// One length of time: seen to its end, or longer than this.
  struct Sample {
    var seconds: Double
    var observed: Bool
  }

  /// How fast one pod stepped.
  struct Pace {
    var job: Int
    /// log(seconds a step), checkpoints taken out.
    var logSeconds: Double
    var steps: Double
  }

  /// A pod's time under the hazard: ages in hours since the grant.
  struct Exposure {
    var granted: Instant
    var from: Double
    var to: Double
    var event: Bool
  }

  struct Retry {
    /// Hours since the attempt that failed.
    var after: Double
    var success: Bool
  }

  struct Count {
    var events = 0.0
    var exposure = 0.0
  }

  var provisioning = ByPricing<[Sample]>([])
  var boot: [Sample] = []
  var preprocessing: [Sample] = []
  var modelLoading: [Sample] = []
  var restore: [Sample] = []
  var finalization: [Sample] = []
  /// Finalizations within which so many forward passes answered suites; of each job the first, for what that has answered is not asked again.
  var examinations: [(sample: Sample, passes: Int)] = []
  /// A lease's mean blocking, and its mean upload.
  var checkpoint: [Sample] = []
  var checkpointUpload: [Sample] = []
  var detection: [Sample] = []
  var firstAttempts = ByPricing(Count())
  var retries = ByPricing<[Retry]>([])
  var paces: [Pace] = []
  /// Σ steps × (relative deviation of a stretch's pace)², and its degrees of freedom.
  var withinSquares = 0.0
  var withinFreedom = 0.0
  var exposures = ByPricing<[Exposure]>([])
  var crashes = ByPreset(Count())
  /// The same by configuration.
  var crashRisks = FailureRisks()
  var memoryRisks = FailureRisks()
  var cancellations = Count()
  /// Jobs whose training began; events: those that ran out of memory.
  var outOfMemory = ByPreset(Count())

  init(_ history: History) {
    let until = history.until
    for job in history.jobs {
      attempts(job, history)
      var (trained, examined) = (false, false)
      for l in job.leases where history.leases.indices.contains(l) {
        let lease = history.leases[l]
        trained = trained || lease.stages.contains { $0.stage == .training }
        add(lease, of: job, isExamined: examined, until: until)
        examined = examined || lease.stages.contains { $0.stage == .finalization }
      }
      let ranOut = job.failure == "out_of_memory"
      if trained || ranOut {
        outOfMemory[job.configuration.preset].exposure += 1
        memoryRisks.add(FailureClass(job.configuration), events: ranOut ? 1 : 0, exposure: 1)
      }
      if ranOut { outOfMemory[job.configuration.preset].events += 1 }
    }
  }

  private mutating func attempts(_ job: History.Job, _ history: History) {
    var failed: (at: Instant, pricing: Pricing)?
    for r in job.requests where history.requests.indices.contains(r) {
      let request = history.requests[r]
      let pricing = request.pricing
      let delay = ((request.resolved ?? max(request.requested, history.until)) - request.requested).seconds
      let success: Bool
      switch request.result {
      case .granted:
        provisioning[pricing].append(Sample(seconds: delay, observed: true))
        success = true
      case .unavailable, .error:
        success = false
      case .timeout, .withdrawn, nil:
        provisioning[pricing].append(Sample(seconds: delay, observed: false))
        failed = nil
        continue
      }
      if let last = failed, last.pricing == pricing {
        let after = (request.requested - last.at).hours
        if after > 0 { retries[pricing].append(Retry(after: after, success: success)) }
      } else {
        firstAttempts[pricing].exposure += 1
        if success { firstAttempts[pricing].events += 1 }
      }
      failed = success ? nil : (request.requested, pricing)
    }
  }

  private mutating func add(_ lease: History.Lease, of job: History.Job, isExamined: Bool, until: Instant) {
    let end = lease.ended ?? max(until, lease.granted)
    let from = max(lease.granted, lease.observedFrom ?? lease.granted)
    let preset = job.configuration.preset
    guard end > from else { return }
    let hours = (end - from).hours
    crashes[preset].exposure += hours
    cancellations.exposure += hours
    let taken = lease.endReason == .interrupted || lease.endReason == .hostFailure
    if lease.endReason == .cancelled { cancellations.events += 1 }
    let crashed = lease.endReason == .failed && job.failure != "out_of_memory" && job.failure != "dataset_format"
    if crashed { crashes[preset].events += 1 }
    crashRisks.add(FailureClass(job.configuration), events: crashed ? 1 : 0, exposure: hours)
    // An end that was noticed late lies between the last sign of life and the notice: its middle stands for it.
    var noticed = Span.zero
    if taken, let seen = lease.lastSeen, seen < end, seen >= from { noticed = end - seen }
    if taken, lease.lastSeen != nil {
      detection.append(Sample(seconds: noticed.seconds / 2, observed: true))
    }
    let died = end - Span(microseconds: noticed.microseconds / 2)
    exposures[lease.pricing].append(
      Exposure(
        granted: lease.granted, from: (from - lease.granted).hours, to: (died - lease.granted).hours, event: taken))
    stages(lease, job.configuration.suitePasses ?? 0, isExamined: isExamined, from: from, end: end)
    training(lease, job: lease.job)
  }

  private mutating func stages(
    _ lease: History.Lease, _ passes: Int, isExamined: Bool, from: Instant, end: Instant
  ) {
    var booted = false
    for run in lease.stages where run.started >= from {
      let seconds = ((run.ended ?? end) - run.started).seconds
      guard seconds >= 0 else { continue }
      let sample = Sample(seconds: seconds, observed: run.completed && run.ended != nil)
      switch run.stage {
      case .boot:
        boot.append(sample)
        booted = true
      case .preprocessing: preprocessing.append(sample)
      case .modelLoading: modelLoading.append(sample)
      case .restore: restore.append(sample)
      case .finalization where passes == 0: finalization.append(sample)
      case .finalization: if !isExamined { examinations.append((sample, passes)) }
      case .training: break
      }
    }
    // A store that notes no boot shows it as the gap before the first stage.
    if !booted, from == lease.granted, let first = lease.stages.first, first.started >= lease.granted {
      boot.append(Sample(seconds: (first.started - lease.granted).seconds, observed: true))
    }
    var blocking = 0.0
    var uploading = 0.0
    for c in lease.checkpoints {
      let whole = (c.durable - c.started).seconds
      let blocked = min(c.blocked?.seconds ?? whole, whole)
      blocking += blocked
      uploading += whole - blocked
    }
    guard !lease.checkpoints.isEmpty else { return }
    let n = Double(lease.checkpoints.count)
    checkpoint.append(Sample(seconds: blocking / n, observed: true))
    checkpointUpload.append(Sample(seconds: uploading / n, observed: true))
  }

  /// The pace of a pod from its series of (step, instant), the time that checkpoints blocked taken out.
  ///
  /// `last_step` of a stage that still runs is not used: what progress says is known, the rest is a promise.
  private mutating func training(_ lease: History.Lease, job: Int) {
    guard let run = lease.stages.first(where: { $0.stage == .training }) else { return }
    let checkpoints = lease.checkpoints
    var marks = lease.progress
    if marks.isEmpty { marks = checkpoints.map { (step: $0.step, at: $0.started) } }
    if run.ended != nil, let step = run.lastStep, let at = run.lastStepAt, step > marks.last?.step ?? -1 {
      marks.append((step: step, at: at))
    }
    var last = (step: run.firstStep ?? 0, at: run.started)
    var next = 0
    var total = (steps: 0.0, seconds: 0.0)
    var stretches: [(steps: Double, seconds: Double)] = []
    for mark in marks {
      var seconds = (mark.at - last.at).seconds
      while next < checkpoints.count, checkpoints[next].started < mark.at {
        let c = checkpoints[next]
        if c.started >= last.at { seconds -= (c.blocked ?? (c.durable - c.started)).seconds }
        next += 1
      }
      let steps = Double(mark.step - last.step)
      last = mark
      guard steps > 0, seconds > 0 else { continue }
      total.steps += steps
      total.seconds += seconds
      stretches.append((steps, seconds))
    }
    guard total.steps > 0 else { return }
    let pace = total.seconds / total.steps
    paces.append(Pace(job: job, logSeconds: log(pace), steps: total.steps))
    guard stretches.count > 1 else { return }
    for s in stretches {
      let deviation = s.seconds / s.steps / pace - 1
      withinSquares += s.steps * deviation * deviation
    }
    withinFreedom += Double(stretches.count - 1)
  }
}
