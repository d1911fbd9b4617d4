import DiscreteEvent
import Foundation
import Validation

extension PresetEffect {
  /// Values of one kind of job on both sides: only those are compared with each other.
  struct Stratum {
    var usual: [Double] = []
    var other: [Double] = []
  }

  /// The difference of two shares, from so many that succeeded of so many.
  ///
  /// Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions" (1998), method 10.
  static func success(
    usual: (hits: Int, count: Int), other: (hits: Int, count: Int), confidence: Double
  ) -> PresetEffect {
    var effect = PresetEffect(measure: .success, usual_jobs: usual.count, jobs: other.count)
    guard min(usual.count, other.count) >= PresetStudy.fewest else { return effect }
    let z = StandardNormal.quantile(0.5 + confidence / 2)
    let (a, b) = (Double(usual.hits) / Double(usual.count), Double(other.hits) / Double(other.count))
    let of = Wilson.interval(Double(usual.hits), of: Double(usual.count), z: z)
    let than = Wilson.interval(Double(other.hits), of: Double(other.count), z: z)
    effect.difference = b - a
    effect.low = b - a - ((b - than.low) * (b - than.low) + (of.high - a) * (of.high - a)).squareRoot()
    effect.high = b - a + ((than.high - b) * (than.high - b) + (a - of.low) * (a - of.low)).squareRoot()
    return effect
  }

  /// The ratio of two geometric means less 1, from logarithms: each kind of job compared with its like, weighted by how much it says, with one
  /// variance for all.
  ///
  /// Source: least squares of an additive two-way layout with unequal numbers, S. R. Searle, "Linear Models" (1971), chapter 7; its residual
  /// variance is that within the cells.
  static func ratio(_ measure: Measure, _ strata: [Stratum], confidence: Double) -> PresetEffect {
    let both = strata.filter { !$0.usual.isEmpty && !$0.other.isEmpty }
    var effect = PresetEffect(
      measure: measure, usual_jobs: both.reduce(0) { $0 + $1.usual.count }, jobs: both.reduce(0) { $0 + $1.other.count }
    )
    guard min(effect.usual_jobs, effect.jobs) >= PresetStudy.fewest else { return effect }
    let freedom = effect.usual_jobs + effect.jobs - 2 * both.count
    guard freedom >= 5 else { return effect }
    var (sum, weights, squares) = (0.0, 0.0, 0.0)
    for stratum in both {
      let (a, b) = (mean(stratum.usual), mean(stratum.other))
      let (n, m) = (Double(stratum.usual.count), Double(stratum.other.count))
      sum += n * m / (n + m) * (b - a)
      weights += n * m / (n + m)
      squares += stratum.usual.reduce(0) { $0 + ($1 - a) * ($1 - a) }
      squares += stratum.other.reduce(0) { $0 + ($1 - b) * ($1 - b) }
    }
    let middle = sum / weights
    let t = StudentT.quantile(0.5 + confidence / 2, degreesOfFreedom: Double(freedom))
    let half = t * (squares / Double(freedom) / weights).squareRoot()
    (effect.difference, effect.low, effect.high) = (expm1(middle), expm1(middle - half), expm1(middle + half))
    return effect
  }

  private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  private init(measure: Measure, usual_jobs: Int, jobs: Int) {
    (self.measure, self.usual_jobs, self.jobs) = (measure, usual_jobs, jobs)
  }

  /// `cost -23.1% (-31.0 to -14.2)`.
  var sentence: String {
    guard let difference, let low, let high else {
      return "\(measure.rawValue) not known (\(usual_jobs) and \(jobs) jobs)"
    }
    func text(_ x: Double) -> String { String(format: "%+.1f", x * 100) }
    return
      "\(measure.rawValue) \(text(difference))\(measure == .success ? " points" : "%") (\(text(low)) to \(text(high)))"
  }
}
