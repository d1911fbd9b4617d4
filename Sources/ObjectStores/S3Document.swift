import Foundation

/// What S3 answers: XML whose elements hold either text or other elements, never both, and no attributes that matter.
struct S3Document {
  private let text: Substring

  init(_ data: Data) { text = String(decoding: data, as: UTF8.self)[...] }
  private init(_ text: Substring) { self.text = text }

  /// The inside of each outermost element of this name, in order.
  func all(_ name: String) -> [S3Document] {
    var (found, rest) = ([S3Document](), text)
    while let (inside, after) = S3Document.next(name, in: rest) {
      found.append(S3Document(inside))
      rest = after
    }
    return found
  }

  /// The text of the first element of this name.
  func value(_ name: String) -> String? { all(name).first.map { S3Document.plain($0.text) } }

  private static func next(_ name: String, in text: Substring) -> (inside: Substring, after: Substring)? {
    var place = text
    while let open = place.range(of: "<\(name)") {
      let after = text[open.upperBound...]
      guard let first = after.first, let end = after.firstIndex(of: ">") else { return nil }
      // The name goes on: it is another.
      guard first == ">" || first == "/" || first.isWhitespace else {
        place = after
        continue
      }
      let inside = text.index(after: end)
      if text[text.index(before: end)] == "/" { return (text[inside..<inside], text[inside...]) }
      guard let close = text[inside...].range(of: "</\(name)>") else { return nil }
      return (text[inside..<close.lowerBound], text[close.upperBound...])
    }
    return nil
  }

  private static func plain(_ text: Substring) -> String {
    guard text.contains("&") else { return String(text) }
    // The ampersand's own comes last: what it stands for is not to be read again.
    return [("&quot;", "\""), ("&#34;", "\""), ("&apos;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")].reduce(
      String(text)
    ) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
  }
}
