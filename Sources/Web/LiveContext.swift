import Crypto
import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Journal
import Live
import Scenarios

/// A request, and who makes it.
struct LiveContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  /// The other end's address; empty where there is none.
  var peer: String
  var caller = Caller()
  /// Known behind ``Visitors``.
  var person: Catalogue.Person?
  /// Where it was a cookie that said so.
  var session: SignIn.Session?
  /// Where the ``LiveFeed`` was before a page was made; empty: not a page.
  var feedPosition = ""
  /// What a form has to carry in the field `_csrf`, or a script in the header `X-CSRF-Token`; empty where nobody is signed in.
  var formToken: String { session?.formToken ?? "" }

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    peer = source.channel.remoteAddress?.ipAddress ?? ""
  }

  /// Lets in whoever sent a form with a file, whose fields are read where the file is: until then there is no ``person``.
  ///
  /// - Parameter token: the field `_csrf`.
  /// - Throws: ``Problem`` where the form is not from here.
  mutating func admit(_ token: String?) throws {
    guard let session, session.holds(token) else { throw Visitors.stale }
    person = session.person
  }

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

/// Who bears a token. The store's own, in a file that its owner alone can read, is a manager's.
struct Bearers: Sendable {
  let catalogue: Catalogue
  let ownToken: String

  /// - Throws: ``Problem`` where the token is missing, or nobody's.
  func person(_ request: Request) async throws -> Catalogue.Person {
    let given = request.headers[.authorization] ?? ""
    guard given.hasPrefix("Bearer ") else { throw Bearers.missing }
    // Digests are compared and looked up: how long that takes says nothing of the token.
    let digest = Bearers.digest(of: String(given.dropFirst(7)))
    if digest == Bearers.digest(of: ownToken) { return Catalogue.Person(name: "owner", role: .manager) }
    guard let person = try await Reply.orUnavailable({ try catalogue.bearer(ofDigest: digest) }) else {
      throw Problem(
        .unauthorized, "this token is nobody's, or was revoked",
        hint: "a manager makes a new one: lora-train user token", headers: Bearers.challenge)
    }
    return person
  }

  static let missing = Problem(
    .unauthorized, "the token is missing", hint: "Authorization: Bearer TOKEN; your own is in the file STORE.token",
    headers: challenge)
  private static let challenge: HTTPFields = [.wwwAuthenticate: "Bearer"]

  static func digest(of token: String) -> String { SHA256.hash(data: Data(token.utf8)).hex }
}

extension LiveView {
  /// The job that an address names.
  func known(_ context: LiveContext) throws -> JobIndex {
    let id = context.parameters.get("id") ?? ""
    guard let job = job(id) else { throw Problem(.notFound, "there is no job '\(id)'", hint: "lora-train job list") }
    return job
  }
}
