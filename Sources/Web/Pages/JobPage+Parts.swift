import DiscreteEvent
import Engine
import Foundation
import Journal
import Live

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
        + (job.status == "completed" && job.examines == nil
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
