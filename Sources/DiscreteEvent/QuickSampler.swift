#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A ``Sampler`` without memory of its own: what a loop keeps at hand, because copying it counts no references.
@frozen
public struct QuickSampler: BitwiseCopyable, @unchecked Sendable {
  @usableFromInline let kind: Sampler.Kind
  /// Whether ``quantile(_:)`` may be asked: the law is constant, lognormal, normal or exponential, as nearly every stage of a
  /// job is. Any other goes through its sampler.
  public let isQuick: Bool
  @usableFromInline let a: Double
  @usableFromInline let b: Double
  /// The shared table of the law: of the normal law for the lognormal, of the exponential for itself.
  @usableFromInline let rows: UnsafePointer<SIMD4<Double>>
  @usableFromInline let power = PowerTable.shared
  /// What a constant law gives as a span.
  @usableFromInline let constant: Span

  init(kind: Sampler.Kind, a: Double, b: Double) {
    self.kind = kind
    self.a = a
    self.b = b
    isQuick = kind == .constant || kind == .lognormal || kind == .exponential || kind == .normal
    constant = kind == .constant ? Span(seconds: max(0, a)) : .zero
    rows = kind == .exponential ? ExponentialTable.shared.rows : NormalTable.shared.rows
  }

  /// One sample in seconds as a span, none of it negative; `other` gives it in seconds where the law is not quick.
  @inlinable @inline(__always)
  public func span(_ u: Double, else other: () -> Double) -> Span {
    if kind == .constant { return constant }
    // What most stages are; never negative.
    if kind == .lognormal { return Span(seconds: power.exp(a + b * NormalTable(rows: rows).quantile(u))) }
    return Span(seconds: max(0, isQuick ? QuickSampler.rarer(kind, a, b, u) : other()))
  }

  /// ``quantile(_:)`` of an exponential or a normal law, in one place. By its parts: a whole sampler would be copied.
  @usableFromInline @inline(never)
  static func rarer(_ kind: Sampler.Kind, _ a: Double, _ b: Double, _ u: Double) -> Double {
    kind == .exponential ? a * ExponentialTable.shared.minusLog(1 - u) : a + b * NormalTable.shared.quantile(u)
  }

  /// What ``Sampler/quantile(_:)`` gives.
  @inlinable @inline(__always)
  public func quantile(_ u: Double) -> Double {
    if kind == .constant { return a }
    // Both u and 1 − u are on the grid of the stream, so that the difference is exact.
    if kind == .exponential { return a * ExponentialTable(rows: rows).minusLog(1 - u) }
    let x = a + b * NormalTable(rows: rows).quantile(u)
    return kind == .normal ? x : power.exp(x)
  }
}
