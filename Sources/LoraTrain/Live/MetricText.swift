import Foundation
import Journal

/// What a worker measured, as people and spreadsheets read it: the columns of story 4.2.1.
enum MetricText {
  static let columns =
    "step_number,epoch,training_loss,validation_loss,learning_rate,perplexity,gpu_utilization,timestamp,"
    + "elapsed_time_seconds,gradient_norm,tokens_per_s,gpu_memory_gb"

  static func csv(_ metrics: [Catalogue.Metric]) -> String {
    let start = metrics.first?.at
    return
      ([columns]
      + metrics.map { m in
        let time = m.at.map { Date(timeIntervalSince1970: Double($0) / 1e6).formatted(.iso8601) } ?? ""
        let elapsed = m.elapsed_s ?? start.flatMap { start in m.at.map { Double($0 - start) / 1e6 } }
        return
          ([
            "\(m.step)", number(m.epoch), number(m.training_loss), number(m.validation_loss), number(m.learning_rate),
            number(m.perplexity), number(m.gpu_utilization), time, number(elapsed), number(m.gradient_norm),
            number(m.tokens_per_s), number(m.gpu_memory_gb),
          ]).joined(separator: ",")
      }).joined(separator: "\n")
  }

  static func table(_ metrics: [Catalogue.Metric]) -> String {
    guard !metrics.isEmpty else { return "Nothing was measured yet." }
    var table = Table(header: ["step", "epoch", "loss", "validation", "perplexity", "learning rate", "tokens/s"])
    table.rows = metrics.map {
      [
        "\($0.step)", short($0.epoch), short($0.training_loss), short($0.validation_loss), short($0.perplexity),
        $0.learning_rate.map { String(format: "%.3g", $0) } ?? "", short($0.tokens_per_s),
      ]
    }
    return table.text
  }

  private static func number(_ value: Double?) -> String { value.map { JSON.digits($0) } ?? "" }
  private static func short(_ value: Double?) -> String { value.map { String(format: "%.4g", $0) } ?? "" }
}
