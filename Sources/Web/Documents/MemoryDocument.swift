// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

/// How much of a GPU's memory a job takes at most, by the memory model; gigabytes.
public struct MemoryDocument: Codable, Sendable {
  /// The middle case.
  public var peak_gb: Double
  /// 1 chance in 20 to need less, and to need more.
  public var low_gb, high_gb: Double
  public var capacity_gb: Double

  public init(peak_gb: Double, low_gb: Double, high_gb: Double, capacity_gb: Double) {
    (self.peak_gb, self.low_gb, self.high_gb, self.capacity_gb) = (peak_gb, low_gb, high_gb, capacity_gb)
  }

  /// As a failed job's page says it, after what the job was asked to do.
  var sentence: String {
    let figures = String(format: "~%.0fGB VRAM (9 in 10: %.0f to %.0f)", peak_gb, low_gb, high_gb)
    return peak_gb > capacity_gb
      ? "requires \(figures)"
      : "was expected to take \(figures), and took more: the model of the memory was wrong about this job"
  }
}
