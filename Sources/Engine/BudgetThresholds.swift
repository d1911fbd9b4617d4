/// Shares of a limit at which a manager is told: live mode tells them, simulation counts how often.
public enum BudgetThresholds {
  /// Per cent, ascending.
  public static let perCent = [80, 95, 100]

  /// Whether spending has come to so many per cent of a limit; both in nanodollars.
  public static func isPassed(_ perCent: Int, spent: Int64, limit: Int64) -> Bool {
    let left = spent.multipliedFullWidth(by: 100)
    let right = limit.multipliedFullWidth(by: Int64(perCent))
    return (left.high, left.low) >= (right.high, right.low)
  }
}
