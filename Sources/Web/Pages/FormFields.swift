import Foundation
import Hummingbird
import NIOCore

/// What a form or an address says, field by field; an empty field is none.
struct FormFields: Sendable {
  private(set) var list: [(name: String, value: String)] = []

  /// - Throws: ``Problem`` where it is too large.
  init(_ request: Request) async throws {
    let body: ByteBuffer
    do {
      body = try await request.body.collect(upTo: 1 << 20)
    } catch {
      throw Problem(.contentTooLarge, "the form is over 1 MB")
    }
    self.init(text: String(buffer: body))
  }

  init(query request: Request) { self.init(text: request.uri.query ?? "") }

  init(text: String) {
    for pair in text.split(separator: "&") {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
        $0.replacing("+", with: " ").removingPercentEncoding ?? ""
      }
      guard halves.count == 2, !halves[1].isEmpty else { continue }
      // Browsers end lines in two letters.
      list.append((halves[0], halves[1].replacing("\r\n", with: "\n")))
    }
  }

  subscript(name: String) -> String? {
    get { list.last { $0.name == name }?.value }
    set {
      list.removeAll { $0.name == name }
      if let newValue, !newValue.isEmpty { list.append((name, newValue)) }
    }
  }

  mutating func add(_ name: String, _ value: String) { list.append((name, value)) }

  /// Every value of a field that may stand there several times.
  func all(_ name: String) -> [String] { list.filter { $0.name == name }.map(\.value) }

  func has(_ name: String) -> Bool { self[name] != nil }

  /// A number, or a ``Problem`` that names the field.
  func number(_ name: String) throws -> Double? {
    guard let text = self[name] else { return nil }
    guard let value = Double(text.trimmingPrefix("$").replacing(",", with: "")), value.isFinite else {
      throw Problem(.badRequest, "\(Wording.words(name)) is a number, not '\(text)'")
    }
    return value
  }

  func whole(_ name: String) throws -> Int? {
    guard let value = try number(name) else { return nil }
    guard value == value.rounded(), abs(value) < 1e15 else {
      throw Problem(.badRequest, "\(Wording.words(name)) is a whole number, not '\(self[name] ?? "")'")
    }
    return Int(value)
  }

  /// As it stands in an address.
  var query: String {
    list.filter { $0.name != "_csrf" }.map { "\(Address.escaped($0.name))=\(Address.escaped($0.value))" }.joined(
      separator: "&")
  }
}
