#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A ``Sampler`` without tables: what a loop keeps at hand, because copying it counts no references.
@frozen
public struct QuickSampler: Sendable, BitwiseCopyable {
  @usableFromInline let kind: Sampler.Kind
  @usableFromInline let a: Double
  @usableFromInline let b: Double

  @inlinable
  init(kind: Sampler.Kind, a: Double, b: Double) {
    self.kind = kind
    self.a = a
    self.b = b
  }

  /// Whether ``quantile(_:)`` may be asked: the law is constant, lognormal or exponential, as nearly every stage of a job is.
  /// Any other goes through its sampler.
  @inlinable public var isQuick: Bool { kind == .constant || kind == .lognormal || kind == .exponential }

  /// What ``Sampler/quantile(_:)`` gives.
  @inlinable @inline(__always)
  public func quantile(_ u: Double) -> Double {
    if kind == .constant { return a }
    return kind == .lognormal ? exp(a + b * NormalTable.quantile(u)) : -a * log(1 - u)
  }
}
