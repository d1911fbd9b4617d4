import Engine

extension ForecastText {
  /// How often a manager will be told of the budget: the mean, and the odds of each alert; null: it came before the forecast.
  static func alerts(_ alerts: [(perCent: Int, odds: Double)]) -> JSON {
    .object(
      [("expected", .number(alerts.reduce(0) { $0 + $1.odds }))]
        + BudgetThresholds.perCent.map { perCent in
          ("p_\(perCent)", alerts.first { $0.perCent == perCent }.map { .number($0.odds) } ?? .null)
        })
  }

  static func alertLine(_ what: String, _ alerts: [(perCent: Int, odds: Double)]) -> [String] {
    guard !alerts.isEmpty else { return [] }
    let mean = alerts.reduce(0) { $0 + $1.odds }
    let odds = alerts.map { "\($0.perCent) %: \(Words.percent($0.odds))" }.joined(separator: ", ")
    return ["\(what): \(JSON.digits((mean * 100).rounded() / 100)) expected (\(odds))."]
  }
}
