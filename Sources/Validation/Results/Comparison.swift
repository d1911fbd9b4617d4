// swift-format-ignore-file: AlwaysUseLowerCamelCase

/// Base and trained model over some items: how much better, how sure that is, and what the stories call it.
public struct Comparison: Hashable, Sendable, Codable {
  /// What the items have in common: `["persona": "Anxious Investor"]`; empty: all of them.
  public var group: [String: String]
  /// Conversations or scenarios.
  public var count: Int
  public var base: Double
  public var trained: Double
  public var improvement_percent: Double
  /// 95 %, of what was measured here; nil: too few to say.
  public var interval_percent: Interval?
  /// How often an unchanged model would look as much better, corrected for the other groups of the same breakdown.
  public var chance_of_luck: Double?
  /// How likely the true improvement lies below the badge's threshold.
  public var chance_below_threshold: Double?
  /// Fewer than ``Comparison/fewest``: what was measured is drawn towards what the margins say, and there is no badge.
  public var is_shrunk: Bool
  public var badge: Badge?
  /// Why there is no badge, or none better than the lowest.
  public var note: String?

  /// Fewer items than this say little by themselves.
  public static let fewest = 5
  /// Above this chance of luck nothing is called an improvement: where the 95 % interval begins to hold no change at all, on its one side.
  public static let greatestLuck = 0.025
}

/// One conversation or scenario, with what both models made of it.
public struct PairedItem: Hashable, Sendable {
  public var id: String
  public var sums: PairedSums
  public var groups: [Suite.Dimension: String]

  public init(id: String, sums: PairedSums, groups: [Suite.Dimension: String] = [:]) {
    (self.id, self.sums, self.groups) = (id, sums, groups)
  }
}

/// Compares two models over items, in all and by group.
public struct Comparer: Sendable {
  public var measure: Measure
  public var seed: UInt64
  /// nil: the stories give no badge for this.
  public var badges: Badge.Family?

  public init(_ measure: Measure, seed: UInt64 = 1) {
    (self.measure, self.seed, badges) = (measure, seed, measure.badges)
  }

  /// All items together.
  ///
  /// - Parameter key: what is compared, where the same items are compared several times (a scale).
  public func overall(_ items: [PairedItem], key: String = "all") -> Comparison {
    finish([draft(items, group: [:], expected: nil, key: key)])[0]
  }

  /// Several comparisons of one family: their chances of luck are corrected for each other (Holm).
  public func family(_ groups: [(group: [String: String], items: [PairedItem])], key: String) -> [Comparison] {
    finish(
      groups.map { draft($0.items, group: $0.group, expected: nil, key: "\(key)/\($0.group.values.sorted())") })
  }

  /// The items of each value of a dimension, by name.
  public func breakdown(_ items: [PairedItem], by dimension: Suite.Dimension) -> [Comparison] {
    guard !items.isEmpty else { return [] }
    let whole = measure.gain(items.map(\.sums).total)
    let groups = Dictionary(grouping: items.filter { $0.groups[dimension] != nil }) { $0.groups[dimension] ?? "" }
    return finish(
      groups.sorted { $0.key < $1.key }.map { name, members in
        draft(members, group: [dimension.rawValue: name], expected: whole, key: "\(dimension.rawValue)/\(name)")
      })
  }

  /// The cells of two dimensions that have items; a thin one is drawn to what its row and column say together.
  public func matrix(_ items: [PairedItem], _ rows: Suite.Dimension, _ columns: Suite.Dimension) -> [Comparison] {
    guard !items.isEmpty else { return [] }
    func gain(_ members: [PairedItem]) -> Double { measure.gain(members.map(\.sums).total) }
    let whole = gain(items)
    let inRow = Dictionary(grouping: items) { $0.groups[rows] ?? "" }
    let inColumn = Dictionary(grouping: items) { $0.groups[columns] ?? "" }
    var drafts: [Draft] = []
    for (row, rowItems) in inRow.sorted(by: { $0.key < $1.key }) where !row.isEmpty {
      for (column, columnItems) in inColumn.sorted(by: { $0.key < $1.key }) where !column.isEmpty {
        let members = rowItems.filter { $0.groups[columns] == column }
        guard !members.isEmpty else { continue }
        drafts.append(
          draft(
            members, group: [rows.rawValue: row, columns.rawValue: column],
            expected: gain(rowItems) + gain(columnItems) - whole, key: "\(row)/\(column)"))
      }
    }
    return finish(drafts)
  }

  private struct Draft {
    var comparison: Comparison
    var bootstrap: PairedBootstrap
    var luck: Double?
  }

  private func draft(_ items: [PairedItem], group: [String: String], expected: Double?, key: String) -> Draft {
    let clusters = items.map(\.sums)
    let sums = clusters.total
    let bootstrap = PairedBootstrap(clusters, seed: seed, key: key, statistic: measure.improvement)
    let isShrunk = expected != nil && items.count < Comparison.fewest
    var improvement = measure.improvement(sums)
    if isShrunk, let expected {
      let weight = Double(items.count) / Double(items.count + Comparison.fewest)
      let gain = weight * measure.gain(sums) + (1 - weight) * expected
      improvement = measure.improvement(gain: gain, base: measure.base(sums))
    }
    return Draft(
      comparison: Comparison(
        group: group, count: items.count, base: measure.base(sums), trained: measure.trained(sums),
        improvement_percent: improvement, interval_percent: bootstrap.interval(), is_shrunk: isShrunk),
      bootstrap: bootstrap,
      luck: isShrunk ? nil : SwapTest.chance(clusters, seed: seed, key: key, statistic: measure.gain))
  }

  private func finish(_ drafts: [Draft]) -> [Comparison] {
    var corrected = MultipleComparisons.holm(drafts.compactMap(\.luck))[...]
    return drafts.map { draft in
      var row = draft.comparison
      guard draft.luck != nil, let luck = corrected.popFirst() else {
        row.note = "fewer than \(Comparison.fewest): drawn towards the rest, no badge"
        return row
      }
      row.chance_of_luck = luck
      guard let badges else { return row }
      let earned = badges.badge(row.improvement_percent)
      if earned != badges.lowest, luck > Comparison.greatestLuck {
        row.badge = badges.lowest
        row.note = "\(earned.text) is withheld: an unchanged model does as well in \(Figure.chance(luck)) cases"
      } else {
        row.badge = earned
        row.chance_below_threshold = earned.threshold.flatMap { draft.bootstrap.share(below: $0) }
      }
      return row
    }
  }
}
