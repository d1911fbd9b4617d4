import ArgumentParser
import Foundation
import Journal
import Web

/// People of the live system, and the tokens that their programs bear.
struct UserCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "user", abstract: "Adds people, gives them tokens, and takes them away.",
    discussion: """
      A viewer reads, an engineer makes and stops jobs, a manager changes limits and lets jobs pass. Whoever can read STORE.token is its \
      owner, a manager.

      EXAMPLE
        lora-train user invite dana --role engineer
        lora-train user add dana --role engineer --email dana@example.com
        LORA_TRAIN_TOKEN=$(lora-train user token dana) lora-train job list
      """, subcommands: [Invite.self, Add.self, List.self, Token.self, Revoke.self, Remove.self],
    defaultSubcommand: List.self)

  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "add", abstract: "Adds a person, or gives one another role.",
      discussion: "EXAMPLE\n  lora-train user add dana --role manager")
    @Argument(help: "The name.") var name: String
    @Option(help: "viewer, engineer or manager.") var role: Catalogue.Role
    @Option(help: "Where notifications go.") var email: String?
    @OptionGroup var live: LiveOptions
    func run() async throws {
      let made: Catalogue.Person = try await live.client.send(
        "POST", "/api/v1/people", Catalogue.Person(name: name, email: email, role: role))
      try live.answer(
        made,
        "\(made.name) is \(made.role == .engineer ? "an" : "a") \(made.role.rawValue). A token: lora-train user token \(made.name)"
      )
    }
  }

  struct Invite: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "invite", abstract: "Makes a link by which a person chooses a password: good once, for a day.",
      discussion: """
        Adds the person where there is none of that name yet. A link for somebody who has a password already gives a new one.

        EXAMPLE
          lora-train user invite dana --role engineer
        """)
    @Argument(help: "The name.") var name: String
    @Option(help: "viewer, engineer or manager; needed for a new person.") var role: Catalogue.Role?
    @Option(help: "Where notifications go.") var email: String?
    @OptionGroup var live: LiveOptions

    private struct Invitation: Encodable {
      var person, url: String
    }

    func run() async throws {
      let client = try live.client
      if let role {
        let _: Catalogue.Person = try await client.send(
          "POST", "/api/v1/people", Catalogue.Person(name: name, email: email, role: role))
      }
      let made: NewLink = try await client.post("/api/v1/people/\(LiveClient.escaped(name))/links")
      let url = client.address + made.path
      try live.answer(Invitation(person: made.person, url: url), url)
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Shows who may do what, and which tokens there are.",
      discussion: "EXAMPLE\n  lora-train user list")
    @OptionGroup var live: LiveOptions
    func run() async throws {
      let team: Team = try await live.client.get("/api/v1/people")
      if live.json { return try live.emit(team) }
      var table = Table(header: ["name", "role", "e-mail", "tokens"])
      table.left = [0, 1, 2, 3]
      table.rows = team.people.map { person in
        let tokens = team.tokens.filter { $0.person == person.name && $0.revoked == nil }
        return [person.name, person.role.rawValue, person.email ?? "", tokens.map(\.id).joined(separator: " ")]
      }
      print(team.people.isEmpty ? "Nobody but the store's owner." : table.text)
    }
  }

  struct Token: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "token", abstract: "Makes a token and prints it: once, for only its digest is kept.",
      discussion: "EXAMPLE\n  lora-train user token dana --label laptop")
    @Argument(help: "Whose.") var name: String
    @Option(help: "What it is for.") var label: String?
    @OptionGroup var live: LiveOptions
    func run() async throws {
      let made: NewToken = try await live.client.send(
        "POST", "/api/v1/people/\(LiveClient.escaped(name))/tokens", Reason(justification: label))
      try live.answer(made, made.token)
    }
  }

  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "revoke", abstract: "Takes a token away, at once.",
      discussion: "EXAMPLE\n  lora-train user revoke 1f2e3d4c")
    @Argument(help: "The first eight digits that user list shows.") var id: String
    @OptionGroup var live: LiveOptions
    func run() async throws {
      let team: Team = try await live.client.call("DELETE", "/api/v1/tokens/\(LiveClient.escaped(id))")
      try live.answer(team, "Revoked.")
    }
  }

  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "remove", abstract: "Takes all tokens from a person; what they did stays in the log.",
      discussion: "EXAMPLE\n  lora-train user remove dana")
    @Argument(help: "Who.") var name: String
    @OptionGroup var live: LiveOptions
    func run() async throws {
      let team: Team = try await live.client.call("DELETE", "/api/v1/people/\(LiveClient.escaped(name))")
      try live.answer(team, "\(name) may do nothing any more.")
    }
  }
}

extension Catalogue.Role: ExpressibleByArgument {}
