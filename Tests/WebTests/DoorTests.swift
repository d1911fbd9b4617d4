import DiscreteEvent
import Foundation
import Journal
import Testing

@testable import Web

/// Guessing, forging, framing, and leading astray.
@Suite struct DoorTests {
  @Test func guessingGetsSlowerAndSlower() async throws {
    let office = try Office()
    let mia = try await Browser.first(office)
    _ = try await mia.send("/sign-out", ["_csrf": mia.formToken])
    let guesser = Browser(office)
    guesser.address = "10.1.1.1"
    var waits: [Int] = []
    for _ in 0..<12 {
      let answer = try await guesser.signIn("mia", "a wrong password")
      if answer.status == 429 {
        let wait = try #require(answer.headers[.retryAfter].flatMap { Int($0) })
        waits.append(wait)
        office.clock.go(.seconds(Int64(wait)))
      } else {
        #expect(answer.status == 401)
      }
    }
    #expect(waits == [1, 2, 4, 8])
    // Another name from there has to wait as well; from elsewhere nobody has.
    _ = try await guesser.signIn("mia", "a wrong password")
    #expect(try await guesser.signIn("somebody").status == 429)
    #expect(try await Browser(office).signIn("somebody").status == 401)
    office.clock.go(.minutes(1))
    #expect(try await mia.signIn("mia").status == 303)
  }

