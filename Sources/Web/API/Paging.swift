import Foundation
import Hummingbird

/// A part of a long list: where it begins and how much of it is shown.
struct Paging {
  /// What the cursor says: an ordinal that stays when something is added; 0 without one.
  let start: Int
  let limit: Int

  /// - Throws: ``Problem`` where the parameters are none that there are.
  init(_ request: Request) throws {
    let query = request.uri.queryParameters
    limit = try query.count("limit", 1...1_000) ?? 1_000
    guard let text = query.get("cursor") else {
      start = 0
      return
    }
    guard let start: Int = Paging.decoded(text), start > 0 else {
      throw Problem(.notFound, "there is no such page", hint: "take `next` of the page before", place: "cursor")
    }
    self.start = start
  }

  /// The next page's address: the same question, from another place; nil where there is none.
  func address(_ next: Int?, _ request: Request) -> String? {
    next.map { Paging.address(after: Paging.encoded($0), request) }
  }

  static func address(after cursor: String, _ request: Request) -> String {
    let others = (request.uri.query ?? "").split(separator: "&")
      .filter { !$0.hasPrefix("cursor=") && !$0.hasPrefix("offset=") }
    return request.uri.path + "?" + (others + ["cursor=\(cursor)"]).joined(separator: "&")
  }

  // MARK: Opaque

  static func encoded(_ value: some Encodable) -> String {
    ((try? JSONEncoder().encode(value)) ?? Data()).base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  static func decoded<Value: Decodable>(_ text: String) -> Value? {
    let padded = text.replacing("-", with: "+").replacing("_", with: "/")
    let full = padded + String(repeating: "=", count: (4 - padded.count % 4) % 4)
    return Data(base64Encoded: full).flatMap { try? JSONDecoder().decode(Value.self, from: $0) }
  }
}

extension Parameters {
  /// - Throws: ``Problem`` where it is none of these.
  func word(_ key: String, _ words: [String]) throws -> String? {
    guard let text = get(key) else { return nil }
    guard words.contains(text) else {
      throw Problem(
        .badRequest, "\(key) cannot be '\(text.prefix(100))'", hint: words.joined(separator: ", "), place: key)
    }
    return text
  }

  /// - Throws: ``Problem`` where it is no number, or not within the range.
  func count(_ key: String, _ range: ClosedRange<Int>) throws -> Int? {
    guard let text = get(key) else { return nil }
    guard let value = Int(text), range.contains(value) else {
      throw Problem(
        .badRequest,
        "\(key) is a whole number from \(range.lowerBound) to \(range.upperBound), not '\(text.prefix(40))'",
        place: key)
    }
    return value
  }
}
