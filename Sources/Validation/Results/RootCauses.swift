/// What items that went wrong have in common.
enum RootCauses {
  /// Groups that hold at least two and half of them, with the chance that as many fall there at random.
  ///
  /// `2 of 3 regressions involve persona 'Pragmatic Skeptic' (10 of 50 items are of it; by chance alone: 1 in 10)`
  static func find(_ wrong: [Suite.Item], among all: [Suite.Item], of what: String) -> [String] {
    guard wrong.count > 1 else { return [] }
    return Suite.Dimension.allCases.flatMap { dimension -> [String] in
      let groups = Dictionary(grouping: wrong.compactMap { $0.group(dimension) }) { $0 }.mapValues(\.count)
      return groups.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.compactMap { name, count in
        let members = all.count { $0.group(dimension) == name }
        guard count > 1, 2 * count >= wrong.count, members < all.count else { return nil }
        let luck = Hypergeometric.atLeast(count, drawn: wrong.count, marked: members, of: all.count)
        let advice = luck <= Comparison.greatestLuck ? " - may need more training data" : ""
        return
          "\(count) of \(wrong.count) \(what) involve \(dimension.words) '\(name)' (\(members) of \(all.count) items are of it; "
          + "by chance alone: \(Figure.chance(luck)))\(advice)"
      }
    }
  }
}

extension Suite.Dimension {
  var words: String { self == .emotionalArc ? "emotional arc" : rawValue }
}
