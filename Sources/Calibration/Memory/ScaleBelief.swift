import Foundation

/// What is believed about the scale of activations (1: as the tables say) and about bad luck, on a grid.
///
/// A run fits with probability `(1 - luck) × (Φ(z) + 0.01 × (1 - Φ(z)))`, `z = (room - scale × activations) ÷ 1 GB`:
/// - `scale`: Student t with 4 degrees of freedom around 1, 0.3 to 2;
/// - `luck`: chance to run out of memory for a reason the formula does not know (a leak, a neighbour): Beta(½, 49½);
/// - 1 GB: allocator rounding and fragmentation from run to run; 1 %: it fits although the formula says no.
struct ScaleBelief: Hashable, Sendable {
  private static let scales = (0...340).map { 0.3 + Double($0) * 0.005 }
  private static let lucks = [0.0001, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6]
  private static let runSD = 1.0
  private static let unexplainedFit = 0.01
  /// 95 % quantile of Student's t with 4 degrees of freedom.
  private static let t95 = 2.131847

  /// Logs of the weights, scale by scale, for each of them luck by luck; not normalised.
  private var logWeights: [Double]
  /// By scale: its probability, and the probability of it and of no bad luck.
  private var weights: [Double] = []
  private var luckyWeights: [Double] = []

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
    normalise()
  }

  /// The 5 %, 50 % and 95 % quantiles of the scale.
  var interval: (low: Double, median: Double, high: Double) { (quantile(0.05), quantile(0.5), quantile(0.95)) }

  /// - Parameters: GB left for activations, and GB they need at scale 1.
  func probabilityFits(room: Double, activations: Double) -> Double {
    var sum = 0.0
    for (scale, weight) in zip(Self.scales, luckyWeights) {
      sum += weight * Self.explainedFit(room: room, activations: activations, scale: scale)
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
    normalise()
  }

  private static func explainedFit(room: Double, activations: Double, scale: Double) -> Double {
    let z = (room - scale * activations) / runSD
    let normal = 0.5 * erfc(-z / 2.0.squareRoot())
    return normal + unexplainedFit * (1 - normal)
  }

  private mutating func normalise() {
    let top = logWeights.max() ?? 0
    let total = logWeights.reduce(0) { $0 + exp($1 - top) }
    weights = Array(repeating: 0, count: Self.scales.count)
    luckyWeights = weights
    for i in Self.scales.indices {
      for (j, luck) in Self.lucks.enumerated() {
        let weight = exp(logWeights[i * Self.lucks.count + j] - top) / total
        weights[i] += weight
        luckyWeights[i] += weight * (1 - luck)
      }
    }
  }

  /// Interpolated within the grid's cells.
  private func quantile(_ p: Double) -> Double {
    var below = 0.0
    for (scale, weight) in zip(Self.scales, weights) {
      if below + weight >= p, weight > 0 { return scale + ((p - below) / weight - 0.5) * 0.005 }
      below += weight
    }
    return Self.scales.last ?? 1
  }
}
