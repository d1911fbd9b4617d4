import DiscreteEvent
import Engine
import Foundation
import Journal
import Live

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
    if job.failure == "out_of_memory", job.examines == nil {
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
    case "out_of_memory" where job.examines != nil:
      (
        "Failed: out of memory",
        "The model and its adapters did not fit in the GPU's memory while the suites were answered. The event log says where."
      )
    case "dataset_format" where job.examines != nil:
      (
        "Failed: dataset format",
        "The training file, which says how the model is asked, could not be read. The event log says what is wrong."
      )
    case "cost_cap" where job.examines != nil:
      ("Stopped at its cost limit", "It reached its own cost limit; what was answered until then is kept.")
    case "timeout" where job.examines != nil: ("Failed: timeout", "It took longer than it may. Fewer suites may help.")
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
