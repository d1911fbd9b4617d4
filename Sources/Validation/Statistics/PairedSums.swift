/// What was measured of one cluster (a conversation, a scenario), or of many: sums over base and trained model.
public struct PairedSums: Hashable, Sendable {
  public var base: Double
  public var trained: Double
  /// What the sums are divided by: tokens, or the number of scores.
  public var weight: Double

  public init(base: Double, trained: Double, weight: Double = 1) {
    (self.base, self.trained, self.weight) = (base, trained, weight)
  }

  public static func + (a: PairedSums, b: PairedSums) -> PairedSums {
    PairedSums(base: a.base + b.base, trained: a.trained + b.trained, weight: a.weight + b.weight)
  }

  static func - (a: PairedSums, b: PairedSums) -> PairedSums {
    PairedSums(base: a.base - b.base, trained: a.trained - b.trained, weight: a.weight - b.weight)
  }

  static let nothing = PairedSums(base: 0, trained: 0, weight: 0)

  /// The same cluster, had the two models changed their names.
  var swapped: PairedSums { PairedSums(base: trained, trained: base, weight: weight) }
}

extension Sequence where Element == PairedSums {
  public var total: PairedSums { reduce(.nothing, +) }
}
