import Crypto
import Foundation
import Hummingbird
import Journal
import Live
import Scenarios

/// A request, and who makes it.
struct LiveContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// Known behind ``Bearers``.
  var person: Catalogue.Person?
  /// What a form of this session carries, so that nobody else's page can send it.
  var formToken = ""

  init(source: ApplicationRequestContextSource) { coreContext = .init(source: source) }

  /// - Throws: ``Problem`` where whoever asks may not do what this role may.
  func require(_ role: Catalogue.Role, hint: String? = nil) throws -> Catalogue.Person {
    guard let person else { throw Problem(.unauthorized, "nobody is signed in") }
    guard person.role >= role else {
      throw Problem(
        .forbidden,
        "\(person.name) is \(person.role.article) \(person.role.rawValue); this takes \(role.article) \(role.rawValue)",
        hint: hint ?? "ask \(role.article) \(role.rawValue): lora-train user list")
    }
    return person
  }
}

extension Catalogue.Role {
  fileprivate var article: String { self == .engineer ? "an" : "a" }
}

extension Catalogue.Person {
  /// What the audit log will say.
  func act(_ action: String, _ subject: String = "", why justification: String? = nil, change: String? = nil)
    -> PersonAct
  {
    PersonAct(
      person: name, role: role.rawValue, action: action, subject: subject, justification: justification, change: change)
  }
}

/// Lets through whoever bears a token, and says who that is. The store's own token, in a file that its owner alone can read, is a manager's.
struct Bearers: RouterMiddleware {
  let catalogue: Catalogue
  let ownToken: String

  func handle(
    _ request: Request, context: LiveContext, next: (Request, LiveContext) async throws -> Response
  ) async throws -> Response {
    let given = request.headers[.authorization] ?? ""
    guard given.hasPrefix("Bearer ") else {
      throw Problem(
        .unauthorized, "the token is missing", hint: "Authorization: Bearer TOKEN; your own is in the file STORE.token")
    }
    // Digests are compared and looked up: how long that takes says nothing of the token.
    let digest = Bearers.digest(of: String(given.dropFirst(7)))
    var context = context
    if digest == Bearers.digest(of: ownToken) {
      context.person = Catalogue.Person(name: "owner", role: .manager)
    } else {
      context.person = try await Reply.orUnavailable { try catalogue.bearer(ofDigest: digest) }
    }
    guard context.person != nil else {
      throw Problem(
        .unauthorized, "this token is nobody's, or was revoked",
        hint: "a manager makes a new one: lora-train user token")
    }
    return try await next(request, context)
  }

  static func digest(of token: String) -> String { SHA256.hash(data: Data(token.utf8)).hex }
}
