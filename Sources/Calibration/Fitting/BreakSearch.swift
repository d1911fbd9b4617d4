import CGSL

/// Finds the ages at which a hazard changes.
///
/// The likelihood of a piecewise constant hazard is a sum over its segments, so the best set of breaks among candidates
/// is found exactly by dynamic programming (optimal partitioning: Jackson et al., IEEE SPL 12, 2005), in O(m²) for m
/// candidates. Each segment beyond the first costs two parameters, its rate and its break, at the price of the Bayesian
/// criterion, `log(events)/2` each: choosing the best of many places to break deserves more than Akaike's 1.
/// Candidates lie inside the gaps between events: beside both of their ends and in the middle.
struct BreakSearch {
  /// No segment rests on fewer events.
  static let leastEvents = 5.0
  private static let mostGaps = 100

  private var exits: [(age: Double, weight: Double, event: Bool)]
  private var entries: [(age: Double, weight: Double)]

  init(_ data: SurvivalData) {
    exits = data.observations.map { ($0.representative, $0.weight, $0.event) }.sorted { $0.age < $1.age }
    entries = data.observations.filter { $0.entry > 0 }.map { ($0.entry, $0.weight) }.sorted { $0.age < $1.age }
  }

  /// Ascending ages; empty when a constant hazard serves best.
  func breaks() -> [Double] {
    let ages = candidates()
    guard !ages.isEmpty else { return [] }
    // Events up to and time at risk up to each candidate; 0 first, everything last.
    let points = [0] + ages + [.infinity]
    let (events, exposure) = cumulative(points)
    guard let total = events.last, total >= 2 * BreakSearch.leastEvents else { return [] }
    let penalty = log(total)
    var best = [Double](repeating: .infinity, count: points.count)
    var from = [Int](repeating: 0, count: points.count)
    best[0] = -penalty
    for j in 1..<points.count {
      for i in 0..<j where best[i] < .infinity {
        let d = events[j] - events[i]
        if d < BreakSearch.leastEvents { break }
        let e = exposure[j] - exposure[i]
        guard e > 0 else { continue }
        let cost = best[i] - d * (log(d / e) - 1) + penalty
        if cost < best[j] {
          best[j] = cost
          from[j] = i
        }
      }
    }
    var breaks: [Double] = []
    var j = from[points.count - 1]
    while j > 0 {
      breaks.append(points[j])
      j = from[j]
    }
    return breaks.reversed()
  }

  /// Beside and amid gaps between events: the longest gaps, and others evenly over the events.
  private func candidates() -> [Double] {
    var ages: [Double] = []
    for x in exits where x.event && x.weight > 0 && x.age != ages.last { ages.append(x.age) }
    guard ages.count > 1 else { return [] }
    var gaps = Array(ages.indices.dropLast())
    if gaps.count > BreakSearch.mostGaps {
      let longest = gaps.sorted { (ages[$0 + 1] - ages[$0], $0) > (ages[$1 + 1] - ages[$1], $1) }
        .prefix(BreakSearch.mostGaps / 3)
      let rest = BreakSearch.mostGaps - longest.count
      let even = (0..<rest).map { $0 * gaps.count / rest }
      gaps = Set(longest).union(even).sorted()
    }
    var result: [Double] = []
    for i in gaps {
      let width = ages[i + 1] - ages[i]
      for age in [ages[i] + width / 16, ages[i] + width / 2, ages[i + 1] - width / 16]
      where age > ages[i] && age < ages[i + 1] {
        result.append(age)
      }
    }
    return result
  }

  private func cumulative(_ points: [Double]) -> (events: [Double], exposure: [Double]) {
    var events = [0.0]
    var exposure = [0.0]
    let weight = exits.reduce(0) { $0 + $1.weight }
    let entryWeight = entries.reduce(0) { $0 + $1.weight }
    var (i, gone, goneTime, died) = (0, 0.0, 0.0, 0.0)
    var (k, came, cameTime) = (0, 0.0, 0.0)
    for point in points.dropFirst() {
      while i < exits.count, exits[i].age <= point {
        gone += exits[i].weight
        goneTime += exits[i].weight * exits[i].age
        if exits[i].event { died += exits[i].weight }
        i += 1
      }
      while k < entries.count, entries[k].age <= point {
        came += entries[k].weight
        cameTime += entries[k].weight * entries[k].age
        k += 1
      }
      // Nobody is left at infinity; 0 × ∞ must not be formed.
      let alive = i < exits.count ? (weight - gone) * point : 0
      let absent = k < entries.count ? (entryWeight - came) * point : 0
      events.append(died)
      exposure.append(goneTime + alive - cameTime - absent)
    }
    return (events, exposure)
  }
}
