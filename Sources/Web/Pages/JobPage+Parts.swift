import DiscreteEvent
import Engine
import Foundation
import Journal
import Live

extension JobPage.Progress {
  private static func done(_ job: JobDocument, _ metric: Catalogue.Metric?) -> Int {
    job.status == "completed" ? job.steps : min(job.steps, max(metric?.step ?? 0, job.durable_step))
  }

  static func percent(_ job: JobDocument, _ metric: Catalogue.Metric? = nil) -> String {
    "\(job.steps > 0 ? done(job, metric) * 100 / job.steps : 0)"
  }

  /// The same on the job's page, before it is cancelled, and where it is shared: pauses stand beside the time it took.
  init(
    _ job: JobDocument, _ held: Job, _ projection: ForecastDocument.Projection?, _ metric: Catalogue.Metric?,
    _ catalogue: Catalogue, at now: Instant
  ) throws {
    let done = JobPage.Progress.done(job, metric)
    percent = JobPage.Progress.percent(job, metric)
    (step, steps) = (Wording.group(done), Wording.group(job.steps))
    label = "\(percent)% complete (Step \(step) of \(steps))"
    elapsed = job.duration_s.map(Wording.duration) ?? "not started"
    if held.admitted < .distantFuture {
      let span = try catalogue.paused(job.id, since: held.admitted, until: min(held.ended, now))
      if span > .zero {
        paused = Wording.duration(span.seconds)
        elapsed = Wording.duration(max(0, (job.duration_s ?? 0) - span.seconds))
      }
    }
    remaining = projection?.remaining_s.map {
      "\(Wording.duration($0.p50)), 8 in 10 between \(Wording.duration($0.p10)) and \(Wording.duration($0.p90))"
    }
    pace = projection?.remaining_s.map {
      "At current rate, job will complete in \(String(format: "%.1f", $0.p50 / 3600)) hours"
    }
    completion = projection?.remaining_s.flatMap {
      Wording.stamp(now + Span(microseconds: Int64(min($0.p50, 1e9) * 1e6)))
    }.flatMap(Moment.init)
    let epochs = job.configuration.epochs
    epoch = metric?.epoch.map { "\(Int(min(Double(epochs), max(1, $0.rounded(.up))))) of \(epochs)" }
  }
}

