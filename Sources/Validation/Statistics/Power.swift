import DiscreteEvent
import Foundation

/// What a suite of a certain size can see.
public enum Power {
  /// The change of a mean that `items` see with this probability, when differences between the models spread by `deviation`.
  ///
  /// The paired t-test's (t₁₋α/₂ + t₁₋β) s ÷ √n (Chow, Shao, Wang: "Sample Size Calculations in Clinical Research", §3.1), within 1 %
  /// of the noncentral t's answer from 10 items on. Infinite for fewer than two.
  public static func detectableChange(
    items n: Int, deviation: Double, power: Double = 0.8, significance: Double = 0.05
  ) -> Double {
    guard n > 1 else { return .infinity }
    let freedom = Double(n - 1)
    let t =
      StudentT.quantile(1 - significance / 2, degreesOfFreedom: freedom)
      + StudentT.quantile(power, degreesOfFreedom: freedom)
    return t * deviation / Double(n).squareRoot()
  }

  /// `50 scenarios see a change of 0.4 four times in five`
  public static func sentence(items n: Int, of what: String, deviation: Double) -> String {
    let change = detectableChange(items: n, deviation: deviation)
    guard change.isFinite else { return "\(n) \(what) are too few to see any change" }
    return "\(n) \(what) see a change of \(Figure.number(change, 2)) four times in five"
  }

  /// The chance that retention falls below `threshold`: the base knows `known` of `questions`, the trained model forgets each with
  /// the probability `forgets`, and learns each of the others with `learns`.
  ///
  /// Exact, by the two binomial laws. O(known × unknown).
  public static func chanceOfFailing(
    known: Int, questions: Int, forgets: Double, learns: Double, threshold: Double
  ) -> Double {
    var chance = 0.0
    for lost in 0...known {
      let p = Binomial.probability(lost, of: known, forgets)
      guard p > 1e-15 else { continue }
      for gained in 0...(questions - known) where Double(known - lost + gained) < threshold * Double(known) - 1e-9 {
        chance += p * Binomial.probability(gained, of: questions - known, learns)
      }
    }
    return min(1, chance)
  }
}

/// The hypergeometric law: how many of those drawn are marked.
enum Hypergeometric {
  /// The chance of at least `k` marked ones among `drawn` of `all`, `marked` of which are.
  static func atLeast(_ k: Int, drawn: Int, marked: Int, of all: Int) -> Double {
    func choose(_ n: Int, _ k: Int) -> Double {
      guard n >= 0, (0...n).contains(k) else { return -.infinity }
      let top: Double = lgamma(Double(n + 1))
      return top - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1))
    }
    let whole = choose(all, drawn)
    guard k <= min(drawn, marked) else { return 0 }
    var chance = 0.0
    for i in max(0, k)...min(drawn, marked) {
      let ways: Double = choose(marked, i) + choose(all - marked, drawn - i)
      chance += exp(ways - whole)
    }
    return min(1, chance)
  }
}
