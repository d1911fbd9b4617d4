/// Reads and writes lengths of time as people write them in scenarios: `90s`, `5m`, `2h`, `1d`, `22.5s`, `1h30m`.
public enum DurationText {
  private static let units: [(name: String, seconds: Double)] = [
    ("us", 1e-6), ("ms", 1e-3), ("s", 1), ("min", 60), ("m", 60), ("h", 3600), ("d", 86_400), ("w", 604_800),
  ]

  /// Why a text is not a duration.
  public enum Fault: Error, Hashable, Sendable {
    /// A number alone: which unit?
    case noUnit
    case unknownUnit(String)
    case negative
    case notADuration
  }

  /// The length in seconds; a bare `0` needs no unit.
  public static func seconds(_ text: String) throws(Fault) -> Double {
    let characters = Array(text.utf8)
    var (at, total, parts) = (0, 0.0, 0)
    var negative = false
    if at < characters.count, characters[at] == UInt8(ascii: "-") { (negative, at) = (true, 1) }
    while at < characters.count {
      let from = at
      while at < characters.count, isNumeric(characters[at]) || isExponent(characters, at, from: from) { at += 1 }
      guard let number = NumberText.double(String(decoding: characters[from..<at], as: UTF8.self)) else {
        throw .notADuration
      }
      while at < characters.count, characters[at] == UInt8(ascii: " ") { at += 1 }
      let unitFrom = at
      while at < characters.count, isLetter(characters[at]) { at += 1 }
      let unit = String(decoding: characters[unitFrom..<at], as: UTF8.self)
      if unit.isEmpty {
        guard at == characters.count, parts == 0 else { throw .notADuration }
        if number == 0 { return 0 }
        throw negative ? .negative : .noUnit
      }
      guard let seconds = units.first(where: { $0.name == unit })?.seconds else { throw .unknownUnit(unit) }
      total += number * seconds
      parts += 1
    }
    guard parts > 0, total.isFinite else { throw .notADuration }
    if negative && total > 0 { throw .negative }
    return total
  }

  private static func isNumeric(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    let lower = byte | 0x20
    return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lower) || byte >= 0x80
  }

  /// The `e-3` of `1e-3s`: an e with a number before and, perhaps after a sign, a digit behind it; or that sign.
  private static func isExponent(_ text: [UInt8], _ at: Int, from: Int) -> Bool {
    func digit(_ i: Int) -> Bool { i < text.count && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[i]) }
    func sign(_ i: Int) -> Bool { i < text.count && (text[i] == UInt8(ascii: "-") || text[i] == UInt8(ascii: "+")) }
    if at > from, text[at] | 0x20 == UInt8(ascii: "e") { return digit(at + 1) || (sign(at + 1) && digit(at + 2)) }
    return at > from && sign(at) && text[at - 1] | 0x20 == UInt8(ascii: "e") && digit(at + 1)
  }
}
