/// How a pod is paid for: taken back at any time at a low rate, or kept at a high one.
public enum Pricing: UInt8, CaseIterable, Hashable, Sendable, BitwiseCopyable, Codable {
  case spot
  case onDemand
}

/// One value for each ``Pricing``.
public struct ByPricing<Value> {
  public var spot: Value
  public var onDemand: Value
  public init(spot: Value, onDemand: Value) {
    self.spot = spot
    self.onDemand = onDemand
  }
  /// The same value for both.
  public init(_ both: Value) { self.init(spot: both, onDemand: both) }
  @inlinable public subscript(pricing: Pricing) -> Value {
    get { pricing == .spot ? spot : onDemand }
    set { if pricing == .spot { spot = newValue } else { onDemand = newValue } }
  }
}
extension ByPricing: Sendable where Value: Sendable {}
extension ByPricing: BitwiseCopyable where Value: BitwiseCopyable {}
extension ByPricing: Equatable where Value: Equatable {}
extension ByPricing: Hashable where Value: Hashable {}
extension ByPricing: Codable where Value: Codable {}
