import DiscreteEvent
import Journal

/// One of the four stages of story 2.1.2: where the job is in it, and how long it took over all pods.
struct JobStage: Sendable {
  var name: String
  /// `pending`, `active`, `complete` or `failed`.
  var state: String
  var stateText: String
  /// What it does now, or how long it took.
  var detail: String
  /// How long it usually takes.
  var usual: String

  private typealias Part = (name: String, phases: [String], runs: [String], usual: String)

  private static let stages: [Part] = [
    (
      "Preprocessing", ["admitted", "provisioning", "waiting_for_gpu", "booting", "preprocessing"],
      ["boot", "preprocessing"], "2-5 min"
    ),
    ("Model Loading", ["loading_model", "restoring"], ["model_loading", "restore"], "10-15 min"),
    ("Training", ["training", "interrupted", "awaiting_decision", "paused"], ["training"], "10-20 h"),
    ("Finalization", ["finalizing", "stopping"], ["finalization"], "5-10 min"),
  ]
  /// Those of a job that trains nothing.
  private static let examination: [Part] = [
    stages[0], stages[1],
    ("Examination", stages[2].phases + stages[3].phases, stages[3].runs, "as long as the suites take"),
  ]

  /// - Parameter conversations: of the training file, where that is known.
  static func list(
    _ job: JobDocument, _ record: Catalogue.JobRecord, _ now: Instant, step: Int, conversations: Int? = nil,
    baseModel: String
  ) -> [JobStage] {
    let stages = job.examines == nil ? stages : examination
    let runs = record.leases.flatMap { lease in lease.stages.map { ($0, $0.ended ?? lease.ended) } }
    let reached = stages.lastIndex { stage in runs.contains { stage.runs.contains($0.0.name) } }
    let current = stages.firstIndex { $0.phases.contains(job.status) }
    return stages.enumerated().map { i, stage in
      let own = runs.filter { stage.runs.contains($0.0.name) }
      let took = own.reduce(0.0) { $0 + (($1.1 ?? now) - $1.0.started).seconds }
      // What comes after it has been reached: it is over, whatever was recorded of it.
      let isPassed = i < (current ?? reached ?? 0)
      let state =
        job.status == "completed" || isPassed
        ? "complete" : job.status == "failed" && i == (reached ?? 0) ? "failed" : i == current ? "active" : "pending"
      let detail =
        switch state {
        case "active":
          doing(job, i, step: step, conversations, baseModel) + (took > 0 ? " \(Wording.duration(took)) so far" : "")
        case "pending": took > 0 ? "\(Wording.duration(took)) before" : ""
        default: took > 0 ? "took \(Wording.duration(took))" : ""
        }
      return JobStage(name: stage.name, state: state, stateText: text(state), detail: detail, usual: stage.usual)
    }
  }

  /// The epoch that a step belongs to, from 1.
  private static func epoch(_ job: JobDocument, _ step: Int) -> Int {
    let epochs = job.configuration.epochs
    guard job.steps > 0 else { return 1 }
    return max(1, min(epochs, (step * epochs + job.steps - 1) / job.steps))
  }

  private static func text(_ state: String) -> String {
    switch state {
    case "complete": "✓ complete"
    case "failed": "✕ failed"
    default: state
    }
  }

  /// The share of the whole that is done, in per cent, by the stages' weights in story 2.1.2: 2, 8, 85 and 5. What a lost pod makes a job do again
  /// takes nothing away from it.
  static func overall(_ job: JobDocument, _ record: Catalogue.JobRecord, step: Int) -> Int {
    if job.status == "completed" { return 100 }
    let runs = Set(record.leases.flatMap { $0.stages.map(\.name) })
    let trains = runs.contains("training") || step > 0
    let isTrained = runs.contains("finalization") || job.status == "finalizing"
    let loads = trains || runs.contains("model_loading")
    // How much of the suites is answered, only the pod knows.
    if job.examines != nil { return (loads ? 2 : 0) + (trains || isTrained ? 8 : 0) }
    let share = isTrained ? 1 : job.steps > 0 ? min(1, Double(step) / Double(job.steps)) : 0
    return (loads ? 2 : 0) + (trains ? 8 : 0) + Int(85 * share)
  }

  private static func doing(_ job: JobDocument, _ stage: Int, step: Int, _ conversations: Int?, _ baseModel: String)
    -> String
  {
    switch (job.status, stage) {
    case ("paused", _): "Paused."
    case ("waiting_for_gpu", _), ("provisioning", _), ("admitted", _): "Waiting for a GPU."
    case ("booting", _): "The pod starts."
    case ("interrupted", _): "Auto-recovery in progress..."
    case ("restoring", _): job.examines == nil ? "Loading the last checkpoint..." : "Loading the adapters..."
    case (_, 0) where job.examines != nil: "Reading the training file..."
    case (_, 2) where job.examines != nil: "Answering the suites..."
    case (_, 0): "Tokenizing \(conversations.map { "\(Wording.group($0)) " } ?? "")conversations..."
    case (_, 1): "Loading \(baseModel) model (4-bit quantization)..."
    case (_, 2):
      "Training epoch \(epoch(job, step))/\(job.configuration.epochs) - Step \(Wording.group(step))/\(Wording.group(job.steps))..."
    default: "Saving adapters and finalizing..."
    }
  }
}
