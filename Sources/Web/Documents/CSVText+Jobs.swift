import DiscreteEvent
import Foundation
import Journal
import Scenarios

/// Tables that the command line and the dashboard write alike.
extension CSVText {
  public static func jobs(_ jobs: [JobDocument]) -> String {
    table(
      [
        "id", "name", "client", "project", "creator", "status", "failure", "preset", "pricing", "steps", "durable_step",
        "interruptions", "failures", "cost_usd", "reserved_usd", "submitted_at", "admitted_at", "ended_at",
        "duration_s", "tags", "purpose", "notes",
      ],
      jobs.map { job in
        [
          job.id, job.name, job.client ?? "", job.project ?? "", job.creator ?? "", job.status, job.failure ?? "",
          job.preset, job.pricing, "\(job.steps)", "\(job.durable_step)", "\(job.interruptions)", "\(job.failures)",
          Wording.digits(job.cost_usd), Wording.digits(job.reserved_usd), job.submitted_at, job.admitted_at ?? "",
          job.ended_at ?? "", job.duration_s.map(Wording.digits) ?? "", (job.tags ?? []).joined(separator: "; "),
          job.purpose ?? "",
          allNotes(job),
        ]
      })
  }

  /// The first ones and what was added later.
  static func allNotes(_ job: JobDocument) -> String {
    ([job.notes].compactMap { $0 } + (job.later_notes ?? []).map(\.text)).joined(separator: "\n\n")
  }

  /// The columns of story 4.2.1, one line a step; what was not measured is empty. The JSON has all that is measured.
  public static func metrics(_ metrics: [Catalogue.Metric]) -> String {
    let start = metrics.first?.at
    // Every digit: whoever reads it calculates with it.
    func number(_ value: Double?) -> String {
      guard let value else { return "" }
      return value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }
    return table(
      [
        "step_number", "epoch", "training_loss", "validation_loss", "learning_rate", "perplexity", "gpu_utilization",
        "timestamp", "elapsed_time_seconds",
      ],
      metrics.map { m in
        let time = m.at.flatMap { Wording.stamp(Instant(microseconds: $0)) } ?? ""
        let elapsed = m.elapsed_s ?? start.flatMap { start in m.at.map { Double($0 - start) / 1e6 } }
        return [
          "\(m.step)", number(m.epoch), number(m.training_loss), number(m.validation_loss), number(m.learning_rate),
          number(m.perplexity), number(m.gpu_utilization), time, number(elapsed),
        ]
      })
  }
}
