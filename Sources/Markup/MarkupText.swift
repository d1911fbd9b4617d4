/// Text made safe to stand in somebody else's markup.
public enum MarkupText {
  /// For HTML and XML: between tags, and in an attribute's value in quotes of either kind.
  ///
  /// Scalar by scalar: a quote with a combining mark after it is one character to Swift, and to a browser a quote.
  public static func html(_ text: String) -> String { escaped(text, quotes: true) }

  /// For Slack's own markup, which knows three special characters.
  public static func slack(_ text: String) -> String { escaped(text, quotes: false) }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    func isSpecial(_ byte: UInt8) -> Bool {
      switch byte {
      case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"): true
      case UInt8(ascii: "\""), UInt8(ascii: "'"): quotes
      default: false
      }
    }
    guard text.utf8.contains(where: isSpecial) else { return text }
    var safe = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": safe += "&amp;"
      case "<": safe += "&lt;"
      case ">": safe += "&gt;"
      case "\"" where quotes: safe += "&quot;"
      case "'" where quotes: safe += "&#39;"
      default: safe.unicodeScalars.append(scalar)
      }
    }
    return safe
  }
}
