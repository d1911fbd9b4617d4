import DiscreteEvent
import Engine
import Foundation
import Hummingbird
import Journal
import Live

/// One job: where it stands, what it has cost and will cost, what it measured, and what can be done to it.
struct JobPage: Page {
  static let name = "job"
  let section = Section.jobs
  let scripts = ["live.js", "curves.js"]

  var title: String
  let id, path, status, statusText: String
  let interruptionBadge: String?
  /// Why it stands still, and the way out.
  let trouble: Trouble?
  let progress: Progress
  let stages: [JobStage]
  let cost: CostCard
  let metrics: [MetricLine]
  let facts: [Fact]
  let actions: [Action]
  let interruptions: [Interruption]
  let hasInterruptions: Bool
  let downtime: String
  let checkpoints: [Checkpoint]
  let hasCheckpoints: Bool
  let checkpointsInAll: String
  let notes: [Note]
  let hasNotes: Bool
  let isOver: Bool
  let isHidden: Bool
  let hasMetrics: Bool
  let curve: Curve?
  let handover: JobHandover
  let hasHandover: Bool

  /// The loss curves, and how they were asked for.
  struct Curve: Sendable {
    /// nil: there is so much of it that it is being read.
    var svg: String?
    var query, from, to, smoothing, steps: String
    var isLogarithmic: Bool
  }

