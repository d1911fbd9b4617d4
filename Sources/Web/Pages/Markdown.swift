import Foundation
import Markup

/// A small part of Markdown, for notes: paragraphs, lists, headings, code, bold, italics and links of the web. Everything else is text.
///
/// The text is escaped first, and marks are only then made of what stands between them: nothing that somebody writes becomes an element of
/// its own.
enum Markdown {
  static func html(_ text: String) -> String {
    var out = ""
    var list: [String] = []
    var lines: [String] = []
    var code: [String]?
    func close() {
      if !lines.isEmpty { out += "<p>\(lines.map(inline).joined(separator: "<br>"))</p>" }
      if !list.isEmpty { out += "<ul>\(list.map { "<li>\(inline($0))</li>" }.joined())</ul>" }
      (lines, list) = ([], [])
    }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("```") {
        if let block = code {
          out += "<pre>\(escaped(block.joined(separator: "\n")))</pre>"
          code = nil
        } else {
          close()
          code = []
        }
      } else if code != nil {
        code?.append(line)
      } else if line.allSatisfy(\.isWhitespace) {
        close()
      } else if let item = line.wholeMatch(of: #/\s*[-*] (.+)/#) {
        if !lines.isEmpty { close() }
        list.append(String(item.1))
      } else if let heading = line.wholeMatch(of: #/#{1,4} (.+)/#) {
        close()
        out += "<p><strong>\(inline(String(heading.1)))</strong></p>"
      } else {
        if !list.isEmpty { close() }
        lines.append(line)
      }
    }
    if let block = code { out += "<pre>\(escaped(block.joined(separator: "\n")))</pre>" }
    close()
    return out
  }

  static func escaped(_ text: String) -> String {
    MarkupText.html(text)
  }

  private static func inline(_ text: String) -> String {
    // What stands in code is left as it is: pieces between backticks take turns.
    escaped(text).split(separator: "`", omittingEmptySubsequences: false).enumerated().map { i, piece in
      i % 2 == 1 ? "<code>\(piece)</code>" : marks(String(piece))
    }.joined()
  }

  private static func marks(_ text: String) -> String {
    text
      .replacing(#/\[([^\]\[]+)\]\((https?:\/\/[^\s()*]+)\)/#) {
        "<a href=\"\($0.2)\" rel=\"noopener noreferrer\">\($0.1)</a>"
      }
      .replacing(#/\*\*([^*]+)\*\*/#) { "<strong>\($0.1)</strong>" }
      .replacing(#/\*([^*\s][^*]*)\*/#) { "<em>\($0.1)</em>" }
  }
}
