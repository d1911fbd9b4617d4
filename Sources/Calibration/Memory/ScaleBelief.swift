import Foundation

/// What is believed about the scale of activations (1: as the tables say) and about bad luck, on a grid.
///
/// A run fits with probability `(1 - luck) × (Φ(z) + 0.01 × (1 - Φ(z)))`, `z = (room - scale × activations) ÷ 1 GB`:
/// - `scale`: Student t with 4 degrees of freedom around 1, 0.3 to 2;
/// - `luck`: chance to run out of memory for a reason the formula does not know (a leak, a neighbour): Beta(½, 49½);
/// - 1 GB: allocator rounding and fragmentation from run to run; 1 %: it fits although the formula says no.
struct ScaleBelief: Hashable, Sendable, Codable {
  private static let scales = (0...340).map { 0.3 + Double($0) * 0.005 }
  private static let lucks = [0.0001, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6]
  private static let runSD = 1.0
  private static let unexplainedFit = 0.01
  /// 95 % quantile of Student's t with 4 degrees of freedom.
  private static let t95 = 2.131847

  /// Logs of the weights, scale by scale, for each of them luck by luck; not normalised.
  private var logWeights: [Double]

  /// - Parameter halfWidth90: half of the 90 % interval of the scale.
  init(halfWidth90: Double) {
    let unit = max(1e-6, halfWidth90) / Self.t95
    logWeights = []
    logWeights.reserveCapacity(Self.scales.count * Self.lucks.count)
    for scale in Self.scales {
      let t = (scale - 1) / unit
      let prior = -2.5 * log(1 + t * t / 4)
      for luck in Self.lucks {
        // Beta(½, 49½) on a grid that is about even in log(luck): density × luck.
        logWeights.append(prior + 0.5 * log(luck) + 48.5 * log(1 - luck))
      }
    }
  }

  /// The 5 %, 50 % and 95 % quantiles of the scale.
  var interval: (low: Double, median: Double, high: Double) {
    let weights = scaleWeights()
    return (Self.quantile(0.05, weights), Self.quantile(0.5, weights), Self.quantile(0.95, weights))
  }

  /// - Parameters: GB left for activations, and GB they need at scale 1.
  func probabilityFits(room: Double, activations: Double) -> Double {
    let weights = normalised()
    var sum = 0.0
    for (i, scale) in Self.scales.enumerated() {
      let fits = Self.explainedFit(room: room, activations: activations, scale: scale)
      for (j, luck) in Self.lucks.enumerated() { sum += weights[i * Self.lucks.count + j] * (1 - luck) * fits }
    }
    return min(1, max(0, sum))
  }

  /// Bayes' rule for Bernoulli outcomes.
  mutating func update(room: Double, activations: Double, fitted: Int, outOfMemory: Int) {
    for (i, scale) in Self.scales.enumerated() {
      let explained = Self.explainedFit(room: room, activations: activations, scale: scale)
      for (j, luck) in Self.lucks.enumerated() {
        let fits = (1 - luck) * explained
        logWeights[i * Self.lucks.count + j] += Double(fitted) * log(fits) + Double(outOfMemory) * log(1 - fits)
      }
    }
  }

  private static func explainedFit(room: Double, activations: Double, scale: Double) -> Double {
    let z = (room - scale * activations) / runSD
    let normal = 0.5 * erfc(-z / 2.0.squareRoot())
    return normal + unexplainedFit * (1 - normal)
  }

  private func normalised() -> [Double] {
    let top = logWeights.max() ?? 0
    let weights = logWeights.map { exp($0 - top) }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
  }

  private func scaleWeights() -> [Double] {
    let weights = normalised()
    let n = Self.lucks.count
    return Self.scales.indices.map { weights[($0 * n)..<($0 * n + n)].reduce(0, +) }
  }

  /// Interpolated within the grid's cells.
  private static func quantile(_ p: Double, _ weights: [Double]) -> Double {
    var below = 0.0
    for (scale, weight) in zip(scales, weights) {
      if below + weight >= p, weight > 0 { return scale + ((p - below) / weight - 0.5) * 0.005 }
      below += weight
    }
    return scales.last ?? 1
  }
}
