import Markup
import Mustache

/// Templates whose values are escaped by our own rule: swift-mustache's compares characters, and lets a quote pass that has a combining mark after it.
enum EscapedTemplate {
  private struct Content: MustacheContentType {
    func escapeText(_ text: String) -> String { MarkupText.html(text) }
  }

  private static let registered: Void = MustacheContentTypes.register(Content(), named: "ESCAPED")

  /// A template's text, a partial's too: each begins with swift-mustache's own rule unless it says otherwise.
  static func text(_ template: String) -> String {
    _ = registered
    return "{{% CONTENT_TYPE:ESCAPED}}\n" + template
  }
}
