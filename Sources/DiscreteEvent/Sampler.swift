#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A ``Law`` compiled for the simulation loop: sampling allocates nothing and costs tens of nanoseconds.
///
/// One uniform number gives one sample. A gamma or Erlang law is read from a table of its quantile function, within 10⁻⁶
/// relative, and whatever is a transform of the normal law from ``NormalTable``; the others are evaluated directly.
@frozen
public struct Sampler: Sendable {
  /// The law that is sampled.
  public let law: Law
  @usableFromInline let kind: Kind
  /// Two constants whose meaning depends on the kind.
  @usableFromInline let a: Double
  @usableFromInline let b: Double
  /// Constants of the kinds that have more than two.
  @usableFromInline let table: ContiguousArray<Double>
  /// The sampler without memory of its own.
  public let quick: QuickSampler
  /// The components of a mixture.
  @usableFromInline let parts: ContiguousArray<Sampler>

  @frozen @usableFromInline
  enum Kind: UInt8, Sendable, BitwiseCopyable {
    case constant, exponential, lognormal, weibull, gamma, uniform, normal, empirical, mixture, piecewise
  }

  /// - Precondition: the law is valid (``Law/validate()``).
  /// - Complexity: O(1), but O(n log n) for an empirical law of n values, and about 0.2 ms for a gamma law.
  public init(_ law: Law) {
    do {
      try law.validate()
    } catch {
      preconditionFailure("a sampler needs a valid law; \(error)")
    }
    self.law = law
    var table: ContiguousArray<Double> = []
    var parts: ContiguousArray<Sampler> = []
    switch law {
    case .constant(let value): (kind, a, b) = (.constant, value, 0)
    case .exponential(let mean): (kind, a, b) = (.exponential, mean, 0)
    case .lognormal(let median, let sigma): (kind, a, b) = (.lognormal, log(median), sigma)
    case .weibull(let shape, let scale): (kind, a, b) = (.weibull, scale, 1 / shape)
    case .gamma(let shape, let scale):
      (kind, a, b) = (.gamma, scale, 0)
      table = GammaTable.make(shape: shape)
    case .uniform(let low, let high): (kind, a, b) = (.uniform, low, high - low)
    case .erlang(let k, let mean):
      (kind, a, b) = k == 1 ? (.exponential, mean, 0) : (.gamma, mean / Double(k), 0)
      if k > 1 { table = GammaTable.make(shape: Double(k)) }
    case .normal(let mean, let sd): (kind, a, b) = (.normal, mean, sd)
    case .empirical(let values):
      (kind, a, b) = (.empirical, Double(values.count), 0)
      table = ContiguousArray(values.sorted())
    case .mixture(let components):
      (kind, a, b) = (.mixture, 0, 0)
      (parts, table) = Sampler.compile(components)
    case .piecewiseExponential(let breaks, let rates):
      (kind, a, b) = (.piecewise, 0, 0)
      table = Sampler.compile(breaks: breaks, rates: rates)
    }
    self.table = table
    self.parts = parts
    quick = QuickSampler(kind: kind, a: a, b: b)
  }

  /// The value that the uniform number `u` in (0, 1) stands for.
  ///
  /// It is the law's quantile, and grows with `u`, for all laws but a mixture. There `u` first chooses the component, and what
  /// is left of it, stretched to (0, 1), is the component's probability; ``Law/quantile(_:)`` has the mixture's own quantile.
  @inlinable @inline(__always)
  public func quantile(_ u: Double) -> Double {
    quick.isQuick ? quick.quantile(u) : other(u)
  }

  @usableFromInline @inline(never)
  func other(_ u: Double) -> Double {
    switch kind {
    case .constant, .exponential, .lognormal, .normal: return quick.quantile(u)
    case .weibull: return a * pow(-log(1 - u), b)
    case .gamma: return a * exp(GammaTable.logQuantile(table, NormalTable.shared.quantile(u)))
    case .uniform: return a + b * u
    case .empirical: return table[max(0, Int((u * a).rounded(.up)) - 1)]
    case .mixture: return mixture(u)
    case .piecewise: return piecewise(-log(1 - u))
    }
  }

  /// One sample.
  @inlinable
  public func value(_ stream: inout RandomStream) -> Double { quantile(stream.uniform()) }

  /// One sample in seconds as a span; a negative value becomes zero.
  @inlinable
  public func span(_ stream: inout RandomStream) -> Span {
    let x = quantile(stream.uniform())
    return Span(seconds: x > 0 ? x : 0)
  }

  @usableFromInline
  func mixture(_ u: Double) -> Double {
    // table: for each part the probability below it and the inverse of its own.
    var i = 0
    while i + 1 < parts.count && u >= table[2 * i + 2] { i += 1 }
    let rest = (u - table[2 * i]) * table[2 * i + 1]
    return parts[i].quantile(min(max(rest, 0x1p-53), 1 - 0x1p-53))
  }

  @inlinable
  func piecewise(_ hazard: Double) -> Double {
    // table: for each piece the cumulative hazard at its start, its start, and the inverse of its rate.
    var i = 0
    while i + 3 < table.count && hazard > table[i + 3] { i += 3 }
    return table[i + 1] + (hazard - table[i]) * table[i + 2]
  }

  private static func compile(
    _ components: [Law.Component]
  ) -> (parts: ContiguousArray<Sampler>, table: ContiguousArray<Double>) {
    var parts: ContiguousArray<Sampler> = []
    var table: ContiguousArray<Double> = []
    let total = components.reduce(0) { $0 + $1.weight }
    var below = 0.0
    for component in components where component.weight > 0 {
      parts.append(Sampler(component.law))
      table.append(below / total)
      table.append(total / component.weight)
      below += component.weight
    }
    return (parts, table)
  }

  private static func compile(breaks: [Double], rates: [Double]) -> ContiguousArray<Double> {
    var table: ContiguousArray<Double> = []
    var hazard = 0.0
    var start = 0.0
    for (i, rate) in rates.enumerated() {
      // A piece without hazard is passed over, unless it is the last and never ends.
      if rate > 0 || i == breaks.count {
        table.append(hazard)
        table.append(start)
        table.append(rate > 0 ? 1 / rate : .infinity)
      }
      guard i < breaks.count else { break }
      hazard += rate * (breaks[i] - start)
      start = breaks[i]
    }
    return table
  }
}
