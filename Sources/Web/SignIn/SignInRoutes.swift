import DiscreteEvent
import Foundation
import HTTPTypes
import Hummingbird
import Journal
import Live

/// Coming in by a password or a link, and going out. Forms and pages; programs bear tokens.
struct SignInRoutes {
  let signIn: SignIn

  /// - Parameters:
  ///   - router: what everybody may ask.
  ///   - people: what is behind ``Visitors``.
  func add(to router: Router<LiveContext>, _ people: RouterGroup<LiveContext>) {
    router.get("sign-in") { request, context -> Response in
      let next = Address.local(request.uri.queryParameters.get("next"))
      guard try await signIn.session(of: request, context.caller) == nil else { return .redirect(to: next) }
      return try SignInPages.signIn(.init(title: "Sign in", next: next))
    }
    router.post("sign-in") { request, context -> Response in
      var request = request
      try Visitors.checkOrigin(request)
      return try await enter(try await Form.read(&request), request, context)
    }
    router.get("sign-in/first") { request, _ -> Response in
      let code = request.uri.queryParameters.get("code") ?? ""
      return try SignInPages.first(try await contents(code))
    }
    router.post("sign-in/first") { request, context -> Response in
      var request = request
      try Visitors.checkOrigin(request)
      return try await begin(try await Form.read(&request), request, context)
    }
    people.post("sign-out") { _, context -> Response in
      var answer = Response.redirect(to: "/sign-in")
      guard let session = context.session, context.person != nil else { return answer }
      try await signIn.end(session, context.caller, answer: &answer)
      try await record("sign-out", session.person, context)
      return answer
    }
  }

  // MARK: By a password

  private func enter(_ form: Form, _ request: Request, _ context: LiveContext) async throws -> Response {
    let (name, password) = (form["name"] ?? "", form["password"] ?? "")
    var page = SignInPages.Contents(title: "Sign in", name: name, next: Address.local(form["next"]))
    let now = signIn.clock()
    if let wait = await signIn.gate.wait(name: name, address: context.caller.address, at: now) {
      let seconds = Int(wait.seconds.rounded(.up))
      page.trouble = "Too many tries: wait \(seconds) seconds, then try again."
      var answer = try SignInPages.signIn(page, .tooManyRequests)
      answer.headers[.retryAfter] = "\(seconds)"
      return answer
    }
    let known = try await Reply.orUnavailable { try signIn.catalogue.password(of: name) }
    guard try await signIn.passwords.matches(password, known?.hash), let known else {
      // A name that nobody has may be a password in the wrong field: it is not written down.
      try await record("sign-in.fail", known?.person ?? .init(name: "unknown", role: .viewer), context)
      page.trouble = "The name or the password is wrong."
      return try SignInPages.signIn(page, .unauthorized)
    }
    await signIn.gate.passed(name: name, address: context.caller.address)
    return try await welcome(known.person, "sign-in", to: page.next, request, context)
  }

  // MARK: By a link

  private func begin(_ form: Form, _ request: Request, _ context: LiveContext) async throws -> Response {
    let code = form["code"] ?? ""
    var page = try await contents(code)
    if page.isFirst { page.name = form["name"] ?? "" }
    let (name, password) = (page.name, form["password"] ?? "")
    do {
      try PersonName.check(name)
      try PasswordHash.check(password, of: name)
      guard password == form["again"] else { throw Problem(.badRequest, "the two passwords are not the same") }
    } catch let problem as Problem {
      (page.trouble, page.hint) = (problem.document.detail, problem.document.hint)
      return try SignInPages.first(page, .badRequest)
    }
    let person = try await Reply.orUnavailable {
      try signIn.catalogue.people().first { !page.isFirst && $0.name == name }
        ?? Catalogue.Person(name: name, role: .manager)
    }
    let (hash, now) = (try await signIn.passwords.hash(password), signIn.clock())
    guard
      try await Reply.orUnavailable({
        try signIn.catalogue.use(linkOfDigest: Bearers.digest(of: code), by: person, hash: hash, at: now)
      })
    else { throw SignInRoutes.over }
    return try await welcome(person, "password.set", to: "/", request, context)
  }

  /// What the page of a link shows.
  private func contents(_ code: String) async throws -> SignInPages.Contents {
    let now = signIn.clock()
    let link = try await Reply.orUnavailable {
      try signIn.catalogue.link(ofDigest: Bearers.digest(of: code), at: now)
    }
    switch link {
    case nil: throw SignInRoutes.over
    case .first: return .init(title: "Welcome", code: code, isFirst: true)
    case .invited(let person): return .init(title: "Welcome", name: person.name, code: code)
    }
  }

  private static let over = Problem(
    .notFound, "this link was used, or does not hold any more",
    hint: "a manager makes a new one: lora-train user invite NAME")

  private func welcome(
    _ person: Catalogue.Person, _ action: String, to next: String, _ request: Request, _ context: LiveContext
  ) async throws -> Response {
    // First: a store that takes no deeds, as it is a copy, begins no session that nobody hears of.
    try await record(action, person, context)
    var answer = Response.redirect(to: next)
    try await signIn.begin(person, request, context.caller, answer: &answer)
    return answer
  }

  private func record(_ action: String, _ person: Catalogue.Person, _ context: LiveContext) async throws {
    let address = context.caller.address
    try await signIn.record(person.act(action, person.name, change: address.isEmpty ? nil : "from \(address)"))
  }
}

/// What people may be called.
enum PersonName {
  static func check(_ name: String) throws {
    guard (2...60).contains(name.count), !["owner", "unknown"].contains(name),
      // No look-alikes from other alphabets: the audit log names people.
      name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) || "._-".contains($0) })
    else {
      throw Problem(
        .badRequest, "a name has 2 to 60 letters (a to z), digits, '.', '_' or '-', and is not 'owner' or 'unknown'")
    }
  }
}
