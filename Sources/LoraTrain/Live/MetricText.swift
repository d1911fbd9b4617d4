import Foundation
import Journal

/// What a worker measured, as people read it.
enum MetricText {
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

  private static func short(_ value: Double?) -> String { value.map { String(format: "%.4g", $0) } ?? "" }
}
