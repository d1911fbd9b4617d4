import Foundation

extension WebServer {
  /// Where pages lead beyond this program, as the configuration says.
  public struct Links: Sendable {
    /// `https://app.example/conversations/{conversation_id}`; nil: there is no editor to lead to.
    public var editorTemplate: String?
    /// Whom people write to when they need help: an address for mail, or a page.
    public var support: String?

    public init(editorTemplate: String? = nil, support: String? = nil) {
      (self.editorTemplate, self.support) = (editorTemplate, support)
    }

    /// A conversation in the editor.
    func editor(_ conversation: String) -> String? {
      guard let template = editorTemplate,
        let id = conversation.addingPercentEncoding(
          withAllowedCharacters: .alphanumerics.union(.init(charactersIn: "-._~")))
      else { return nil }
      return template.replacing("{conversation_id}", with: id)
    }
  }
}
