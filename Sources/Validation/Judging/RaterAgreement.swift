/// How far people who scored the same answers agree, scale by scale.
public enum RaterAgreement {
  /// Krippendorff's alpha over the scores, which are ranks; empty where fewer than two people scored.
  ///
  /// - Parameter verdicts: models' among them count nowhere.
  public static func of(_ verdicts: [Verdict], _ suite: Suite) -> [ValidationDocument.Agreement] {
    let people = verdicts.filter { $0.isPerson && $0.scores != nil }
    let raters = Set(people.map(\.judge)).count
    guard raters > 1 else { return [] }
    return suite.rubric.map { scale in
      var units: [String: [Double]] = [:]
      for verdict in people {
        for side in ModelSide.allCases {
          guard let score = verdict.score(side, scale.id) else { continue }
          units["\(verdict.item)/\(verdict.draw ?? 0)/\(side)", default: []].append(score)
        }
      }
      return ValidationDocument.Agreement(
        scale: scale.id, raters: raters,
        alpha: KrippendorffAlpha.alpha(units.sorted { $0.key < $1.key }.map(\.value), .ordinal))
    }
  }
}
