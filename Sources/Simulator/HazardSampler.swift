import Calibration
import DiscreteEvent
import Engine

/// A ``Hazard`` compiled for the loop: at what age is the pod taken back?
///
/// By inversion of the cumulative hazard, given the age already reached: `S⁻¹(u · S(age))`. One uniform a lease.
///
/// A class, so that asking it in the loop copies none of its tables.
final class HazardSampler: Sendable {
  private enum Kind: Sendable {
    case never
    case exponential(rate: Double)
    case lifetime(Sampler)
    /// Rates by age alone.
    case ages
    /// Rates by age and by hour of the day.
    case segments
    case trace
  }

  private let kind: Kind
  /// The rate a second where it never changes, 0 where it does.
  let constantRate: Double
  /// Ages in seconds at which the rate by age changes; rates a second.
  private let breaks: [Double]
  private let rates: [Double]
  private let hourFactors: [Double]
  /// The factors' integral from midnight to each hour, in seconds.
  private let byHour: [Double]
  private let utcOffset: Double
  private let instants: [Double]
  private let exponential = ExponentialTable.shared

  init(_ hazard: Hazard) {
    var kind: Kind
    var (breaks, rates, hourFactors, instants) = ([Double](), [Double](), [Double](), [Double]())
    var utcOffset = 0.0
    switch hazard {
    case .never: kind = .never
    case .lifetime(.exponential(let mean)): kind = .exponential(rate: 1 / mean)
    case .lifetime(let law): kind = .lifetime(Sampler(law))
    case .byHour(let perHour, let offset):
      kind = .segments
      rates = [1 / 3600]
      hourFactors = perHour
      utcOffset = Double(offset)
    case .byAgeAndHour(let ages, let perHour, let factors, let offset):
      kind = .segments
      breaks = ages.map { $0 * 3600 }
      rates = perHour.map { $0 / 3600 }
      hourFactors = factors
      utcOffset = Double(offset)
    case .trace(let at):
      kind = .trace
      instants = at.sorted()
    }
    if case .segments = kind, let factor = hourFactors.first, hourFactors.allSatisfy({ $0 == factor }) {
      kind = .ages
      rates = rates.map { $0 * factor }
    }
    byHour = hourFactors.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1 * 3600) }
    if case .ages = kind, !rates.contains(where: { $0 > 0 }) { kind = .never }
    if case .segments = kind, !(hourFactors.contains { $0 > 0 } && rates.contains { $0 > 0 }) { kind = .never }
    if case .exponential(let rate) = kind { constantRate = rate } else { constantRate = 0 }
    self.kind = kind
    (self.breaks, self.rates, self.hourFactors, self.instants) = (breaks, rates, hourFactors, instants)
    self.utcOffset = utcOffset
  }

  /// The age in seconds at which a pod granted at `granted` and alive at `age` is taken back; infinite: never.
  func age(granted: Instant, alive age: Double, start: Instant, _ u: Double) -> Double {
    switch kind {
    case .never: return .infinity
    case .exponential(let rate): return age + exponential.minusLog(u) / rate
    case .lifetime(let sampler):
      guard age > 0 else { return sampler.quantile(u) }
      let reached = sampler.law.cdf(age)
      return max(age, sampler.quantile(min(reached + u * (1 - reached), 0x1.fffffffffffffp-1)))
    case .ages: return byAge(alive: age, target: exponential.minusLog(u))
    case .segments: return segments(granted: granted, alive: age, target: exponential.minusLog(u))
    case .trace:
      let since = (granted - start).seconds
      return (instants.first { $0 > since + age } ?? .infinity) - since
    }
  }

  private func byAge(alive: Double, target: Double) -> Double {
    var (age, left) = (alive, target)
    for segment in rates.indices {
      let end = segment < breaks.count ? breaks[segment] : .infinity
      guard end > age else { continue }
      let rate = rates[segment]
      if rate > 0, left <= rate * (end - age) { return age + left / rate }
      left -= rate > 0 ? rate * (end - age) : 0
      age = end
    }
    return .infinity
  }

  /// By age and by hour of the day: the hazard since the grant is a piece for each rate by age, within which it grows as the hours'
  /// cumulated factors do.
  private func segments(granted: Instant, alive: Double, target: Double) -> Double {
    let origin = Double(granted.microseconds) / 1e6 + utcOffset
    let midnight = (origin / 86_400).rounded(.down) * 86_400
    let clock = origin - midnight
    var (age, left) = (alive, target)
    var reached = cumulated(clock + age)
    for segment in rates.indices {
      let end = segment < breaks.count ? breaks[segment] : .infinity
      guard end > age else { continue }
      let rate = rates[segment]
      let expected = end < .infinity ? cumulated(clock + end) : .infinity
      if rate > 0, left <= rate * (expected - reached) { return max(age, inverse(reached + left / rate) - clock) }
      left -= rate > 0 ? rate * (expected - reached) : 0
      (age, reached) = (end, expected)
    }
    return .infinity
  }

  /// The factors' integral from midnight over so many seconds, which are not negative.
  private func cumulated(_ seconds: Double) -> Double {
    let days = (seconds / 86_400).rounded(.down)
    let rest = seconds - days * 86_400
    let hour = min(23, Int(rest / 3600))
    return days * byHour[24] + byHour[hour] + (rest - Double(hour) * 3600) * hourFactors[hour]
  }

  /// After how many seconds from midnight the factors' integral reaches so much.
  private func inverse(_ integral: Double) -> Double {
    let days = (integral / byHour[24]).rounded(.down)
    let rest = integral - days * byHour[24]
    // The last hour that begins with no more.
    var (hour, step) = (0, 16)
    while step > 0 {
      if hour + step < 24, byHour[hour + step] <= rest { hour += step }
      step /= 2
    }
    let factor = hourFactors[hour]
    return days * 86_400 + Double(hour) * 3600 + (factor > 0 ? (rest - byHour[hour]) / factor : 0)
  }
}
