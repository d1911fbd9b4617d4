import Foundation

/// What is compared, as functions of sums: so one bootstrap and one test serve both.
public enum Measure: String, Hashable, Sendable, Codable, CaseIterable {
  /// Sums of losses, weights are tokens; perplexity is the exponential of the mean, and less is better.
  case perplexity
  /// Sums of mean scores, weights are items; more is better.
  case score

  public func base(_ sums: PairedSums) -> Double { value(sums.base, sums.weight) }
  public func trained(_ sums: PairedSums) -> Double { value(sums.trained, sums.weight) }

  private func value(_ sum: Double, _ weight: Double) -> Double {
    self == .perplexity ? exp(sum / weight) : sum / weight
  }

  /// How much better, on a scale on which groups add up: the fall of the mean loss, or the rise of the mean score.
  public func gain(_ sums: PairedSums) -> Double {
    (self == .perplexity ? sums.base - sums.trained : sums.trained - sums.base) / sums.weight
  }

  /// The stories' improvement in per cent: (base − trained) ÷ base of perplexities, (trained − base) ÷ base of scores.
  public func improvement(_ sums: PairedSums) -> Double { improvement(gain: gain(sums), base: base(sums)) }

  /// The same from a gain, where a base of perplexity 20 or of score 3 is what it is measured by.
  func improvement(gain: Double, base: Double) -> Double {
    self == .perplexity ? 100 * (1 - exp(-gain)) : 100 * gain / base
  }

  var badges: Badge.Family { self == .perplexity ? Badge.perplexity : Badge.emotionalIntelligence }
}
