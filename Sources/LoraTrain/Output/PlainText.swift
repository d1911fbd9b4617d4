/// Text that goes to a terminal: names come from files and from other people, and may hold what moves the cursor, changes colours, or writes
/// another line than it seems. Such characters are shown, as in `\x1b`, and not sent.
///
/// Everything that people read passes here, by ``print(_:terminator:)``, ``Table`` and ``Failure``; what programs read (JSON, CSV) is
/// written as it is, by ``StandardOutput/write(_:)``.
enum PlainText {
  /// Several lines: their ends and tabs stay.
  static func lines(_ text: String) -> String { shown(text) { isUnsafe($0) && $0 != "\n" && $0 != "\t" } }

  /// What has to stay on one line: a cell of a table, a name in a message.
  static func line(_ text: String) -> String { shown(text, isUnsafe) }

  private static func shown(_ text: String, _ isHidden: (Unicode.Scalar) -> Bool) -> String {
    guard text.unicodeScalars.contains(where: isHidden) else { return text }
    var shown = ""
    for scalar in text.unicodeScalars {
      if isHidden(scalar) { shown += escaped(scalar) } else { shown.unicodeScalars.append(scalar) }
    }
    return shown
  }

  /// Controls of both sets, and what turns the order of letters around or ends a line.
  private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x61C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    default:
      let digits = String(scalar.value, radix: 16)
      let (mark, width) = scalar.value < 0x100 ? ("x", 2) : ("u", 4)
      return "\\" + mark + String(repeating: "0", count: width - digits.count) + digits
    }
  }
}

/// What people read, in place of the library's function of this name in all of this target: see ``PlainText``.
func print(_ text: some StringProtocol, terminator: String = "\n") {
  Swift.print(PlainText.lines(String(text)), terminator: terminator)
}
