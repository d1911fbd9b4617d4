// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Foundation
import Hummingbird
import Journal

/// Over the API: sessions that are shown and ended, passwords that are changed, links for others.
struct SessionRoutes {
  let signIn: SignIn

  func add(to router: RouterGroup<LiveContext>) {
    router.get("sessions") { _, context in try Reply.json(try await sessions(context)) }
    router.delete("sessions/:id") { _, context in
      let person = try context.require(.viewer)
      let id = context.parameters.get("id") ?? ""
      let own: String? = person.role == .manager ? nil : person.name
      guard try await Reply.orUnavailable({ try signIn.catalogue.endSession(id, of: own) }) else {
        throw Problem(.notFound, "there is no session '\(id)' that holds", hint: "GET /api/v1/sessions lists them")
      }
      try await signIn.record(person.act("session.end", String(id.prefix(8))))
      return try Reply.json(try await sessions(context))
    }
    router.put("me/password") { request, context in
      let person = try context.require(.viewer)
      let new: NewPassword = try await Reply.read(request)
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
      return try Reply.json(try await sessions(context))
    }
    router.post("people/:name/links") { _, context in
      let name = context.parameters.get("name")?.removingPercentEncoding ?? ""
      let link = try await PeopleDeeds(runner: signIn.runner).link(for: name, signIn, context)
      return try Reply.json(link, .created, Reply.secret)
    }
  }

  private func sessions(_ context: LiveContext) async throws -> SessionList {
    let person = try context.require(.viewer)
    let (own, now): (String?, _) = (person.role == .manager ? nil : person.name, signIn.clock())
    return try await Reply.orUnavailable {
      SessionList(
        sessions: try signIn.catalogue.sessions(of: own, at: now, idle: SignIn.idle),
        own: context.session.map { String($0.digest.prefix(8)) })
    }
  }
}

public struct SessionList: Codable, Sendable {
  /// A manager's: everybody's; else one's own.
  public var sessions: [Catalogue.Session]
  /// The one that asks.
  public var own: String?
}

public struct NewPassword: Codable, Sendable {
  public var old: String
  public var new: String
}

/// A link that gives somebody a password; shown once, good once, for a day.
public struct NewLink: Codable, Sendable {
  public var person: String
  /// On this server.
  public var path: String
}
