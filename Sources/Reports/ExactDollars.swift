/// Sums of money in messages about sums that do not add up.
enum ExactDollars {
  /// Exactly, without a trailing zero beyond the cents: 33.1200005 dollars stay that.
  static func text(_ nanodollars: Int64) -> String {
    let sign = nanodollars < 0 ? "-" : ""
    let size = nanodollars.magnitude
    var fraction = String(size % 1_000_000_000)
    fraction = String(repeating: "0", count: 9 - fraction.count) + fraction
    while fraction.count > 2, fraction.hasSuffix("0") { fraction.removeLast() }
    return "\(sign)\(size / 1_000_000_000).\(fraction)"
  }
}
