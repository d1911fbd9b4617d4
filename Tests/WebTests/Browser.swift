import Foundation
import Testing

@testable import Web

/// Somebody at a browser: keeps the cookie, sends forms, and finds the token that a form has to carry.
final class Browser {
  let office: Office
  var cookie: String?
  var address = "127.0.0.1"
  var headers: [String: String] = [:]

  init(_ office: Office) { self.office = office }

  static let password = "several words of mine"

  /// The first one, who becomes a manager.
  static func first(_ office: Office, _ name: String = "mia") async throws -> Browser {
    let browser = Browser(office)
    let path = try #require(try await office.server.firstLink())
    let answer = try await browser.send("/sign-in/first", browser.choice(path, name: name))
    #expect(answer.status == 303, "\(answer.text)")
    return browser
  }

  /// What is filled in behind a link.
  func choice(_ path: String, name: String, password: String = Browser.password) -> [String: String] {
    ["code": String(path.split(separator: "=")[1]), "name": name, "password": password, "again": password]
  }

  func get(_ path: String) async throws -> Office.Answer { try await ask("GET", path, nil, [:]) }

  /// Sends a form.
  func send(_ path: String, _ fields: [String: String]) async throws -> Office.Answer {
    var parts = URLComponents()
    parts.queryItems = fields.map { URLQueryItem(name: $0.key, value: $0.value) }
    return try await ask(
      "POST", path, Data((parts.percentEncodedQuery ?? "").utf8),
      ["Content-Type": "application/x-www-form-urlencoded"])
  }

  func signIn(_ name: String, _ password: String = Browser.password) async throws -> Office.Answer {
    try await send("/sign-in", ["name": name, "password": password])
  }

  func ask(_ method: String, _ path: String, _ body: Data?, _ more: [String: String]) async throws -> Office.Answer {
    var sent = headers.merging(more) { _, new in new }
    if let cookie { sent["Cookie"] = cookie }
    let answer = try await office.ask(method, path, token: nil, bytes: body, headers: sent, peer: address)
    if let set = answer.headers[.setCookie] { cookie = String(set.prefix { $0 != ";" }) }
    return answer
  }

  /// What forms of this session carry.
  var formToken: String {
    let id = Data((cookie ?? "").split(separator: "=").last.map(String.init)?.utf8 ?? "".utf8)
    return SignIn.formToken(of: String(decoding: id, as: UTF8.self))
  }
}
