import Calibration
import DiscreteEvent

/// When jobs arrive in one world, ready for the loop.
/// A class, so that asking it in the loop counts no references to its array.
final class CompiledArrivals: Sendable {
  private enum Kind: Sendable { case none, every, poisson, hourly }
  private let kind: Kind
  /// The mean time between two jobs of a Poisson process, in seconds; 0 of any other.
  let poissonGap: Double
  /// The time between two jobs, or its mean, in seconds.
  private let gap: Double
  /// Jobs a second in each hour of a week that begins on Monday, UTC.
  private let rates: ContiguousArray<Double>
  /// Expected jobs of a whole week.
  private let week: Double
  private let exponential = ExponentialTable.shared

  init(_ arrivals: Arrivals) {
    var rates: ContiguousArray<Double> = []
    switch arrivals {
    case .none, .times: (kind, gap) = (.none, 0)
    case .every(let seconds): (kind, gap) = (.every, seconds)
    case .poisson(let perDay): (kind, gap) = perDay > 0 ? (.poisson, 86_400 / perDay) : (.none, 0)
    case .hourly(let perDay, let weights):
      let sum = weights.reduce(0, +)
      guard perDay > 0, sum > 0, weights.count == 168 else {
        (kind, gap) = (.none, 0)
        break
      }
      (kind, gap) = (.hourly, 0)
      rates = ContiguousArray(weights.map { perDay * 7 * $0 / sum / 3600 })
    }
    poissonGap = kind == .poisson ? gap : 0
    self.rates = rates
    week = rates.reduce(0, +) * 3600
  }

  /// When the job after one at `from` comes, by the uniform number `u`; nil: never.
  func next(after from: Instant, _ u: Double) -> Instant? {
    switch kind {
    case .none: nil
    case .every: from + Span(seconds: gap)
    case .poisson: from + Span(seconds: exponential.minusLog(u) * gap)
    case .hourly: hourly(from, exponential.minusLog(u))
    }
  }

  /// By inversion of the cumulative rate: whole weeks at once, then hour by hour.
  private func hourly(_ from: Instant, _ target: Double) -> Instant {
    let weeks = (target / week).rounded(.down)
    var left = target - weeks * week
    var at = Double(from.microseconds) / 1e6 + weeks * 604_800
    var begin = (at / 3600).rounded(.down)
    // 1970-01-01 was a Thursday: hour 72 of a week that begins on Monday.
    var hour = Int((begin + 72).truncatingRemainder(dividingBy: 168))
    if hour < 0 { hour += 168 }
    while true {
      let rate = rates[hour]
      let expected = rate * ((begin + 1) * 3600 - at)
      if left < expected { return Instant.zero + Span(seconds: at + left / rate) }
      left -= expected
      begin += 1
      at = begin * 3600
      hour = hour == 167 ? 0 : hour + 1
    }
  }
}
