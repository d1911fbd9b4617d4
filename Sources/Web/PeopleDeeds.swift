import Foundation
import Hummingbird
import Journal
import Live

extension Catalogue {
  /// Whoever has this name and may still do something here: a link of theirs holds no longer than that.
  func somebody(_ name: String) throws -> Person? {
    // Who runs it all, by the token beside the store.
    if name == "owner" { return Person(name: "owner", role: .manager) }
    return try people().first { $0.name == name }
  }
}

/// What is done about people and their tokens: the same for programs and for the dashboard. Each takes a manager.
struct PeopleDeeds: Sendable {
  let runner: LiveRunner
  private var catalogue: Catalogue { runner.catalogue }

  init(runner: LiveRunner) { self.runner = runner }

  /// Adds somebody, or gives them another role or address.
  func put(_ person: Catalogue.Person, _ context: LiveContext) async throws {
    let manager = try context.require(.manager)
    try PersonName.check(person.name)
    if person.role != .manager { try keepOne(person.name, manager) }
    try catalogue.put(person, at: await runner.view.at)
    try await runner.record(manager.act("person.put", person.name, change: person.role.rawValue))
  }

  /// - Throws: ``Problem`` where there is nobody of that name.
  func retire(_ name: String, _ context: LiveContext) async throws {
    let manager = try context.require(.manager)
    try keepOne(name, manager)
    guard try catalogue.retire(name, at: await runner.view.at) else {
      throw Problem(.notFound, "there is no '\(name)'")
    }
    try await runner.record(manager.act("person.retire", name))
  }

  func token(for name: String, label: String, _ context: LiveContext) async throws -> NewToken {
    let manager = try context.require(.manager)
    try known(name, hint: "lora-train user add \(name) --role engineer")
    let token = "lt_" + SecretFile.random(24).hex
    let digest = Bearers.digest(of: token)
    try catalogue.addToken(digest: digest, person: name, label: label, at: await runner.view.at)
    try await runner.record(manager.act("token.create", name, change: String(digest.prefix(8))))
    return NewToken(id: String(digest.prefix(8)), person: name, token: token)
  }

  func revoke(_ id: String, _ context: LiveContext) async throws {
    let manager = try context.require(.manager)
    guard try catalogue.revokeToken(id, at: await runner.view.at) else {
      throw Problem(.notFound, "there is no token '\(id)' that holds", hint: "lora-train user list")
    }
    try await runner.record(manager.act("token.revoke", id))
  }

  /// A path on this server that gives somebody a password.
  func link(for name: String, _ signIn: SignIn, _ context: LiveContext) async throws -> NewLink {
    let manager = try context.require(.manager)
    try known(name, hint: "lora-train user invite \(name) --role engineer")
    let path = try await signIn.link(for: name)
    try await runner.record(manager.act("person.invite", name))
    return NewLink(person: name, path: path)
  }

  /// Somebody stays who can do what managers do; whoever has the token beside the store always can.
  private func keepOne(_ name: String, _ person: Catalogue.Person) throws {
    guard person.name != "owner", try catalogue.people().filter({ $0.role == .manager }).map(\.name) == [name] else {
      return
    }
    throw Problem(.conflict, "'\(name)' is the last manager", hint: "make somebody else a manager first")
  }

  private func known(_ name: String, hint: String) throws {
    guard try catalogue.people().contains(where: { $0.name == name }) else {
      throw Problem(.notFound, "there is no '\(name)'", hint: hint)
    }
  }
}
