import Foundation
import Planning

/// Which inputs carry the variance, as people and programs read it.
enum SensitivityText {
  static func document(_ s: Sensitivity) -> JSON {
    let inputs = zip(s.inputs, s.indices.shares).map { input, share in
      JSON.object([
        ("input", .string(input.rawValue)), ("uncertain", .bool(!s.fixed.contains(input))),
        ("first_order", .number(share.first)), ("first_order_half_width_95", .number(share.firstHalfWidth)),
        ("total", .number(share.total)), ("total_half_width_95", .number(share.totalHalfWidth)),
      ])
    }
    return .object([
      ("mean_usd", .number(s.indices.mean)), ("sd_usd", .number(s.indices.variance.squareRoot())),
      ("samples", .integer(s.samples)), ("inputs", .array(inputs)), ("sentence", .string(sentence(s))),
    ])
  }

  static func text(_ s: Sensitivity) -> String {
    var table = Table(header: ["what is uncertain", "alone", "±", "with all it takes part in", "±"])
    for (input, share) in zip(s.inputs, s.indices.shares) {
      table.rows.append(
        s.fixed.contains(input)
          ? ["\(name(input)) (held as last paid)", "0 %", "", "0 %", ""]
          : [
            name(input), percent(share.first), percent(share.firstHalfWidth), percent(share.total),
            percent(share.totalHalfWidth),
          ])
    }
    return "Where the uncertainty of the month comes from, as shares of its variance:\n\(table.text)\n\(sentence(s))"
  }

  /// The one thing to know.
  static func sentence(_ s: Sensitivity) -> String {
    // A share whose interval is wider than all there is says nothing.
    if let i = s.inputs.firstIndex(of: .luck), !(s.indices.shares[i].firstHalfWidth <= 0.5) {
      return "So few futures do not tell where it comes from; more of them do."
    }
    var luck = 0.0
    var known: (input: Sensitivity.Input, total: Double)?
    for (input, share) in zip(s.inputs, s.indices.shares) where !s.fixed.contains(input) {
      if input == .luck {
        luck = max(0, share.first)
      } else if share.total > known?.total ?? 0 {
        known = (input, share.total)
      }
    }
    var text = "\(percent(luck)) of the variance is luck, which no history takes away"
    if let known, known.total > 0.005 {
      text += "; of what more data would tell, \(name(known.input)) matters most (\(percent(known.total)))"
    }
    return text + "."
  }

  private static func percent(_ x: Double) -> String { x < 0.0005 ? "0 %" : Words.percent((x * 1000).rounded() / 1000) }

  /// As a person calls it.
  static func name(_ input: Sensitivity.Input) -> String {
    switch input {
    case .rate: "hourly rate"
    case .stepTime: "time a step takes"
    case .hazard: "how often pods are lost"
    case .arrivals: "how many jobs come, and which"
    case .stages: "other stages and availability"
    case .luck: "luck"
    }
  }
}
