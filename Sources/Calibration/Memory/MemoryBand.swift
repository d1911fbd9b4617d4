/// Peak GPU memory as a 90 % interval, in GB (10⁹ bytes).
public struct MemoryBand: Hashable, Sendable, Codable {
  /// 1 chance in 20 to need less.
  public var low: Double
  public var median: Double
  /// 1 chance in 20 to need more.
  public var high: Double
  public init(low: Double, median: Double, high: Double) {
    self.low = low
    self.median = median
    self.high = high
  }
}
