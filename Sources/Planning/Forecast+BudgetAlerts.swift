import Engine

extension Forecast {
  /// How likely the first month is to bring each budget alert that has not come yet, by per cent of the budget.
  ///
  /// Spending only grows within a month, so an alert comes just where the month ends beyond its threshold: their sum is how often a manager
  /// is told. Alerts that came before the forecast are no part of it.
  public func alerts(of budget: Double) -> [(perCent: Int, odds: Double)] {
    guard let month = months.first, !month.isOver else { return [] }
    return BudgetThresholds.perCent.compactMap { perCent in
      let threshold = budget * Double(perCent) / 100
      guard month.spent < threshold else { return nil }
      return (perCent, perCent == 100 ? probability(over: budget) : month.total.probability(above: threshold))
    }
  }
}