  struct Fact: Sendable {
    var label, value: String
    /// In place of the value, in the viewer's zone.
    var at: Moment?
  }
  struct Action: Sendable {
    var label, path: String
    var isDanger = false
    var isPrimary = false
  }
  struct Interruption: Sendable {
    var text: String
    var at: Moment?
  }
  struct Checkpoint: Sendable {
    var step, blocked: String
    var at: Moment?
  }
  /// Markdown as HTML, made safe by ``Markdown``.
  struct Note: Sendable {
    var heading: String
    var at: Moment?
    var html: String
    var edited: Moment?
    /// Where it is changed, for whoever wrote it.
    var editPath: String?
  }
  struct MetricLine: Sendable {
    var label, value: String
    var change: String?
  }
  struct Trouble: Sendable {
    var title, text: String
    /// The next try, or by when somebody has to decide.
    var due: Moment?
    var dueText = ""
    var options: [Action]
    var fixes: [Fix] = []
    var hasFixes = false
    /// Of a file that could not be trained on.
    var defect: DefectCard?
  }
  /// A change that may help, and how often it has.
  struct Fix: Sendable {
    var text, record: String
    /// nil where whoever looks may not retry.
    var path: String?
    var label: String
    var isFirst: Bool
  }
  struct Progress: Sendable {
    var percent, step, steps, label, elapsed: String
    /// Per cent over all stages.
    var overall = "0"
    var remaining, epoch: String?
    /// What is under way, and over what ``overall`` is reckoned.
    var what = "the training"
    var stages = "Over all four stages"
    var weights = "preprocessing 2, model loading 8, training 85, finalization 5 per cent"
    /// Story 7.1.2's sentence: the middle of ``remaining``.
    var pace: String?
    var completion: Moment?
    var paused: String?
  }

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    router.get("training-jobs/:id") { request, context in
      let view = await desk.runner.view
      let job = try desk.job(context, view)
      return await desk.answer(
        try await JobPage(desk, view, job, context.person, CurveQuery(FormFields(query: request))), request, context)
    }
    router.post("training-jobs/:id/delivery") { request, context in
      _ = try context.require(.engineer)
      let view = await desk.runner.view
      let job = try desk.job(context, view)
      let why = try await FormFields(request)["justification"]
      _ = try await ValidationRoutes(runner: desk.runner).decide(job, why, context, view)
      return Reply.see("/dashboard/training-jobs/\(job.id)?notice=delivered#adapters")
    }
    router.post("training-jobs/:id/notes") { request, context in
      let person = try context.require(.engineer)
      let view = await desk.runner.view
      let job = try desk.job(context, view)
      let note = NewNote(text: try await FormFields(request)["text"] ?? "")
      try note.check()
      try desk.catalogue.addNote(note.text, to: job, by: person.name, at: view.at)
      return Reply.see("/dashboard/training-jobs/\(job.id)?notice=noted")
    }
  }

  init(_ desk: PageDesk, _ view: LiveView, _ index: JobIndex, _ person: Catalogue.Person?, _ query: CurveQuery)
    async throws
  {
    var job = JobDocument(view, index)
    isHidden = try desk.catalogue.hiddenJobs().contains(index)
    job.hidden = isHidden
    job.examinations = ExaminationsDocument(of: job.id, view)
    let projection = job.isOver ? nil : try? await desk.advice.forecast(view).jobs[job.id]
    let record = try desk.catalogue.record(of: job.id).counting(on: job.resumed_at_step ?? 0)
    let last = try desk.catalogue.lastMetrics(of: index, count: 2)
    (id, title, status, statusText) = (job.id, job.name, job.status, Wording.badge(job.status))
    path = "/dashboard/training-jobs/\(job.id)"
    isOver = job.isOver
    hasMetrics = !last.isEmpty
    handover = try JobHandover(job, index, hasMetrics: hasMetrics, desk.catalogue)
    hasHandover = handover.held != nil || !handover.entries.isEmpty
    if let newest = last.first {
      let curves = try await desk.curves.curvesAtOnce(of: index, last: newest.step, view)
      let chart = curves.map {
        LossCurves.chart($0, query, title: job.name, interruptions: LossCurves.interruptions(record))
      }
      curve = Curve(
        svg: chart?.svg(viewport: query.viewport), query: query.text, from: query.from.map(Wording.digits) ?? "",
        to: query.to.map(Wording.digits) ?? "", smoothing: query.smoothing.map(Wording.digits) ?? "",
        steps: Wording.group(newest.step), isLogarithmic: query.isLogarithmic)
    } else {
      curve = nil
    }
    interruptionBadge =
      job.interruptions == 0
      ? nil
      : "Interrupted \(job.interruptions)×" + (job.status == "completed" || !job.isOver ? " (auto-recovered)" : "")
    let step = max(last.first?.step ?? 0, job.durable_step)
    let file = try job.training_file.flatMap { try desk.catalogue.file($0) }
    stages = JobStage.list(
      job, record, view.at, step: step, conversations: file?.conversations,
      baseModel: view.descriptions[Int(index.rawValue)].baseModel)
    let held = view.fleet[index]
    var progress = try Progress(job, held, projection, last.first, desk.catalogue, at: view.at)
    progress.overall = "\(JobStage.overall(job, record, step: step))"
    self.progress = progress
    var cost = CostCard(job, record, projection)
    if projection != nil {
      cost.accuracy = AccuracyPage.typically(await desk.advice.foresight.knownAccuracy(view))
    }
    self.cost = cost
    metrics = JobPage.metrics(last)
    let isWaiting = ["waiting_for_gpu", "awaiting_decision"].contains(job.status)
    let said = isWaiting ? try desk.catalogue.messages(of: index) : []
    let refusal = said.last { $0.code == "pod_refused" }?.message
    let role = person?.role ?? .viewer
    let wait =
      job.status == "waiting_for_gpu"
      ? desk.advice.wait(view.fleet[index].pricing, view.policies.provisioningRetryEvery) : (nil, nil)
    var trouble = Trouble(
      job, refusal: refusal, wait: wait, canEdit: role >= .engineer, isManager: role == .manager,
      queue: QueueDocument.fullness(view),
      allocation: try desk.catalogue.allocations().first { $0.number == held.spec.allocation }.map {
        AllocationDocument($0, view)
      })
    if job.status == "failed" {
      trouble?.explain(
        job, fixes: FixList.ordered(desk.advice.fixes(for: view.descriptions[Int(index.rawValue)], held.failure), view),
        memory: desk.advice.memory(job.configuration), conversations: file?.conversations, canEdit: role >= .engineer)
      if held.failure == .datasetFormat, let file {
        let message = try desk.catalogue.messages(of: index).last { $0.message.contains("DatasetFormatError") }?.message
        let path = FileShelf(beside: desk.storePath).path(ofDigest: file.sha256)
        trouble?.defect = await desk.defects.card(path: path, said: message, desk.links)
      }
    }
    self.trouble = trouble
    actions = JobPage.actions(job, person?.role ?? .viewer)
    facts = JobPage.facts(
      job, view.descriptions[Int(index.rawValue)],
      email: try job.creator.flatMap { try desk.catalogue.person(named: $0)?.email })
    let lost = record.leases.enumerated().filter {
      ["interrupted", "host_failure", "lost"].contains($0.element.reason)
    }
    let pauses = lost.map { ($0.element, $0.offset + 1 < record.leases.count ? record.leases[$0.offset + 1] : nil) }
    interruptions = pauses.map { JobPage.interruption($0, next: $1, record) }
    hasInterruptions = !interruptions.isEmpty
    let down = pauses.reduce(0.0) { sum, pair in
      guard let next = pair.1 else { return sum }
      return sum + (next.goesOn - pair.0.stopped).seconds
    }
    downtime = Wording.duration(down)
    checkpoints = record.checkpoints.suffix(20).reversed().map {
      Checkpoint(
        step: Wording.group($0.step), blocked: $0.blocked.map { Wording.duration($0.seconds) } ?? Wording.nothing,
        at: Moment($0.durable))
    }
    hasCheckpoints = !checkpoints.isEmpty
    checkpointsInAll = Wording.count(record.checkpoints.count, "checkpoint")
    notes = try JobPage.notes(job, index, desk.catalogue, person)
    hasNotes = !notes.isEmpty
  }

  private static func interruption(
    _ lease: Catalogue.JobRecord.Lease, next: Catalogue.JobRecord.Lease?, _ record: Catalogue.JobRecord
  ) -> Interruption {
    let ended = lease.stopped
    let step = lease.stages.compactMap(\.lastStep).max()
    let what = lease.reason == "interrupted" ? "Interrupted" : lease.reason == "lost" ? "Pod lost" : "Host failed"
    let start = record.leases.first?.granted ?? lease.granted
    var text =
      what + (step.map { " at step \(Wording.group($0))" } ?? "")
      + " (\(Wording.duration((ended - start).seconds)))"
    if let next {
      let kept = record.checkpoints.last { $0.durable <= next.granted }?.step
      text +=
        ", resumed at step \(Wording.group(kept ?? 0)) (\(Wording.duration((next.goesOn - start).seconds))) - "
        + "\(Wording.duration((next.goesOn - ended).seconds)) downtime"
    }
    return Interruption(text: text, at: Moment(ended))
  }
}

extension Catalogue.JobRecord.Lease {
  /// When the work on it stopped: a lost pod is on the bill until its absence is seen, often only when its replacement is there.
  fileprivate var stopped: Instant { stages.compactMap(\.ended).max() ?? ended ?? granted }
  /// When training goes on here; the grant as long as it does not.
  fileprivate var goesOn: Instant { stages.first { $0.name == "training" }?.started ?? granted }
}

extension PageDesk {
  /// The job that an address names.
  func job(_ context: LiveContext, _ view: LiveView) throws -> JobIndex {
    let id = context.parameters.get("id") ?? ""
    guard let job = view.job(id) else { throw Problem(.notFound, "there is no job '\(id)'") }
    return job
  }
}
