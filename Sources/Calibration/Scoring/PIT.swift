import DiscreteEvent

/// The probability integral transform of an outcome under a forecast sample: uniform when forecasts are calibrated.
///
/// An outcome that ties with members of the sample lies between two values; a random point between them keeps
/// the transform uniform (Czado, Gneiting, Held: Biometrics 65, 2009).
public struct PIT: Sendable, Hashable {
  /// The share of the sample below the outcome, and at or below it.
  public var low: Double
  public var high: Double

  /// In an ascending sample. O(log n).
  public init(sorted sample: [Double], outcome y: Double) {
    precondition(!sample.isEmpty, "a forecast needs a sample")
    func count(_ isBelow: (Double) -> Bool) -> Double {
      var low = 0
      var high = sample.count
      while low < high {
        let middle = (low + high) / 2
        if isBelow(sample[middle]) { low = middle + 1 } else { high = middle }
      }
      return Double(low) / Double(sample.count)
    }
    low = count { $0 < y }
    high = count { $0 <= y }
  }

  /// A random value between the two: one number of the stream.
  public func randomised(_ stream: inout RandomStream) -> Double { low + (high - low) * stream.uniform() }

  /// The randomised transform of an outcome as one more draw of the same law: uniform even for a small sample.
  public func randomised(_ stream: inout RandomStream, sampleSize n: Int) -> Double {
    let m = Double(n)
    return (low * m + (high * m - low * m + 1) * stream.uniform()) / (m + 1)
  }

  /// How many values fall into each of `bins` equal parts of [0, 1].
  public static func histogram(_ values: [Double], bins: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: bins)
    for v in values { counts[min(bins - 1, max(0, Int(v * Double(bins))))] += 1 }
    return counts
  }
}
