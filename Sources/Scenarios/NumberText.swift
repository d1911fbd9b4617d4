/// Reads numbers as people and other programs write them, and nothing else: no hexadecimal, infinity or NaN.
public enum NumberText {
  /// A finite decimal number; `_` may group digits.
  public static func double(_ text: String) -> Double? {
    let plain = text.contains("_") ? text.filter { $0 != "_" } : text
    guard !plain.isEmpty, plain.utf8.allSatisfy(isNumeric), let number = Double(plain), number.isFinite else {
      return nil
    }
    return number
  }

  /// A whole number; `_` may group digits, and `1e6` is one too.
  public static func integer(_ text: String) -> Int? {
    if let number = Int(text) { return number }
    guard let number = double(text), number == number.rounded(), abs(number) < 9e15 else { return nil }
    return Int(number)
  }

  /// US dollars in nanodollars, exactly: digits, perhaps a `$` before them, and at most nine decimals.
  public static func nanodollars(_ text: String) -> Int64? {
    var digits = Substring(text.filter { $0 != "_" })
    let negative = digits.first == "-"
    if negative { digits.removeFirst() }
    if digits.first == "$" { digits.removeFirst() }
    let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let decimals = parts.count > 1 ? parts[1] : ""
    guard decimals.utf8.count <= 9, !(parts[0] + decimals).isEmpty else { return nil }
    let all = parts[0] + decimals + String(repeating: "0", count: 9 - decimals.utf8.count)
    guard all.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
    return Int64((negative ? "-" : "") + all)
  }

  private static func isNumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"),
      UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }
}
