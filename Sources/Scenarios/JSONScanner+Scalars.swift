extension JSONScanner {
  /// Consumes a string.
  mutating func text() throws(Fault) -> Text {
    let open = at
    at += 1
    var result = Text(start: at, end: at, characters: 0, isEscaped: false)
    while at < end {
      let byte = bytes[at]
      switch byte {
      case UInt8(ascii: "\""):
        result.end = at
        at += 1
        return result
      case UInt8(ascii: "\\"):
        result.isEscaped = true
        if try escape() { result.characters += 1 }
      case 0..<0x20:
        throw fault(byte == 0x0A || byte == 0x0D ? "a string must end on its line" : "a control character in a string")
      case 0..<0x80:
        result.characters += 1
        at += 1
      default:
        at += try sequence()
        result.characters += 1
      }
    }
    throw fault("this string is never closed", at: open)
  }

  /// Consumes an escape; false for the second half of a surrogate pair, which is no character of its own.
  private mutating func escape() throws(Fault) -> Bool {
    let start = at
    at += 1
    guard at < end else { throw fault("an escape is cut short", at: start) }
    switch bytes[at] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      at += 1
      return true
    case UInt8(ascii: "u"):
      guard at + 4 < end, let unit = hex(at + 1) else { throw fault("\\u wants four hexadecimal digits", at: start) }
      at += 5
      return !(0xDC00...0xDFFF).contains(unit)
    default: throw fault("there is no escape \\\(found)", at: start)
    }
  }

  private func hex(_ from: Int) -> UInt32? {
    var value: UInt32 = 0
    for i in from..<from + 4 {
      switch bytes[i] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(bytes[i] - 48)
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(bytes[i] - 87)
      case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(bytes[i] - 55)
      default: return nil
      }
    }
    return value
  }

  /// The length of the UTF-8 sequence that begins here.
  private func sequence() throws(Fault) -> Int {
    let lead = bytes[at]
    let length =
      switch lead {
      case 0xC2...0xDF: 2
      case 0xE0...0xEF: 3
      case 0xF0...0xF4: 4
      default: 0
      }
    guard length > 0, at + length <= end, bytes[at + 1..<at + length].allSatisfy({ $0 & 0xC0 == 0x80 }) else {
      throw fault("not UTF-8")
    }
    let second = bytes[at + 1]
    if lead == 0xE0 && second < 0xA0 || lead == 0xED && second > 0x9F || lead == 0xF0 && second < 0x90
      || lead == 0xF4 && second > 0x8F
    {
      throw fault("not UTF-8")
    }
    return length
  }

  /// A string's value. A lone surrogate becomes U+FFFD.
  func string(_ text: Text) -> String {
    guard text.isEscaped else { return String(decoding: bytes[text.start..<text.end], as: UTF8.self) }
    var units: [UInt16] = []
    var i = text.start
    var plain = text.start
    func flush(_ to: Int, _ units: inout [UInt16]) {
      units.append(contentsOf: String(decoding: bytes[plain..<to], as: UTF8.self).utf16)
    }
    while i < text.end {
      guard bytes[i] == UInt8(ascii: "\\") else {
        i += 1
        continue
      }
      flush(i, &units)
      let escape = bytes[i + 1]
      i += 2
      switch escape {
      case UInt8(ascii: "u"):
        units.append(UInt16(truncatingIfNeeded: hex(i) ?? 0xFFFD))
        i += 4
      case UInt8(ascii: "b"): units.append(0x08)
      case UInt8(ascii: "f"): units.append(0x0C)
      case UInt8(ascii: "n"): units.append(0x0A)
      case UInt8(ascii: "r"): units.append(0x0D)
      case UInt8(ascii: "t"): units.append(0x09)
      default: units.append(UInt16(escape))
      }
      plain = i
    }
    flush(text.end, &units)
    return String(decoding: units, as: UTF16.self)
  }

  /// Consumes a number.
  mutating func number() throws(Fault) -> Double {
    let start = at
    if bytes[at] == UInt8(ascii: "-") { at += 1 }
    let whole = at
    try digits()
    if bytes[whole] == UInt8(ascii: "0"), at > whole + 1 { throw fault("a number must not begin with 0", at: whole) }
    if at < end, bytes[at] == UInt8(ascii: ".") {
      at += 1
      try digits()
    }
    if at < end, bytes[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      if at < end, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") { at += 1 }
      try digits()
    }
    return Double(String(decoding: bytes[start..<at], as: UTF8.self)) ?? .infinity
  }

  private mutating func digits() throws(Fault) {
    let start = at
    while at < end, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[at]) { at += 1 }
    if at == start { throw fault("expected a digit, found \(found)") }
  }

  /// Consumes `true` or `false`.
  mutating func bool() throws(Fault) -> Bool {
    let value = at < end && bytes[at] == UInt8(ascii: "t")
    try literal(value ? "true" : "false")
    return value
  }

  /// Consumes `null`.
  mutating func null() throws(Fault) { try literal("null") }

  private mutating func literal(_ word: String) throws(Fault) {
    guard end - at >= word.utf8.count, bytes[at..<at + word.utf8.count].elementsEqual(word.utf8) else {
      throw fault("expected a value, found \(found)")
    }
    at += word.utf8.count
  }
}
