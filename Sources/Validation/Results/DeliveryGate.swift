/// Whether a model may be handed to a client.
public struct DeliveryGate: Hashable, Sendable, Codable {
  public enum Verdict: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
    case allow
    /// Somebody has to look at it first.
    case review
    /// Not without a manager's override.
    case block

    public static func < (a: Verdict, b: Verdict) -> Bool {
      let order = allCases
      return (order.firstIndex(of: a) ?? 0) < (order.firstIndex(of: b) ?? 0)
    }
  }

  public var verdict: Verdict
  /// Why, in sentences; for ``Verdict/allow`` what was looked at.
  public var reasons: [String]

  public init(_ verdict: Verdict, _ reasons: [String]) { (self.verdict, self.reasons) = (verdict, reasons) }

  /// The most severe of several gates; the reasons of those that are not passed come first.
  public static func all(_ gates: [DeliveryGate]) -> DeliveryGate {
    let ordered = gates.sorted { $0.verdict > $1.verdict }
    return DeliveryGate(ordered.first?.verdict ?? .allow, ordered.flatMap(\.reasons))
  }

  /// Story 6.1.1: 20 % and more may go; less needs a retry, and what is surely worse than its base is blocked.
  public static func perplexity(_ overall: Comparison) -> DeliveryGate {
    let said = "perplexity \(Figure.percent(overall.improvement_percent)) better"
    if let high = overall.interval_percent?.high, high < 0 {
      return DeliveryGate(
        .block,
        [
          "perplexity is worse than the base model's: \(Figure.percent(overall.improvement_percent)) (95 %: up to \(Figure.percent(high)))"
        ])
    }
    if overall.badge == Badge.perplexity.lowest {
      // A badge that was withheld says why: what was measured may lie well above the threshold.
      guard overall.improvement_percent < 20 else {
        return DeliveryGate(.review, ["\(said), but \(overall.note ?? "it may be luck"): needs more to tell it by"])
      }
      return DeliveryGate(.review, ["\(said), below 20 %: needs a retry"])
    }
    return DeliveryGate(.allow, [said])
  }

  /// Story 6.2.2: blocked from a tenth of the scenarios on, or by one major regression.
  public static func regressions(_ found: [Regression], of items: Int) -> DeliveryGate {
    let counted = found.filter(\.is_counted)
    let major = counted.filter { $0.severity == .major }
    var reasons: [String] = []
    if !major.isEmpty {
      reasons.append(
        "\(major.count) major \(major.count == 1 ? "regression" : "regressions"): \(major.map(\.item).joined(separator: ", "))"
      )
    }
    if items > 0, counted.count * 10 >= items {
      reasons.append("\(counted.count) of \(items) scenarios regressed, 10 % and more")
    }
    if !reasons.isEmpty { return DeliveryGate(.block, reasons) }
    guard !counted.isEmpty else { return DeliveryGate(.allow, ["no scenario regressed beyond the judge's noise"]) }
    return DeliveryGate(.allow, [Regression.warning(counted)])
  }

  /// Stories 6.3.1 and 6.3.2: blocked below 90 %, reviewed below 95 %; and nothing critical may be forgotten.
  public static func retention(_ all: PairedProportions, criticalLost: [String]) -> DeliveryGate {
    guard let retention = all.retention else {
      return DeliveryGate(.review, ["the base model had no question right: retention cannot be told"])
    }
    let said = "retention \(Figure.percent(100 * retention)) (\(all.trained)/\(all.base))"
    var gates: [DeliveryGate] = []
    switch Badge.retention.badge(retention).code {
    case "passed": gates.append(DeliveryGate(.allow, [said]))
    case "warning": gates.append(DeliveryGate(.review, ["\(said), below 95 %: minor knowledge loss"]))
    default: gates.append(DeliveryGate(.block, ["\(said), below 90 %: catastrophic forgetting"]))
    }
    if !criticalLost.isEmpty {
      gates.append(
        DeliveryGate(
          .block,
          ["critical knowledge was lost, of which all must stay: \(criticalLost.joined(separator: ", ")); retrain"]))
    }
    return .all(gates)
  }

  /// The stories block nothing for a voice; what needs improvement is looked at first.
  public static func voice(_ score: Double, _ badge: Badge) -> DeliveryGate {
    let said = "voice \(Figure.number(score, 2))/5 (\(Figure.percent(score * 20)) alignment)"
    return badge == Badge.voice.lowest ? DeliveryGate(.review, ["\(said), below 80 %"]) : DeliveryGate(.allow, [said])
  }
}
