/// How a pod is paid for: taken back at any time at a low rate, or kept at a high one.
public enum Pricing: UInt8, CaseIterable, Hashable, Sendable, BitwiseCopyable, Codable {
  case spot
  case onDemand

  /// As it stands in files and on the wire; what was written before it had words was a number.
  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let raw = try? value.decode(UInt8.self), let pricing = Pricing(rawValue: raw) {
      self = pricing
      return
    }
    switch try value.decode(String.self) {
    case "spot": self = .spot
    case "on_demand": self = .onDemand
    case let word:
      throw DecodingError.dataCorruptedError(in: value, debugDescription: "'\(word)' is neither spot nor on_demand")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    try value.encode(self == .spot ? "spot" : "on_demand")
  }
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