extension JobPage.Trouble {
  /// nil where nothing stands in the way.
  ///
  /// - Parameters:
  ///   - refusal: what the provider said when it had no pod.
  ///   - wait: seconds within which half, and eight in ten, of such waits end.
  ///   - allocation: the part of the budget that it is charged to.
  init?(
    _ job: JobDocument, refusal: String?, wait: (p50: Double?, p80: Double?), canEdit: Bool, isManager: Bool,
    queue: String = "", allocation: AllocationDocument? = nil
  ) {
    let path = "/dashboard/training-jobs/\(job.id)"
    options = []
    switch job.status {
    case "blocked" where job.refusal == "queue_full":
      title = "Queue full"
      text = queue
    case "blocked" where job.refusal == "allocation":
      title = "Blocked by the allocation"
      text =
        (allocation.map { JobMaker.shortage(job.reserved_usd, of: $0) + " " } ?? "")
        + "Adjust the configuration, or ask a manager to raise the allocation: a higher monthly limit does not help."
      options.append(.init(label: "See the allocations", path: "/dashboard/training-budget#allocations"))
      if isManager {
        options.append(.init(label: "Proceed anyway (requires justification)", path: "\(path)/do/override"))
      }
    case "blocked":
      title = "Blocked by the \(Wording.words(job.refusal ?? "budget"))"
      text =
        "\(Wording.money(job.reserved_usd)) would have to be set aside for it, more than what is left this month. Adjust the "
        + "configuration or increase the budget limit."
      if canEdit { options.append(.init(label: "Ask for a higher limit", path: "/dashboard/training-budget#ask")) }
      if isManager {
        options.append(.init(label: "Proceed anyway (requires justification)", path: "\(path)/do/override"))
      }
    case "awaiting_decision":
      title = "Needs a decision"
      (due, dueText) = (Moment(job.deadline), "It is decided without you after")
      text = JobPage.Trouble.question(job.question) + (refusal.map { " \($0)" } ?? "")
      if canEdit {
        options = [
          .init(label: "Switch to on-demand", path: "\(path)/do/answer-on-demand", isPrimary: true),
          .init(label: "Keep trying on spot", path: "\(path)/do/answer-keep-trying"),
          .init(label: "Let it fail", path: "\(path)/do/answer-fail", isDanger: true),
        ]
      }
    case "waiting_for_gpu":
      title = "No H100 \(job.pricing == "spot" ? "spot " : "")GPUs currently available"
      text =
        "It is retried every few minutes until one is available." + (refusal.map { " \($0)" } ?? "")
        + JobPage.Trouble.wait(wait)
      (due, dueText) = (Moment(job.deadline), "The next try:")
      if canEdit {
        if job.pricing == "spot" {
          options.append(.init(label: "Switch to on-demand", path: "\(path)/do/\(DeedPage.switching)", isPrimary: true))
        }
        options.append(.init(label: "Cancel, and retry later", path: "\(path)/cancel", isDanger: true))
      }
    case "failed":
      (title, text) = JobPage.Trouble.failure(job)
      if canEdit {
        options = [
          .init(label: "Retry job", path: "\(path)/retry")
        ]
        if job.isResumable { options.insert(.init(label: "Resume from Checkpoint", path: "\(path)/resume"), at: 0) }
      }
      switch job.failure {
      case "out_of_memory": options.append(.init(label: HelpTopic.memory.title, path: HelpPage.path("vram")))
      case "dataset_format":
        options.append(.init(label: "What a file has to hold", path: HelpPage.path("training-files")))
      case "recovery_exhausted", "provisioning":
        options.append(.init(label: HelpTopic.spotInstances.title, path: HelpPage.path("spot-instances")))
      default: break
      }
    default:
      guard let alert = job.alert_text else { return nil }
      title = "Cost"
      text = alert
    }
  }

  /// What is known of a failure beside its kind: the memory it took, and what may help, with how often it has.
  mutating func explain(
    _ job: JobDocument, fixes: [FixDocument], memory: MemoryDocument?, conversations: Int?, canEdit: Bool
  ) {
    if job.failure == "out_of_memory" {
      let c = job.configuration
      text =
        "Your configuration exceeded the 80GB VRAM capacity of the H100 GPU. Likely cause: batch_size=\(c.batchSize) with "
        + (conversations.map { "\(Wording.group($0)) conversations, " } ?? "")
        + "r=\(c.rank) and sequences of up to \(Wording.group(c.maxSequenceLength)) tokens"
        + (memory.map { " \($0.sentence)." } ?? ".")
    }
    self.fixes = fixes.enumerated().map { i, fix in
      JobPage.Fix(
        text: fix.text, record: fix.record,
        path: canEdit ? "/dashboard/training-jobs/\(job.id)/retry?fix=\(fix.kind)" : nil,
        label:
          "Retry with \(NewJobForm.changes(job.configuration, fix.configuration).first.map { "\($0.name)=\($0.to)" } ?? "it")",
        isFirst: i == 0)
    }
    hasFixes = !fixes.isEmpty
    if hasFixes, canEdit {
      options.insert(
        .init(
          label: "Retry with suggested fix", path: "/dashboard/training-jobs/\(job.id)/retry?fix=first", isPrimary: true
        ),
        at: 0)
    }
  }

  /// Story 3.1.3: estimated wait time.
  private static func wait(_ wait: (p50: Double?, p80: Double?)) -> String {
    guard let half = wait.p50 else { return "" }
    return " Historical data shows such GPUs available again within \(Wording.duration(half)) in half of such waits"
      + (wait.p80.map { ", within \(Wording.duration($0)) in 8 of 10." } ?? ".")
  }

