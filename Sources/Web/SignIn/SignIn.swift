import Crypto
import DiscreteEvent
import Foundation
import Hummingbird
import Journal
import Live
import Scenarios

/// Sessions: begun by a password or a link, borne by a cookie, over after a while, ended by their person or a manager.
struct SignIn: Sendable {
  let catalogue: Catalogue
  let runner: LiveRunner
  let passwords: PasswordHash
  let gate = SignInGate()
  /// The store's name: stores that are served side by side on one machine share its cookies.
  let store: String
  /// The machine's time.
  let clock: @Sendable () -> Instant

  static let idle = Span.hours(12)
  static let longest = Span.days(7)
  /// How long a link holds that gives somebody a password.
  static let linkHolds = Span.hours(24)
  private static let seenEvery = Span.minutes(1)

  /// A session as its request shows it.
  struct Session: Sendable {
    var digest: String
    var person: Catalogue.Person
    /// What forms carry, so that no other site's do: it follows from what the cookie holds, and is kept nowhere.
    var formToken: String

    func holds(_ token: String?) -> Bool {
      guard let token else { return false }
      // Digests are compared: how long that takes says nothing of the token.
      return Bearers.digest(of: token) == Bearers.digest(of: formToken)
    }
  }

  func session(of request: Request, _ caller: Caller) async throws -> Session? {
    guard let id = request.cookies[cookieName(caller)]?.value else { return nil }
    let (digest, now) = (Bearers.digest(of: id), clock())
    return try await Reply.orUnavailable {
      guard let (person, seen) = try catalogue.session(ofDigest: digest, at: now, idle: SignIn.idle) else { return nil }
      if now - seen >= SignIn.seenEvery { try catalogue.saw(sessionOfDigest: digest, at: now) }
      return Session(digest: digest, person: person, formToken: SignIn.formToken(of: id))
    }
  }

  static func formToken(of id: String) -> String {
    HMAC<SHA256>.authenticationCode(for: Data("form".utf8), using: SymmetricKey(data: Data(id.utf8))).hex
  }

  /// Begins a session; the answer carries its cookie.
  func begin(_ person: Catalogue.Person, _ request: Request, _ caller: Caller, answer: inout Response) async throws {
    let (id, now) = (SecretFile.random(32).hex, clock())
    try await Reply.orUnavailable {
      try catalogue.addSession(
        digest: Bearers.digest(of: id), person: person.name,
        agent: String((request.headers[.userAgent] ?? "").prefix(200)), at: now, until: now + SignIn.longest)
    }
    answer.setCookie(cookie(id, caller, seconds: Int(SignIn.longest.seconds)))
  }

  func end(_ session: Session, _ caller: Caller, answer: inout Response) async throws {
    _ = try await Reply.orUnavailable { try catalogue.endSession(session.digest) }
    answer.setCookie(cookie("", caller, seconds: 0))
  }

  /// A code that gives a password to somebody, or to the first who comes.
  func link(for person: String?) async throws -> String {
    let code = SecretFile.random(24).hex
    let until = clock() + SignIn.linkHolds
    try await Reply.orUnavailable {
      try catalogue.addLink(digest: Bearers.digest(of: code), person: person, until: until)
    }
    return "/sign-in/first?code=\(code)"
  }

  func record(_ act: PersonAct) async throws {
    try await runner.record(act)
  }

  /// Only over TLS may a cookie be called so that no other host can set it.
  private func cookieName(_ caller: Caller) -> String { (caller.isSecure ? "__Host-" : "") + "lora-train-\(store)" }

  private func cookie(_ value: String, _ caller: Caller, seconds: Int) -> Cookie {
    Cookie(
      name: cookieName(caller), value: value, maxAge: seconds, path: "/", secure: caller.isSecure, httpOnly: true,
      sameSite: .strict)
  }
}
