/// Finds what a person probably meant by a name that is not known.
public enum NearestName {
  /// The candidate with the least edit distance (insertions, deletions, substitutions, swaps of neighbours) to `name`, if
  /// it is near enough to be a slip: a third of the name's length, but at least 2.
  ///
  /// - Complexity: O(candidates × length²); only the first 64 characters count.
  public static func of(_ name: String, in candidates: some Sequence<String>) -> String? {
    let wanted = Array(name.lowercased().prefix(64))
    var best: (name: String, distance: Int)?
    for candidate in candidates {
      let distance = distance(wanted, Array(candidate.lowercased().prefix(64)))
      if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    guard let best, best.distance <= max(2, wanted.count / 3), best.distance < max(wanted.count, 1) else { return nil }
    return best.name
  }

  /// Optimal string alignment.
  static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var (before, previous) = ([Int](), Array(0...b.count))
    for i in a.indices {
      var current = [i + 1]
      current.reserveCapacity(b.count + 1)
      for j in b.indices {
        var least = min(previous[j + 1] + 1, current[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, before[j - 1] + 1) }
        current.append(least)
      }
      (before, previous) = (previous, current)
    }
    return previous[b.count]
  }
}