  @Test func manyGuessesAtOnceAreNoWayRound() async throws {
    let gate = SignInGate()
    let now = Instant(microseconds: 0)
    let let5 = await withTaskGroup(of: Bool.self) { group in
      for i in 0..<100 { group.addTask { await gate.wait(name: "mia", address: "\(i)", at: now) == nil } }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(let5 == 5)
    // A name's wait stays short, an address's does not.
    var time = now
    for _ in 0..<40 { if let wait = await gate.wait(name: "mia", address: "x", at: time) { time = time + wait } }
    #expect(await gate.wait(name: "mia", address: "y", at: time).map { $0 <= .minutes(1) } ?? true)
  }

  /// Whoever has a line of IPv6 has 2⁶⁴ addresses, and not as many free tries.
  @Test func aWholeLineIsOneAddress() async {
    let (gate, now) = (SignInGate(), Instant(microseconds: 1_000_000))
    for i in 0..<5 {
      #expect(await gate.wait(name: "n\(i)", address: "2001:db8:1:2::\(i)", at: now) == nil)
    }
    #expect(await gate.wait(name: "n5", address: "2001:db8:1:2:ffff:0:0:1", at: now) != nil)
    #expect(await gate.wait(name: "n6", address: "2001:db8:1:3::1", at: now) == nil)
    #expect(SignInGate.place("::ffff:10.0.0.1") != SignInGate.place("::ffff:10.0.0.2"))
    #expect(SignInGate.place("10.0.0.1") == "10.0.0.1" && SignInGate.place("fe80::1%eth0") == "fe80::1%eth0")
  }

  @Test func anUnknownNameIsAnsweredLikeAKnownOne() async throws {
    let office = try Office()
    _ = try await Browser.first(office)
    let known = try await Browser(office).signIn("mia", "a wrong password")
    let unknown = try await Browser(office).signIn("pia", "a wrong password")
    #expect(known.status == unknown.status)
    #expect(known.text.replacing("mia", with: "pia") == unknown.text)
    // Both are held against a hash of the same cost.
    let passwords = try PasswordHash(cost: .init(power: 1, parallelism: 1))
    #expect(try await !passwords.matches("", nil))
    let hash = try await passwords.hash("e\u{301}tude in words")
    #expect(try await passwords.matches("\u{e9}tude in words", hash))
    #expect(try await !passwords.matches("etude in words", hash))
    #expect(hash.hasPrefix("$scrypt$ln=1,r=8,p=1$"))
  }

  @Test func onlyOurOwnFormsAreHeard() async throws {
    let office = try Office()
    let mia = try await Browser.first(office)
    let body = try JSONEncoder().encode(Office.job("a job of hers"))
    func post(_ headers: [String: String]) async throws -> Int {
      try await mia.ask("POST", "/api/v1/jobs", body, headers).status
    }
    #expect(try await post([:]) == 403)
    #expect(try await post(["X-CSRF-Token": "wrong"]) == 403)
    #expect(try await post(["Content-Type": "multipart/form-data; boundary=x"]) == 401, "its form was not read")
    let token = ["X-CSRF-Token": mia.formToken]
    for foreign in [
      ["Sec-Fetch-Site": "cross-site"], ["Sec-Fetch-Site": "same-site"], ["Origin": "null"],
      ["Origin": "https://there"],
    ] {
      #expect(try await post(token.merging(foreign) { $1 }) == 403, "\(foreign)")
      mia.headers = foreign
      #expect(try await mia.signIn("mia").status == 403)
      mia.headers = [:]
    }
    #expect(try await post(token.merging(["Origin": "http://here"]) { $1 }) == 201)
    #expect(try await post(token.merging(["Sec-Fetch-Site": "same-origin"]) { $1 }) == 201)
    // One session's token is not another's.
    let other = Browser(office)
    _ = try await other.signIn("mia")
    #expect(try await other.send("/sign-out", ["_csrf": mia.formToken]).status == 403)
    #expect(try await other.send("/sign-out", ["_csrf": other.formToken]).status == 303)
  }

  @Test func whereOneGoesOnIsHere() async throws {
    let office = try Office()
    let mia = try await Browser.first(office)
    _ = try await mia.send("/sign-out", ["_csrf": mia.formToken])
    for (next, goes) in [
      ("/dashboard/training-jobs?status=active", "/dashboard/training-jobs?status=active"), ("//evil.example", "/"),
      ("https://evil.example", "/"), ("/\\evil.example", "/"), ("/a\r\nSet-Cookie: x=y", "/"), ("", "/"),
    ] {
      let answer = try await mia.send("/sign-in", ["name": "mia", "password": Browser.password, "next": next])
      #expect(answer.headers[.location] == goes, "\(next)")
    }
    let page = try await Browser(office).get("/sign-in?next=/%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
    #expect(page.status == 200 && !page.text.contains("<script>"))
    // A name is shown again as it was typed, and is nothing but text.
    let wrong = try await Browser(office).signIn("\"><script>alert(1)</script>")
    #expect(!wrong.text.contains("<script>") && wrong.text.contains("&lt;script&gt;"))
    // One character to Swift, and to a browser the end of the attribute.
    let marked = try await Browser(office).signIn("x\"\u{301} autofocus=y")
    #expect(Data(marked.text.utf8).range(of: Data("x&quot;\u{301} autofocus=y".utf8)) != nil, "\(marked.text)")
    #expect(Data(marked.text.utf8).range(of: Data("x\"\u{301}".utf8)) == nil)
  }

  @Test func aCookieIsSecureBehindTLSThatIsTrusted() async throws {
    let office = try Office()
    let mia = try await Browser.first(office)
    #expect(mia.cookie?.hasPrefix("lora-train-office=") == true)
    let secure = ["X-Forwarded-Proto": "https", "X-Forwarded-For": "1.2.3.4, 5.6.7.8"]
    let behind = Browser(office)
    (behind.address, behind.headers) = (Office.proxy, secure)
    let answer = try await behind.signIn("mia")
    let cookie = try #require(answer.headers[.setCookie])
    for part in ["__Host-lora-train-office=", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
      #expect(cookie.contains(part), "\(part)")
    }
    #expect(!cookie.contains("Domain"))
    #expect(answer.headers[.strictTransportSecurity] != nil)
    #expect(try await behind.get("/api/v1/me").status == 200)
    // Who is no proxy of ours cannot say where it comes from.
    let liar = Browser(office)
    (liar.address, liar.headers) = ("10.1.1.1", secure)
    #expect(try await liar.signIn("mia").headers[.setCookie]?.contains("Secure") == false)
    let log = try await office.ask("GET", "/api/v1/audit?action=sign-in").value(AuditLog.self).lines
    #expect(log.map(\.change) == ["from 10.1.1.1", "from 5.6.7.8"])
  }

  @Test func everyAnswerSaysWhatABrowserMayDo() async throws {
    let office = try Office()
    for (path, token) in [
      ("/sign-in", nil), ("/health", nil), ("/api/v1/jobs", Office.ownToken), ("/api/v1/nothing", nil),
      ("/nothing", nil),
    ] {
      let headers = try await office.ask("GET", path, token: token).headers
      #expect(headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true, "\(path)")
      #expect(headers[.contentSecurityPolicy]?.contains("unsafe") == false, "\(path)")
      #expect(headers[.xContentTypeOptions] == "nosniff", "\(path)")
      #expect(["no-store", "private, no-cache"].contains(headers[.cacheControl]), "\(path)")
    }
  }

  @Test func whatIsWrongIsSaidInOneWay() async throws {
    let office = try Office()
    for (method, path, status) in [
      ("GET", "/api/v1/nothing", 404), ("DELETE", "/api/v1/jobs", 405), ("PATCH", "/health", 405),
      ("GET", "/api/v1/jobs/9", 404), ("GET", "/api/v1/jobs?x=1", 400),
    ] {
      let answer = try await office.ask(method, path)
      #expect(answer.status == status && answer.headers[.contentType] == "application/problem+json", "\(path)")
      let problem = try answer.value(ProblemDocument.self)
      #expect(problem.status == status && !problem.detail.isEmpty && problem.type == "about:blank")
    }
    #expect(try await office.ask("DELETE", "/api/v1/jobs").headers[.allow] == "GET, HEAD, POST")
    // Programs are told; people are led to the door.
    #expect(try await office.ask("GET", "/api/v1/jobs", token: nil).status == 401)
    let page = try await office.ask("GET", "/nothing", token: nil)
    #expect(page.status == 404 && page.headers[.contentType]?.hasPrefix("text/html") == true)
  }
}
