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
  /// The same integral and the factor at each hour from midnight on, over as many days as a new pod's ages reach.
  private let hours: ContiguousArray<SIMD2<Double>>
  /// The breaks as whole hours and what is left of them, in seconds.
  private let shifts: ContiguousArray<SIMD2<Double>>
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
    let last = breaks.last ?? 0
    if case .segments = kind, last < 1000 * 3600 {
      let (day, byHour) = (byHour[24], byHour)
      shifts = ContiguousArray(
        breaks.map { SIMD2(($0 / 3600).rounded(.down), $0 - ($0 / 3600).rounded(.down) * 3600) })
      hours = ContiguousArray(
        (0..<(Int(last / 3600) + 26)).map { SIMD2(Double($0 / 24) * day + byHour[$0 % 24], hourFactors[$0 % 24]) })
    } else {
      (shifts, hours) = ([], [])
    }
  }

  /// The age in seconds at which a pod granted at `granted` and alive at `age` is taken back; infinite: never, or maybe after the age
  /// `horizon`, where that is cheaper to say.
  func age(
    granted: Instant, alive age: Double, start: Instant, before horizon: Double = .infinity, _ u: Double
  ) -> Double {
    switch kind {
    case .never: return .infinity
    case .exponential(let rate): return age + exponential.minusLog(u) / rate
    case .lifetime(let sampler):
      guard age > 0 else { return sampler.quantile(u) }
      let reached = sampler.law.cdf(age)
      return max(age, sampler.quantile(min(reached + u * (1 - reached), 0x1.fffffffffffffp-1)))
    case .ages: return byAge(alive: age, target: exponential.minusLog(u))
    case .segments:
      let target = exponential.minusLog(u)
      return age > 0 || hours.isEmpty
        ? segments(granted: granted, alive: age, target: target)
        : segments(granted: granted, before: horizon, target: target)
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

  /// ``segments(granted:alive:target:)`` of a new pod, as nearly every one is: no division in the loop.
  private func segments(granted: Instant, before horizon: Double, target: Double) -> Double {
    let origin = Double(granted.microseconds) / 1e6 + utcOffset
    let clock = origin - HazardSampler.floor(origin / 86_400) * 86_400
    let hour = min(23, Int(clock / 3600))
    let rest = clock - Double(hour) * 3600
    var left = target
    var reached = hours[hour].x + rest * hours[hour].y
    for segment in shifts.indices {
      let shift = shifts[segment]
      var (at, seconds) = (hour &+ Int(shift.x), rest + shift.y)
      if seconds >= 3600 { (at, seconds) = (at &+ 1, seconds - 3600) }
      let expected = hours[at].x + seconds * hours[at].y
      let more = rates[segment] * (expected - reached)
      if left <= more, more > 0 { return max(0, inverse(reached + left / rates[segment]) - clock) }
      if breaks[segment] > horizon { return .infinity }
      left -= more
      reached = expected
    }
    let rate = rates[rates.count - 1]
    return rate > 0 ? max(0, inverse(reached + left / rate) - clock) : .infinity
  }

  /// By age and by hour of the day: the hazard since the grant is a piece for each rate by age, within which it grows as the hours'
  /// cumulated factors do.
  private func segments(granted: Instant, alive: Double, target: Double) -> Double {
    let origin = Double(granted.microseconds) / 1e6 + utcOffset
    let midnight = HazardSampler.floor(origin / 86_400) * 86_400
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

  /// The whole number below, by way of the integers: without SSE 4.1, which not every amd64 has, the library's is a call.
  @inline(__always)
  private static func floor(_ x: Double) -> Double {
    guard abs(x) < 0x1p51 else { return x.rounded(.down) }
    let whole = Double(Int64(x))
    return whole > x ? whole - 1 : whole
  }

  /// The factors' integral from midnight over so many seconds, which are not negative.
  private func cumulated(_ seconds: Double) -> Double {
    let days = HazardSampler.floor(seconds / 86_400)
    let rest = seconds - days * 86_400
    let hour = min(23, Int(rest / 3600))
    return days * byHour[24] + byHour[hour] + (rest - Double(hour) * 3600) * hourFactors[hour]
  }

  /// After how many seconds from midnight the factors' integral reaches so much.
  private func inverse(_ integral: Double) -> Double {
    let days = HazardSampler.floor(integral / byHour[24])
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
