import Foundation
import Journal

/// What spreadsheets read: the same from the command line and from the dashboard.
public enum CSVText {
  /// A cell that no spreadsheet takes for a formula.
  public static func cell(_ text: String) -> String {
    let safe = text.first.map { "=+-@\t\r".contains($0) } == true ? "'" + text : text
    guard safe.contains(where: { ",\"\n\r".contains($0) }) else { return safe }
    return "\"" + safe.replacingOccurrences(of: "\"", with: "\"\"") + "\""
  }

  public static func table(_ header: [String], _ rows: [[String]]) -> String {
    ([header] + rows).map { $0.map(cell).joined(separator: ",") }.joined(separator: "\n")
  }

  public static func jobs(_ jobs: [JobDocument]) -> String {
    table(
      [
        "id", "name", "client", "project", "creator", "status", "failure", "preset", "pricing", "steps", "durable_step",
        "interruptions", "failures", "cost_usd", "reserved_usd", "submitted_at", "admitted_at", "ended_at", "tags",
        "purpose", "notes",
      ],
      jobs.map { job in
        [
          job.id, job.name, job.client ?? "", job.project ?? "", job.creator ?? "", job.status, job.failure ?? "",
          job.preset, job.pricing, "\(job.steps)", "\(job.durable_step)", "\(job.interruptions)", "\(job.failures)",
          Wording.digits(job.cost_usd), Wording.digits(job.reserved_usd), job.submitted_at, job.admitted_at ?? "",
          job.ended_at ?? "", (job.tags ?? []).joined(separator: "; "), job.purpose ?? "",
          ([job.notes].compactMap { $0 } + (job.later_notes ?? []).map(\.text)).joined(separator: "\n\n"),
        ]
      })
  }

  /// The columns of story 4.2.1, and what else is measured.
  public static func metrics(_ metrics: [Catalogue.Metric]) -> String {
    let start = metrics.first?.at
    func number(_ value: Double?) -> String { value.map(Wording.digits) ?? "" }
    // Numbers alone: a loss below zero is no formula.
    let rows =
      [
        [
          "step_number", "epoch", "training_loss", "validation_loss", "learning_rate", "perplexity", "gpu_utilization",
          "timestamp", "elapsed_time_seconds", "gradient_norm", "tokens_per_s", "gpu_memory_gb",
        ]
      ]
      + metrics.map { m in
        let time = m.at.map { Date(timeIntervalSince1970: Double($0) / 1e6).formatted(.iso8601) } ?? ""
        let elapsed = m.elapsed_s ?? start.flatMap { start in m.at.map { Double($0 - start) / 1e6 } }
        return [
          "\(m.step)", number(m.epoch), number(m.training_loss), number(m.validation_loss), number(m.learning_rate),
          number(m.perplexity), number(m.gpu_utilization), time, number(elapsed), number(m.gradient_norm),
          number(m.tokens_per_s), number(m.gpu_memory_gb),
        ]
      }
    return rows.map { $0.joined(separator: ",") }.joined(separator: "\n")
  }
}
