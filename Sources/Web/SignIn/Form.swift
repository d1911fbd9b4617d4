import Foundation
import HTTPTypes
import Hummingbird

/// The fields of a form as a browser sends them (`application/x-www-form-urlencoded`).
struct Form: Sendable {
  private var fields: [String: String] = [:]

  init(_ text: String) {
    for pair in text.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let (key, value) = (Form.decoded(parts[0]), parts.count > 1 ? Form.decoded(parts[1]) : "")
      // The first of that name: what is checked is what is used.
      if fields[key] == nil { fields[key] = value }
    }
  }

  /// nil where there is no such field, or nothing in it.
  subscript(_ name: String) -> String? {
    guard let value = fields[name], !value.isEmpty else { return nil }
    return value
  }

  private static func decoded(_ text: Substring) -> String {
    let spaced = text.replacing("+", with: " ")
    return String(spaced).removingPercentEncoding ?? String(spaced)
  }

  static func isForm(_ headers: HTTPFields) -> Bool {
    headers[.contentType]?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true
  }

  /// The body, which stays there for others to read.
  ///
  /// - Throws: ``Problem`` where it is no form.
  static func read(_ request: inout Request) async throws -> Form {
    guard isForm(request.headers) else { throw Problem(.unsupportedMediaType, "a form is expected") }
    return Form(String(buffer: try await request.collectBody(upTo: 1 << 20)))
  }
}
