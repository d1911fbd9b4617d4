import CGSL

/// The continuous ranked probability score of a forecast distribution: smaller is better, in the unit of the outcome.
///
/// `E|X − y| − ½ E|X − X′|` (Gneiting, Raftery: JASA 102, 2007).
public enum CRPS {
  /// Of a sample as an empirical distribution. O(n log n).
  public static func ensemble(_ sample: [Double], outcome y: Double) -> Double {
    ensemble(sorted: sample.sorted(), outcome: y)
  }

  /// Of a sample in ascending order, as an empirical distribution. O(n).
  public static func ensemble(sorted sample: [Double], outcome y: Double) -> Double {
    let (distance, spread) = parts(sample, y)
    let n = Double(sample.count)
    return distance - spread / (n * n)
  }

  /// Of the distribution that a sample was drawn from: unbiased in the size of the sample (Ferro: QJRMS 140, 2014).
  /// A sample of one has no spread to speak of and scores its distance. O(n log n).
  public static func fair(_ sample: [Double], outcome y: Double) -> Double {
    let (distance, spread) = parts(sample.sorted(), y)
    let n = Double(sample.count)
    return n > 1 ? distance - spread / (n * (n - 1)) : distance
  }

  /// The mean distance to `y`, and the sum of the distances of all pairs.
  private static func parts(_ sorted: [Double], _ y: Double) -> (Double, Double) {
    precondition(!sorted.isEmpty, "a forecast needs a sample")
    var distance = 0.0
    var spread = 0.0
    let n = sorted.count
    for (i, x) in sorted.enumerated() {
      distance += abs(x - y)
      spread += Double(2 * i + 1 - n) * x
    }
    return (distance / Double(n), spread)
  }

  /// Of a normal distribution.
  public static func normal(mean: Double, sd: Double, outcome y: Double) -> Double {
    guard sd > 0 else { return abs(y - mean) }
    let z = (y - mean) / sd
    let density = exp(-0.5 * z * z) * 0.398_942_280_401_432_7
    return sd * (z * (2 * gsl_cdf_ugaussian_P(z) - 1) + 2 * density - 0.564_189_583_547_756_3)
  }

  /// Of a lognormal distribution: `log X` is normal with mean `mu` and standard deviation `sigma`
  /// (Baran, Lerch: QJRMS 141, 2015).
  public static func lognormal(mu: Double, sigma: Double, outcome y: Double) -> Double {
    guard sigma > 0 else { return abs(y - exp(mu)) }
    let mean = exp(mu + sigma * sigma / 2)
    let half = gsl_cdf_ugaussian_P(sigma * 0.5.squareRoot()) - 1
    guard y > 0 else { return -y - 2 * mean * half }
    let w = (log(y) - mu) / sigma
    return y * (2 * gsl_cdf_ugaussian_P(w) - 1) - 2 * mean * (gsl_cdf_ugaussian_P(w - sigma) + half)
  }
}
