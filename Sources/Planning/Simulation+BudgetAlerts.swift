import Engine

extension Simulation {
  /// How likely a future is to bring each budget alert, by per cent of the limit: their sum is how often a manager is told in the month.
  ///
  /// Spending only grows within a month, so what each future has spent by its end says which of them came; nothing is counted on the way. nil
  /// where there is no limit, or the horizon is not one of its months.
  public var budgetAlerts: [(perCent: Int, odds: Double)]? {
    guard let monthly, monthly.count > 0, let limit = budgetLimit else { return nil }
    return BudgetThresholds.perCent.map { perCent in
      (perCent, monthly.probability(above: Double(limit) / 1e9 * Double(perCent) / 100))
    }
  }
}
