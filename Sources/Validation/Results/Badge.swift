/// What a story calls a result: its mark and name, and from which value on.
public struct Badge: Hashable, Sendable, Codable {
  public enum Colour: String, Hashable, Sendable, Codable, CaseIterable { case green, yellow, red }

  /// A stable key: `production_ready`.
  public var code: String
  /// As the story words it: `✓ Production Ready`.
  public var text: String
  public var colour: Colour
  /// The least value that earns it; nil: the lowest badge.
  public var threshold: Double?

  fileprivate init(_ code: String, _ text: String, _ colour: Colour, _ threshold: Double?) {
    (self.code, self.text, self.colour, self.threshold) = (code, text, colour, threshold)
  }

  /// A family's badges, the best first; the last has no threshold.
  public struct Family: Sendable {
    public let badges: [Badge]
    public let lowest: Badge

    fileprivate init(_ badges: [Badge], lowest: Badge) { (self.badges, self.lowest) = (badges, lowest) }

    /// Thresholds are compared with what was measured, not with what it is rounded to for showing.
    public func badge(_ value: Double) -> Badge {
      badges.first { value >= ($0.threshold ?? -.infinity) - 1e-9 } ?? lowest
    }
  }

  /// Story 6.1.1: per cent of improvement in perplexity.
  public static let perplexity = Family(
    [
      Badge("production_ready", "✓ Production Ready", .green, 30),
      Badge("acceptable", "⚠ Acceptable Quality", .yellow, 20),
    ], lowest: Badge("below_threshold", "✗ Below Threshold", .red, nil))

  /// Story 6.2.1: per cent of improvement of the mean score.
  public static let emotionalIntelligence = Family(
    [
      Badge("exceptional", "✓ Exceptional EI", .green, 40), Badge("strong", "✓ Strong EI", .green, 30),
      Badge("moderate", "⚠ Moderate EI", .yellow, 20),
    ], lowest: Badge("needs_improvement", "✗ Needs Improvement", .red, nil))

  /// Story 6.3.1: trained ÷ base of the right answers.
  public static let retention = Family(
    [Badge("passed", "✓ Passed", .green, 0.95), Badge("warning", "⚠ Warning", .yellow, 0.90)],
    lowest: Badge("failed", "✗ Failed", .red, nil))

  /// Story 6.4.1: the mean score of all characteristics, 1 to 5.
  public static let voice = Family(
    [
      Badge("excellent", "✓ Excellent Brand Alignment", .green, 4.5),
      Badge("strong", "✓ Strong Brand Alignment", .green, 4.25),
      Badge("acceptable", "⚠ Acceptable Alignment", .yellow, 4.0),
    ], lowest: Badge("needs_improvement", "✗ Needs Improvement", .red, nil))

  /// The word for one characteristic's score (story 6.4.1: 4.5 excellent, 4.2 strong, 4.1 good, below 3 needs improvement).
  public static func word(forCharacteristic score: Double) -> String {
    switch score {
    case 4.5...: "excellent"
    case 4.2...: "strong"
    case 3.5...: "good"
    case 3...: "fair"
    default: "needs improvement"
    }
  }
}
