import DiscreteEvent
import Testing

/// Mean and spread of independent values, one a replication.
struct Sample: Sendable {
  var values: [Double] = []
  var count: Int { values.count }
  var mean: Double { values.reduce(0, +) / Double(max(1, count)) }
  var variance: Double {
    let m = mean
    return values.reduce(0) { $0 + ($1 - m) * ($1 - m) } / Double(max(1, count - 1))
  }
  var standardError: Double { (variance / Double(count)).squareRoot() }

  /// Deviation of the mean from what is expected, in standard errors; with the true standard deviation where it is known.
  func z(_ expected: Double, sd: Double? = nil) -> Double {
    let error = sd.map { $0 / Double(count).squareRoot() } ?? standardError
    return error > 0 ? (mean - expected) / error : abs(mean - expected) < 1e-9 * max(1, abs(expected)) ? 0 : .infinity
  }

  /// The same for the variance, by the sample's own fourth moment.
  func zOfVariance(_ expected: Double) -> Double {
    let m = mean
    let squares = Sample(values: values.map { ($0 - m) * ($0 - m) * Double(count) / Double(count - 1) })
    return squares.z(expected)
  }
}

/// Deviation of a relative frequency from a probability; nil where too few or too many are expected to tell.
func binomialZ(_ hits: Int, of n: Int, _ p: Double, other: Int? = nil) -> Double? {
  guard p > 0, p < 1, Double(n) * p >= 20, Double(n) * (1 - p) >= 20 else { return nil }
  var variance = p * (1 - p) / Double(n)
  // The expected value is itself a frequency of so many.
  if let other { variance += p * (1 - p) / Double(other) }
  return (Double(hits) / Double(n) - p) / variance.squareRoot()
}

/// Notes and checks a relative frequency against a probability. Where too few are expected for a normal law, the count
/// must lie where a Poisson law has it but once in thirty thousand, and no deviation is noted.
func report(
  _ id: String, _ key: String, hits: Int, of n: Int, _ probability: Double, other: Int? = nil,
  _ source: SourceLocation = #_sourceLocation
) {
  let p = min(probability, 1)
  if let z = binomialZ(hits, of: n, p, other: other) { return report(id, key, z, source) }
  let rare = p < 0.5 ? hits : n - hits
  let expected = max(1e-12, Double(n) * min(p, 1 - p))
  // P(X ≥ k) = P(k, λ) and P(X ≤ k) = Q(k + 1, λ).
  let high = rare == 0 ? 1 : IncompleteGamma.lower(Double(rare), expected)
  let low = IncompleteGamma.upper(Double(rare + 1), expected)
  OracleReport.shared.analytic(id, key)
  #expect(min(high, low) > 3e-5, "\(id) \(key): \(rare) where \(expected) are expected", sourceLocation: source)
}

/// Notes and checks one deviation.
func report(_ id: String, _ key: String, _ z: Double?, _ source: SourceLocation = #_sourceLocation) {
  guard let z else { return }
  OracleReport.shared.simulated(id, key, z: z)
  #expect(abs(z) <= 4, "\(id) \(key): z = \(z)", sourceLocation: source)
}
