import Foundation
import Planning

/// What changes would do, as people and programs read it.
enum WhatIfText {
  static func document(_ w: WhatIf) -> JSON {
    let months = w.months.map { m in
      JSON.object([
        ("month", .string("\(m.month)")), ("today_usd", .number(m.today)), ("changed_usd", .number(m.changed)),
        ("more_usd", .number(m.more)), ("half_width_95", .number(m.halfWidth)),
        ("variance_reduction", .number(m.varianceReduction)),
      ])
    }
    var fields: [(String, JSON)] = [
      ("change", .string(w.name)),
      (
        "more_a_month_usd",
        .object([("mean", .number(w.monthly.more)), ("half_width_95", .number(w.monthly.halfWidth))])
      ),
      ("months", .array(months)),
    ]
    if let p = w.pOverBudget {
      fields.append(("p_over_budget", .object([("today", .number(p.today)), ("changed", .number(p.changed))])))
    }
    return .object(fields)
  }

  static func text(_ changes: [WhatIf], months: Int) -> String {
    changes.map { sentence($0, months: months) }.joined(separator: "\n")
  }

  static func sentence(_ w: WhatIf, months: Int) -> String {
    let more = w.monthly.more
    let amount = "\(Words.dollars(abs(more))) ± \(Words.dollars(w.monthly.halfWidth))"
    let when = months > 1 ? "a month" : "this month"
    let name = w.name.prefix(1).uppercased() + w.name.dropFirst()
    var text: String
    if abs(more) <= w.monthly.halfWidth {
      text =
        "\(name): no difference that shows \(when) (\(Words.dollars(more)) ± \(Words.dollars(w.monthly.halfWidth)))."
    } else {
      text = "\(name): this change \(more >= 0 ? "costs" : "saves") \(amount) \(more >= 0 ? "more " : "")\(when)"
      text += w.months.first.map { " (\(Words.dollars($0.today)) today)." } ?? "."
    }
    if let p = w.pOverBudget, Words.percent(p.today) != Words.percent(p.changed) {
      text += " The odds of passing the budget go from \(Words.percent(p.today)) to \(Words.percent(p.changed))."
    }
    return text
  }
}
