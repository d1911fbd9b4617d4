import Calibration
import DiscreteEvent
import Engine
import Scenarios

/// What a change would do to the months ahead, against today, under the same luck.
///
/// The same job meets the same luck with and without the change, so the difference of two futures is the change's, and its variance is
/// a small part of what two independent forecasts would have.
public struct WhatIf: Sendable {
  /// One month with and without the change.
  public struct Difference: Sendable {
    public var month: Scenario.Month
    /// Mean US dollars without and with the change.
    public var today: Double
    public var changed: Double
    /// Mean US dollars more, and half of its 95 % interval.
    public var more: Double
    public var halfWidth: Double
    /// The variance that the difference of independent futures would have, ÷ that of the same futures; infinite where every
    /// future differs by the same amount.
    public var varianceReduction: Double
  }

  /// What a person calls the change.
  public var name: String
  public var months: [Difference]
  /// Mean US dollars more a month over all months, and half of its 95 % interval.
  public var monthly: (more: Double, halfWidth: Double)
  /// The odds of passing `budget` in the first month, without and with the change.
  public var pOverBudget: (today: Double, changed: Double)?

  /// Compares two forecasts of the same months with the same seed and as many replications.
  public init(_ name: String, today: Forecast, changed: Forecast, budget: Double? = nil) {
    self.name = name
    months = zip(today.months, changed.months).map { before, after in
      let (a, b) = (before.byReplication, after.byReplication)
      var difference = Tally()
      var (first, second) = (Tally(), Tally())
      for (x, y) in zip(a, b) {
        difference.add(y - x)
        first.add(x)
        second.add(y)
      }
      let independent = first.variance + second.variance
      return Difference(
        month: before.month, today: first.mean, changed: second.mean, more: difference.mean,
        halfWidth: difference.count > 1 ? difference.halfWidth95 : 0,
        varianceReduction: difference.variance > 0 ? independent / difference.variance : .infinity)
    }
    var monthly = Tally()
    let count = Double(max(1, months.count))
    for r
      in 0..<(zip(today.months, changed.months).map { min($0.byReplication.count, $1.byReplication.count) }.min() ?? 0)
    {
      var sum = 0.0
      for (before, after) in zip(today.months, changed.months) {
        sum += after.byReplication[r] - before.byReplication[r]
      }
      monthly.add(sum / count)
    }
    self.monthly = (monthly.mean, monthly.count > 1 ? monthly.halfWidth95 : 0)
    if let budget, let before = today.months.first, let after = changed.months.first {
      pOverBudget = (before.total.probability(above: budget), after.total.probability(above: budget))
    }
  }
}

extension PolicyChoice {
  /// The source with jobs to come paid for as the choice says: on demand, all of them; else those that ask for on-demand pods keep them.
  public func applied(to source: ModelSource) -> ModelSource {
    guard self == .onDemand else { return source }
    var source = source
    for w in source.worlds.indices {
      for k in source.worlds[w].mix.indices { source.worlds[w].mix[k].configuration.pricing = .onDemand }
    }
    return source
  }
}
