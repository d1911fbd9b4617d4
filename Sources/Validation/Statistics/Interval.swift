/// A confidence interval.
public struct Interval: Hashable, Sendable, Codable {
  public var low: Double
  public var high: Double

  public init(low: Double, high: Double) { (self.low, self.high) = (low, high) }

  public func contains(_ value: Double) -> Bool { low <= value && value <= high }
}