  private static func question(_ word: String?) -> String {
    switch word {
    case "provisioning": "Still no spot GPU available. Switch to on-demand or cancel?"
    case "recoveries": "Recovery failed several times. Switch to an on-demand instance?"
    default: "It was interrupted several times. Switch to an on-demand instance?"
    }
  }

  private static func failure(_ job: JobDocument) -> (String, String) {
    let c = job.configuration
    return switch job.failure {
    case "out_of_memory":
      (
        "Failed: out of memory",
        "Your configuration exceeded the 80GB VRAM capacity of the H100 GPU. Likely cause: batch_size=\(c.batchSize) with "
          + "r=\(c.rank) and sequences of up to \(Wording.group(c.maxSequenceLength)) tokens."
      )
    case "dataset_format":
      (
        "Failed: dataset format",
        "Training data validation failed during preprocessing. The event log says which pair it was. Fix it in the conversation "
          + "editor, regenerate the training file, upload it, and retry."
      )
    case "provisioning": ("Failed: no GPU", "No GPU was to be had in time. Retry later, or on demand.")
    case "recovery_exhausted":
      ("Failed: interrupted too often", "It was interrupted again and again. An on-demand instance is not taken back.")
    case "cost_cap":
      ("Stopped at its cost limit", "It reached its own cost limit; what was trained until then was published.")
    case "timeout":
      ("Failed: timeout", "It took longer than it may. Fewer epochs, or checkpoints more often, may help.")
    default: ("Failed", "The worker ended unexpectedly; the event log says what it said last.")
    }
  }
}

extension JobPage {
  /// - Parameter person: who may change their own; nil: nobody.
  static func notes(
    _ job: JobDocument, _ index: JobIndex, _ catalogue: Catalogue, _ person: Catalogue.Person?
  ) throws -> [Note] {
    let first = job.notes.map { Note(heading: "Initial notes", at: Moment(job.submitted_at), html: Markdown.html($0)) }
    let path = "/dashboard/training-jobs/\(job.id)/notes"
    return [first].compactMap { $0 }
      + (try catalogue.notes(of: index)).map { note in
        Note(
          heading: "Update by \(note.person)", at: Moment(note.at), html: Markdown.html(note.text),
          edited: Moment(note.edited_at),
          editPath: person.map { $0.name == note.person && $0.role >= .engineer } == true ? "\(path)/\(note.id)" : nil)
      }
  }

  static func actions(_ job: JobDocument, _ role: Catalogue.Role) -> [Action] {
    guard role >= .engineer else { return [] }
    let path = "/dashboard/training-jobs/\(job.id)"
    let together = [
      Action(label: "Share Job", path: "\(path)/share"),
      Action(label: "Clone Configuration", path: "/dashboard/training-jobs/new?from=\(job.id)"),
    ]
    if job.isOver {
      let resume = job.isResumable ? [Action(label: "Resume from Checkpoint", path: "\(path)/resume")] : []
      return resume + [
        Action(label: "Retry job", path: "\(path)/retry")
      ]
        + (job.status == "completed"
          ? [
            Action(label: "Save as Template", path: "/dashboard/templates?from=\(job.id)#add", isPrimary: true),
            Action(label: "Add to Knowledge Base", path: "/dashboard/knowledge/new?from=\(job.id)"),
          ] : []) + together
        + (job.hidden == true ? [] : [Action(label: "Delete", path: "\(path)/hide", isDanger: true)])
    }
    var actions: [Action] = []
    if job.status == "pending_configuration" {
      actions.append(Action(label: "Start Training", path: "\(path)/do/confirm", isPrimary: true))
      if job.isEditable {
        actions.append(Action(label: "Edit Configuration", path: NewJobRoutes.path(ofDraft: job.id)))
      }
    }
    actions.append(Action(label: "Cancel Job", path: "\(path)/cancel", isDanger: true))
    if job.status == "paused" {
      // As it had it, and with the other kind.
      let (own, other) = job.pricing == "spot" ? ("spot", "on-demand") : ("on-demand", "spot")
      actions.append(Action(label: "Resume Job (\(own))", path: "\(path)/do/resume", isPrimary: true))
      actions.append(Action(label: "Resume on \(other)", path: "\(path)/do/resume-\(other)"))
    } else if !["queued", "blocked", "pending_configuration", "stopping"].contains(job.status) {
      actions.append(Action(label: "Pause Job", path: "\(path)/do/pause"))
    }
    if job.status == "queued", role == .manager {
      actions.append(Action(label: "Promote to front", path: "\(path)/do/promote"))
    }
    return actions + together
  }

