/// What something cost, by its parts. They come to the total, to the nanodollar, or there is no such value.
public struct CostParts: Sendable, Equatable {
  /// One amount and its name.
  public struct Part: Sendable, Equatable {
    public var name: String
    public var nanodollars: Int64

    public init(_ name: String, nanodollars: Int64) {
      self.name = name
      self.nanodollars = nanodollars
    }
  }

  public let parts: [Part]
  public let total: Int64

  /// - Throws: ``ReportsError`` where the parts don't add up to the total.
  public init(_ parts: [Part], total: Int64) throws {
    var sum: Int64 = 0
    for part in parts {
      let (next, overflow) = sum.addingReportingOverflow(part.nanodollars)
      guard !overflow else { throw ReportsError("the parts of the cost are beyond any sum of money") }
      sum = next
    }
    guard sum == total else {
      throw ReportsError(
        "the parts of the cost come to \(ExactDollars.text(sum)) US dollars, the total is \(ExactDollars.text(total))")
    }
    self.parts = parts
    self.total = total
  }

  /// In cents, so that what is printed adds up too: each part is rounded down, and the cents that are left go to the parts that lost most
  /// (largest remainder).
  public var cents: [Int64] {
    let unit: Int64 = 10_000_000
    let target = Money.cents(total)
    var cents = parts.map { Int64((Double($0.nanodollars) / Double(unit)).rounded(.down)) }
    let order = parts.indices.sorted {
      let one = parts[$0].nanodollars - cents[$0] * unit
      let other = parts[$1].nanodollars - cents[$1] * unit
      return (one, -$0) > (other, -$1)
    }
    var left = target - cents.reduce(0, +)
    for index in order where left > 0 {
      cents[index] += 1
      left -= 1
    }
    return cents
  }
}

/// Nanodollars, written.
public enum Money {
  static func cents(_ nanodollars: Int64) -> Int64 {
    let (quotient, remainder) = nanodollars.quotientAndRemainder(dividingBy: 10_000_000)
    return quotient + (remainder >= 5_000_000 ? 1 : remainder <= -5_000_000 ? -1 : 0)
  }

  /// `$1,243.18`
  public static func text(_ nanodollars: Int64) -> String { text(cents: cents(nanodollars)) }

  static func text(cents: Int64) -> String {
    let digits = ChartUnit.grouped(Double(cents.magnitude / 100), decimals: 0)
    let rest = cents.magnitude % 100
    return "\(cents < 0 ? "−" : "")$\(digits).\(rest < 10 ? "0" : "")\(rest)"
  }
}
