import Engine

/// The figures that the user stories print on a preset's card: quoted, never measured. An estimate names them where it
/// differs from them; a calibration starts from them only where nothing better is known.
public struct PresetCard: Hashable, Sendable, Codable {
  /// Both ends of a quoted range.
  public struct Range: Hashable, Sendable, Codable {
    public var low: Double
    public var high: Double
    public init(_ low: Double, _ high: Double) {
      self.low = low
      self.high = high
    }
  }

  public var preset: Preset
  public var hours: Range
  /// US dollars.
  public var cost: ByPricing<Range>
  public var successRate: Double
  /// Where the figures come from.
  public var source: String

  /// The card of a preset; nil for a custom configuration.
  public static func card(for preset: Preset) -> PresetCard? { all.first { $0.preset == preset } }

  /// The three cards of story 1.1.2.
  public static let all: [PresetCard] = [
    PresetCard(
      preset: .conservative, hours: Range(8, 10),
      cost: ByPricing(spot: Range(25, 30), onDemand: Range(80, 120)), successRate: 0.98, source: story),
    PresetCard(
      preset: .balanced, hours: Range(12, 15),
      cost: ByPricing(spot: Range(50, 60), onDemand: Range(120, 140)), successRate: 0.96, source: story),
    PresetCard(
      preset: .aggressive, hours: Range(18, 20),
      cost: ByPricing(spot: Range(80, 100), onDemand: Range(200, 240)), successRate: 0.92, source: story),
  ]

  /// One line on why an estimate differs from the card; nil where the median cost lies within the card's range.
  ///
  /// - Parameters: the estimate's median hours and dollars, the hourly rate it reckons with, and its optimizer steps.
  public func difference(
    hours median: Double, cost dollars: Double, hourlyRate: Double, pricing: Pricing, steps: Int? = nil
  ) -> String? {
    let quoted = cost[pricing]
    guard dollars < quoted.low || dollars > quoted.high else { return nil }
    func whole(_ x: Double) -> String { String(Int(x.rounded())) }
    let rate = "$\(Int(hourlyRate * 100 + 0.5) / 100).\(String(Int(hourlyRate * 100 + 0.5) % 100 + 100).dropFirst())"
    let paid = "\(whole(hours.low))–\(whole(hours.high)) h at \(rate)/h are "
    let worth = "$\(whole(hours.low * hourlyRate))–\(whole(hours.high * hourlyRate))"
    return "The \(preset.rawValue) card quotes \(whole(hours.low))–\(whole(hours.high)) h and "
      + "$\(whole(quoted.low))–\(whole(quoted.high)) (\(source)); " + paid + worth
      + ", and this run is expected to take \(PresetCard.time(median))\(steps.map { " for its \($0) steps" } ?? "")."
  }

  private static func time(_ hours: Double) -> String {
    hours < 1 ? "\(max(1, Int((hours * 60).rounded()))) min" : "\(Int(hours.rounded())) h"
  }

  private static let story = "user stories, 1.1.2 (unverified)"
}