  /// What was measured last, and what it was before.
  static func metrics(_ last: [Catalogue.Metric]) -> [MetricLine] {
    guard let now = last.first else { return [] }
    let before = last.dropFirst().first
    func line(
      _ label: String, _ path: KeyPath<Catalogue.Metric, Double?>,
      _ text: (Double) -> String = { String(format: "%.4g", $0) }
    ) -> MetricLine? {
      guard let value = now[keyPath: path] else { return nil }
      let change = before?[keyPath: path].flatMap { old -> String? in
        old == value ? nil : "\(value < old ? "↓" : "↑") from \(text(old))"
      }
      return MetricLine(label: label, value: text(value), change: change)
    }
    return [
      line("Training loss", \.training_loss), line("Validation loss", \.validation_loss),
      line("Learning rate", \.learning_rate, { String(format: "%.3g", $0) }),
      line("GPU utilization", \.gpu_utilization, { String(format: "%.0f%%", $0) }),
      line("GPU memory", \.gpu_memory_gb, { String(format: "%.1f GB", $0) }), line("Perplexity", \.perplexity),
      line("Gradient norm", \.gradient_norm), line("Tokens a second", \.tokens_per_s, { String(format: "%.0f", $0) }),
    ].compactMap { $0 }
  }

  static func facts(_ job: JobDocument, _ text: JobDescription, email: String? = nil) -> [Fact] {
    let c = job.configuration
    var facts: [(String, String?)] = [
      ("Created by", job.creator.map { $0 + (email.map { " (\($0))" } ?? "") }),
      ("Description", job.purpose),
      ("Client", job.client), ("Project", job.project), ("Tags", job.tags.map { $0.joined(separator: ", ") }),
      ("Template", job.template), ("Training file", job.training_file),
      (
        "Retry",
        job.resumed_from == nil ? job.retry_of.map { "This is retry #\(job.retry ?? 1) of \($0)" } : nil
      ),
      ("Resumed from", job.resumed_from.map { "\($0), step \(Wording.group(job.resumed_at_step ?? 0))" }),
      ("Examines", job.examines.map { "\($0): nothing is trained" }),
      ("Preset", Wording.capital(job.preset)), ("GPU", "\(text.gpuType), \(Wording.pricing(job.pricing))"),
      ("Base model", text.baseModel), ("Rank (r)", "\(c.rank)"),
      ("Learning rate", String(format: "%g", c.learningRate)),
      ("Epochs", "\(c.epochs)"), ("Batch size", "\(c.batchSize) × \(c.gradientAccumulation) accumulated"),
      ("Longest sequence", "\(Wording.group(c.maxSequenceLength)) tokens"),
      ("Checkpoints", "every \(Wording.group(c.checkpointEvery)) steps"),
      (
        "Training pairs", "\(Wording.group(c.trainingPairs)) of \(Wording.group(Int(c.tokensPerPair.rounded()))) tokens"
      ),
    ]
    if let cap = job.max_cost_usd { facts.append(("Stops at", Wording.money(cap))) }
    var shown = facts.compactMap { label, value in value.map { Fact(label: label, value: $0) } }
    let created = Fact(label: "Created on", value: "", at: Moment(job.submitted_at))
    shown.insert(created, at: shown.first?.label == "Created by" ? 1 : 0)
    return shown
  }
}
