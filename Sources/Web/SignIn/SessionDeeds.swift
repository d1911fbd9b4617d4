import Hummingbird
import Journal

/// What people do about their sessions and passwords: the same for programs and for the dashboard.
struct SessionDeeds: Sendable {
  let signIn: SignIn

  /// - Parameter ownOnly: also of a manager, who otherwise sees everybody's.
  func list(_ context: LiveContext, ownOnly: Bool = false) async throws -> SessionList {
    let person = try context.require(.viewer)
    let (own, now): (String?, _) = (person.role == .manager && !ownOnly ? nil : person.name, signIn.clock())
    return try await Reply.orUnavailable {
      SessionList(
        sessions: try signIn.catalogue.sessions(of: own, at: now, idle: SignIn.idle),
        own: context.session.map { String($0.digest.prefix(8)) })
    }
  }

  func end(_ id: String, _ context: LiveContext) async throws {
    let person = try context.require(.viewer)
    let own: String? = person.role == .manager ? nil : person.name
    guard try await Reply.orUnavailable({ try signIn.catalogue.endSession(id, of: own) }) else {
      throw Problem(.notFound, "there is no session '\(id)' that holds", hint: "GET /api/v1/sessions lists them")
    }
    try await signIn.record(person.act("session.end", String(id.prefix(8))))
  }

  /// All of one's own but the one that asks.
  func endOthers(_ context: LiveContext) async throws {
    let person = try context.require(.viewer)
    let ended = try await Reply.orUnavailable {
      try signIn.catalogue.endSessions(of: person.name, keeping: context.session?.digest)
    }
    guard ended > 0 else { return }
    try await signIn.record(person.act("session.end", person.name, change: Wording.count(ended, "other session")))
  }

  /// Ends all other sessions of whoever asks, too.
  ///
  /// - Throws: ``Problem`` where the old one is wrong, or the new one is easily guessed.
  func setPassword(_ new: NewPassword, _ context: LiveContext) async throws {
    let person = try context.require(.viewer)
    let (address, now) = (context.caller.address, signIn.clock())
    // Whoever has found a browser open may not go on guessing in it.
    if let wait = await signIn.gate.wait(name: person.name, address: address, at: now) {
      throw Problem.tooSoon(wait, "too many tries")
    }
    let known = try await Reply.orUnavailable { try signIn.catalogue.password(of: person.name) }
    guard try await signIn.passwords.matches(new.old, known?.hash) else {
      throw Problem(.forbidden, "the old password is wrong", place: "old")
    }
    await signIn.gate.passed(name: person.name, address: address)
    try PasswordHash.check(new.new, of: person.name)
    let hash = try await signIn.passwords.hash(new.new)
    try await Reply.orUnavailable {
      try signIn.catalogue.setPassword(hash, of: person.name, keeping: context.session?.digest, at: now)
    }
    try await signIn.record(person.act("password.set", person.name))
  }
}
