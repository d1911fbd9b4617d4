import Engine

extension Forecast {
  /// How likely the first month is to bring each budget alert that has not come yet, by per cent of the budget.
  ///
  /// Spending only grows within a month, so an alert comes just where the month ends beyond its threshold: their sum is how often a manager
  /// is told. Alerts that came before the forecast are no part of it.
  public func alerts(of budget: Double) -> [(perCent: Int, odds: Double)] {
    guard let month = months.first, !month.isOver else { return [] }
    let whole = probability(over: budget)
    return BudgetThresholds.perCent.compactMap { perCent in
      let threshold = budget * Double(perCent) / 100
      guard month.spent < threshold else { return nil }
      // Who passes the whole has passed its parts, also where the odds of the whole are too small to be counted.
      return (perCent, perCent == 100 ? whole : max(whole, month.total.probability(above: threshold)))
    }
  }
}
