import CGSL

/// Group means that are drawn towards each other: normal within groups, normal between them.
///
/// `θ_i = w_i y_i + (1 − w_i) μ`, `w_i = τ² ÷ (τ² + σ²/n_i)`, μ the mean weighted by 1 ÷ (τ² + σ²/n_i)
/// (Gelman et al.: Bayesian Data Analysis, 3rd ed., §5.4). In the unit of the means.
struct NormalPooling: Sendable, Hashable {
  /// The mean of the groups, and its standard error.
  let mean: Double
  let standardError: Double
  /// Each group's pooled mean, its standard deviation, and the weight of its own data.
  let groups: [Double]
  let deviations: [Double]
  let weights: [Double]

  /// - Parameters:
  ///   - means: one a group, at least one.
  ///   - counts: observations behind each mean; 0: a group of which nothing is known.
  ///   - sigma: standard deviation within groups.
  ///   - tau: standard deviation between groups.
  init(means: [Double], counts: [Int], sigma: Double, tau: Double) {
    precondition(means.count == counts.count && counts.contains { $0 > 0 })
    let between = tau * tau
    let errors = counts.map { $0 > 0 ? sigma * sigma / Double($0) : .infinity }
    let precisions = errors.map { $0.isInfinite ? 0 : 1 / max(between + $0, .leastNormalMagnitude) }
    let total = precisions.reduce(0, +)
    let mu = zip(precisions, means).reduce(0) { $0 + ($1.0 > 0 ? $1.0 * $1.1 : 0) } / total
    let own = errors.map { $0.isInfinite ? 0 : (between + $0 > 0 ? between / (between + $0) : 0) }
    mean = mu
    standardError = (1 / total).squareRoot()
    weights = own
    groups = zip(own, means).map { $0 > 0 ? $0 * $1 + (1 - $0) * mu : mu }
    deviations = zip(own, errors).map { w, e in
      ((w > 0 ? w * e : between) + (1 - w) * (1 - w) / total).squareRoot()
    }
  }

  /// The spread between groups by the method of moments (DerSimonian, Laird: Controlled Clinical Trials 7, 1986);
  /// 0 where the means differ no more than `sigma` explains.
  static func tau(means: [Double], counts: [Int], sigma: Double) -> Double {
    let seen = zip(means, counts).filter { $0.1 > 0 }
    let w = seen.map { Double($0.1) / (sigma * sigma) }
    let total = w.reduce(0, +)
    guard seen.count > 1, total.isFinite, total > 0 else { return 0 }
    let mean = zip(w, seen).reduce(0) { $0 + $1.0 * $1.1.0 } / total
    let q = zip(w, seen).reduce(0) { $0 + $1.0 * ($1.1.0 - mean) * ($1.1.0 - mean) }
    let c = total - w.reduce(0) { $0 + $1 * $1 } / total
    return c > 0 ? max(0, (q - Double(seen.count - 1)) / c).squareRoot() : 0
  }
}
