/// A ``Law`` compiled for the simulation loop.
public struct Sampler: Sendable {
  public let law: Law
  public init(_ law: Law) { self.law = law }
  /// The value at probability `u` in (0, 1).
  public func quantile(_ u: Double) -> Double { law.quantile(u) }
  /// One sample as a span; a negative value becomes zero.
  public func span(_ stream: inout RandomStream) -> Span {
    let x = quantile(stream.uniform())
    return Span(seconds: x > 0 ? x : 0)
  }
}
