import CGSL
import DiscreteEvent

/// What is known of when jobs are submitted.
public struct ArrivalsPosterior: Hashable, Sendable, Codable {
  var perDay: Marginal
  /// 168 weights by hour of the week, where they differ beyond doubt; else none.
  var weights: [Double]

  func draw(_ strata: inout Strata) -> Arrivals {
    let rate = perDay.quantile(strata.next())
    return weights.isEmpty ? .poisson(perDay: rate) : .hourly(perDay: rate, weights: weights)
  }
}

/// Fits arrivals: Gamma–Poisson for the rate, and a weekly pattern where a χ² test leaves no doubt of one.
struct ArrivalsFit {
  var posterior: ArrivalsPosterior
  var change: RegimeChange?
  var events = 0.0
  var days = 0.0

  /// How improbable an even week must be before it is given up.
  static let doubt = 0.001

  init(_ history: History, prior: Priors.Count) {
    let submitted = history.jobs.map(\.submitted).sorted()
    for o in history.observations { days += max(0, (o.until - o.from).hours / 24) }
    events = Double(submitted.count)
    var (shape, exposure) = (prior.shape, prior.exposure)
    var (count, watched) = (events, days)
    if let from = history.observations.map(\.from).min() {
      var last = from
      var series: [(at: Instant, events: Double, expected: Double)] = []
      for s in submitted {
        series.append((s, 1, max(0, (s - last).hours / 24)))
        last = s
      }
      series.append((history.until, 0, max(0, (history.until - last).hours / 24)))
      change = RegimeChange.rate(series, minimum: 3)
      if let change, days > 0, events > 0 {
        // The older regime is worth one job.
        (shape, exposure) = (1, days / events)
        count = Double(submitted.count { $0 >= change.at })
        watched = max(0.01, (history.until - change.at).hours / 24)
      }
    }
    let rate = Marginal.gamma(shape: shape + count, rate: exposure + watched).tabulated
    posterior = ArrivalsPosterior(perDay: rate, weights: ArrivalsFit.weights(submitted))
  }

  /// Day of the week × hour of the day, each shrunk by five jobs a cell; empty where both are even.
  private static func weights(_ submitted: [Instant]) -> [Double] {
    _ = SpecialFunctions.handlerIsOff
    guard submitted.count >= 100 else { return [] }
    var hours = [Double](repeating: 0, count: 24)
    var days = [Double](repeating: 0, count: 7)
    for s in submitted {
      let hour = Int((Double(s.microseconds) / 3.6e9).rounded(.down))
      // 1970-01-01 was a Thursday; the week begins on Monday.
      let week = ((hour + 72) % 168 + 168) % 168
      hours[week % 24] += 1
      days[week / 24] += 1
    }
    func factors(_ counts: [Double]) -> [Double]? {
      let n = counts.reduce(0, +)
      let even = n / Double(counts.count)
      let statistic = counts.reduce(0) { $0 + ($1 - even) * ($1 - even) / even }
      guard gsl_cdf_chisq_Q(statistic, Double(counts.count - 1)) < doubt else { return nil }
      return counts.map { ($0 + 5) / (even + 5) }
    }
    let byHour = factors(hours)
    let byDay = factors(days)
    if byHour == nil, byDay == nil { return [] }
    var result: [Double] = []
    for day in 0..<7 {
      for hour in 0..<24 {
        let ofDay: Double = byDay?[day] ?? 1
        let ofHour: Double = byHour?[hour] ?? 1
        result.append(ofDay * ofHour)
      }
    }
    return result
  }
}
