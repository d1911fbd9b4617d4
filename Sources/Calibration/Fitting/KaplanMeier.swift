/// The product-limit estimate of a survival function, with weights and delayed entry.
///
/// Where delayed entry leaves an early risk set that dies out, that step is passed over: it says nothing about what
/// comes later (Klein, Moeschberger §4.6). An interval-censored event stands in the middle of its interval.
struct KaplanMeier {
  /// The age of each step, ascending, and the survival just after it.
  private(set) var ages: [Double] = []
  private(set) var survival: [Double] = []
  /// The earliest entry: the estimate is of survival given that age.
  private(set) var origin = Double.infinity
  /// The greatest age at which anyone was watched.
  private(set) var end = 0.0

  /// - Parameter ofCensoring: estimates when observation ends instead of when events happen.
  init(_ data: SurvivalData, ofCensoring: Bool = false) {
    // Events come before censoring at equal ages, so those censored at an age were at risk there.
    var exits = data.observations.filter { $0.weight > 0 }
      .map { (age: $0.representative, event: $0.event != ofCensoring, weight: $0.weight) }
    exits.sort { $0.age < $1.age }
    var entries = data.observations.filter { $0.weight > 0 }.map { (age: $0.entry, weight: $0.weight) }
    if entries.contains(where: { $0.age > 0 }) { entries.sort { $0.age < $1.age } }
    origin = entries.first?.age ?? 0
    end = exits.last?.age ?? 0
    var value = 1.0
    var atRisk = 0.0
    var k = 0
    var i = 0
    while i < exits.count {
      let age = exits[i].age
      while k < entries.count, entries[k].age < age || (age == 0 && entries[k].age == 0) {
        atRisk += entries[k].weight
        k += 1
      }
      var died = 0.0
      var gone = 0.0
      while i < exits.count, exits[i].age == age {
        if exits[i].event { died += exits[i].weight }
        gone += exits[i].weight
        i += 1
      }
      if died > 0 {
        let factor = i == exits.count && died == gone ? 0 : max(0, 1 - died / atRisk)
        if factor > 1e-12 || i == exits.count {
          value *= factor
          ages.append(age)
          survival.append(value)
        }
      }
      atRisk -= gone
    }
  }

  /// Survival just after `age`.
  func callAsFunction(_ age: Double) -> Double {
    let i = firstStep(after: age)
    return i == 0 ? 1 : survival[i - 1]
  }

  /// The age whose survival is first at or below `u` times that at `age`; infinite where it is never reached.
  func quantile(_ u: Double, after age: Double) -> Double {
    let target = u * self(age)
    var low = firstStep(after: age)
    var high = ages.count
    while low < high {
      let middle = (low + high) / 2
      if survival[middle] > target { low = middle + 1 } else { high = middle }
    }
    return low < ages.count ? ages[low] : .infinity
  }

  private func firstStep(after age: Double) -> Int {
    var low = 0
    var high = ages.count
    while low < high {
      let middle = (low + high) / 2
      if ages[middle] <= age { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
