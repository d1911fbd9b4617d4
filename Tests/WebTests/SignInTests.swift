import DiscreteEvent
import Engine
import Foundation
import Journal
import Testing

@testable import Web

/// Coming in, staying in, going out; and who is kept out.
@Suite struct SignInTests {
  @Test func theFirstLinkIsGoodOnceAndForADay() async throws {
    let office = try Office()
    let early = try #require(try await office.server.firstLink())
    let path = try #require(try await office.server.firstLink())
    let browser = Browser(office)
    // Only the last one that was printed holds.
    #expect(try await browser.get(early).status == 404)
    #expect(try await browser.get(path).text.contains("name=\"password\""))
    for (name, password) in [
      ("mia", "short"), ("mia", "aaaaaaaaaaaaaaaa"), ("mia", "I am Mia, really"), ("x", Browser.password),
    ] {
      #expect(
        try await browser.send("/sign-in/first", browser.choice(path, name: name, password: password)).status == 400)
    }
    #expect(try await browser.send("/sign-in/first", browser.choice(path, name: "mia")).status == 303)
    #expect(try await browser.get("/api/v1/me").value(Catalogue.Person.self).role == .manager)
    #expect(try await browser.send("/sign-in/first", browser.choice(path, name: "eve")).status == 404)
    #expect(try await office.server.firstLink() == nil)

    let late = try Office()
    let link = try #require(try await late.server.firstLink())
    late.clock.go(SignIn.linkHolds)
    #expect(try await Browser(late).get(link).status == 404)
  }

  @Test func whoeverIsInvitedChoosesAPassword() async throws {
    let office = try Office()
    let mia = try await Browser.first(office)
    #expect(try await office.ask("POST", "/api/v1/people/emil/links").status == 404)
    _ = try await office.ask("POST", "/api/v1/people", Catalogue.Person(name: "emil", role: .engineer))
    let link = try await office.ask("POST", "/api/v1/people/emil/links").value(NewLink.self)
    let emil = Browser(office)
    #expect(try await emil.send("/sign-in/first", emil.choice(link.path, name: "mia")).status == 303)
    #expect(try await emil.get("/api/v1/me").value(Catalogue.Person.self) == .init(name: "emil", role: .engineer))
    // A new link for whoever has forgotten; who was signed in by the old password is not any more.
    let again = try await office.ask("POST", "/api/v1/people/emil/links").value(NewLink.self)
    let other = Browser(office)
    let password = "other words than those"
    #expect(
      try await other.send("/sign-in/first", other.choice(again.path, name: "", password: password)).status == 303)
    #expect(try await emil.get("/api/v1/me").status == 401)
    #expect(try await emil.signIn("emil").status == 401)
    #expect(try await emil.signIn("emil", password).status == 303)
    // Whoever is taken out is out, and comes back without the old password.
    #expect(try await office.ask("DELETE", "/api/v1/people/emil").status == 200)
    #expect(try await emil.get("/api/v1/me").status == 401)
    _ = try await office.ask("POST", "/api/v1/people", Catalogue.Person(name: "emil", role: .viewer))
    #expect(try await emil.signIn("emil", password).status == 401)
    #expect(try await mia.get("/api/v1/me").status == 200)
  }

  @Test func aSessionEndsByItself() async throws {
    let office = try Office()
    let mia = try await Browser.first(office)
    for _ in 0..<4 {
      office.clock.go(.hours(11))
      #expect(try await mia.get("/api/v1/me").status == 200)
    }
    office.clock.go(.hours(12))
    #expect(try await mia.get("/api/v1/me").status == 401, "idle for too long")
    #expect(try await mia.signIn("mia").status == 303)
    for _ in 0..<15 {
      office.clock.go(.hours(11))
      #expect(try await mia.get("/api/v1/me").status == 200)
    }
    office.clock.go(.hours(4))
    #expect(try await mia.get("/api/v1/me").status == 401, "seven days")
  }

  @Test func aSessionIsEndedByItsPersonOrAManager() async throws {
    let office = try Office()
    let mia = try await Browser.first(office)
    let phone = Browser(office)
    phone.headers["User-Agent"] = "a phone"
    #expect(try await phone.signIn("mia").status == 303)
    let list = try await mia.get("/api/v1/sessions").value(SessionList.self)
    let lost = try #require(list.sessions.first { $0.agent == "a phone" })
    #expect(list.sessions.count == 2 && list.own != lost.id && list.own != nil)
    let token = ["X-CSRF-Token": mia.formToken]
    #expect(try await mia.ask("DELETE", "/api/v1/sessions/\(lost.id)", nil, token).status == 200)
    #expect(try await phone.get("/api/v1/me").status == 401)
    let viewer = try await office.token("vera", .viewer)
    let own = try #require(list.own)
    #expect(try await office.ask("DELETE", "/api/v1/sessions/\(own)", token: viewer).status == 404, "not hers")

    let out = try await mia.send("/sign-out", ["_csrf": mia.formToken])
    #expect(out.status == 303 && out.headers[.location] == "/sign-in")
    #expect(out.headers[.setCookie]?.contains("Max-Age=0") == true)
    #expect(try await office.ask("DELETE", "/api/v1/sessions/\(own)").status == 404, "it is over")
  }

  @Test func aPasswordIsChangedByWhoeverKnowsIt() async throws {
    let office = try Office()
    let mia = try await Browser.first(office)
    let phone = Browser(office)
    _ = try await phone.signIn("mia")
    let token = ["X-CSRF-Token": mia.formToken]
    func change(_ old: String, _ new: String) async throws -> Int {
      let body = try JSONEncoder().encode(NewPassword(old: old, new: new))
      return try await mia.ask("PUT", "/api/v1/me/password", body, token).status
    }
    #expect(try await change("wrong", "other words than those") == 403)
    #expect(try await change(Browser.password, "short") == 400)
    #expect(try await change(Browser.password, "other words than those") == 200)
    #expect(try await mia.get("/api/v1/me").status == 200)
    #expect(try await phone.get("/api/v1/me").status == 401)
  }

  @Test func whatHappensIsWrittenDownWithoutSecrets() async throws {
    let office = try Office()
    let mia = try await Browser.first(office)
    let guesser = Browser(office)
    guesser.address = "10.1.1.1"
    _ = try await guesser.signIn("mia", "is it this one")
    _ = try await guesser.signIn("my-password-in-the-wrong-field", "mia")
    _ = try await mia.send("/sign-out", ["_csrf": mia.formToken])
    let lines = try await office.ask("GET", "/api/v1/audit").value(AuditLog.self).lines
    #expect(lines.map(\.action) == ["sign-out", "sign-in.fail", "sign-in.fail", "password.set"])
    #expect(lines.map(\.person) == ["mia", "unknown", "mia", "mia"])
    #expect(lines[2].change == "from 10.1.1.1")
    // Neither a password, nor a session, nor a name that may have been one is in the store.
    let secrets = [
      "is it this one", "my-password-in-the-wrong-field", Browser.password, String(mia.cookie?.suffix(64) ?? "?"),
      mia.formToken,
    ]
    for file in ["store", "store-wal"] {
      let data = (try? Data(contentsOf: office.folder.appendingPathComponent(file))) ?? Data()
      for secret in secrets { #expect(data.range(of: Data(secret.utf8)) == nil, "\(file): \(secret)") }
    }
  }
}
