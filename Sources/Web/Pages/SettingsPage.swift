import DiscreteEvent
import Foundation
import Hummingbird
import Journal
import Live
import Scenarios

/// Who works here: people with their roles, the tokens of their programs, and what was done lately.
struct SettingsPage: Page {
  static let name = "settings"
  let title = "Settings"
  let section = Section.settings
  let tabs = SettingsTab.links(.team)
  struct Person: Sendable {
    var name, email, role: String
    var isSelf: Bool
    var path: String
  }
  struct Token: Sendable {
    var id, person, label: String
    var created: Moment?
    var isRevoked: Bool
  }
  struct Line: Sendable {
    var person, action, change, why: String
    var at: Moment?
  }
  let people: [Person]
  let hasPeople: Bool
  let tokens: [Token]
  let hasTokens: Bool
  let log: [Line]
  let hasLog: Bool
  /// Shown once, right after it was made.
  let secret, secretText: String?

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    let deeds = PeopleDeeds(runner: desk.runner)
    router.get("settings") { request, context in
      await desk.answer(try SettingsPage(desk.catalogue, try context.require(.viewer)), request, context)
    }
    router.post("settings/people") { request, context in
      let form = try await FormFields(request)
      guard let role = Catalogue.Role(rawValue: form["role"] ?? "") else { throw Problem(.badRequest, "choose a role") }
      guard try !desk.catalogue.people().contains(where: { $0.name == form["name"] }) else {
        throw Problem(.conflict, "there is a '\(form["name"] ?? "")' already", hint: "“Edit” beside them changes them")
      }
      try await deeds.put(Catalogue.Person(name: form["name"] ?? "", email: form["email"], role: role), context)
      return await desk.answer(try await link(form["name"] ?? "", desk, context), request, context)
    }
    router.get("settings/audit.csv") { _, context in
      _ = try context.require(.viewer)
      let rows = try desk.catalogue.audit(limit: .max).map {
        [$0.at, $0.person, $0.role, $0.action, $0.subject, $0.change ?? "", $0.justification ?? ""]
      }
      return Reply.download(
        CSVText.table(["at", "person", "role", "action", "subject", "change", "justification"], rows),
        "text/csv; charset=utf-8", as: "audit-log.csv")
    }
    router.post("settings/tokens") { request, context in
      let form = try await FormFields(request)
      let made = try await deeds.token(for: form["name"] ?? "", label: form["label"] ?? "", context)
      let page = try SettingsPage(
        desk.catalogue, try context.require(.viewer), secret: made.token,
        text: "The token of \(made.person). It is shown once: keep it where its program finds it.")
      return await desk.answer(page, request, context)
    }
    router.post("settings/tokens/revoke") { request, context in
      try await deeds.revoke(try await FormFields(request)["id"] ?? "", context)
      return Reply.see("/dashboard/settings?notice=removed")
    }
  }

  /// The page with a link to a password for somebody.
  static func link(_ name: String, _ desk: PageDesk, _ context: LiveContext) async throws -> SettingsPage {
    let link = try await PeopleDeeds(runner: desk.runner).link(for: name, desk.signIn, context)
    return try SettingsPage(
      desk.catalogue, try context.require(.viewer), secret: link.path,
      text: "A link that lets \(name) choose a password. It is shown once, is good once, and holds for a day.")
  }

  init(_ catalogue: Catalogue, _ person: Catalogue.Person, secret: String? = nil, text: String? = nil) throws {
    people = try catalogue.people().map {
      Person(
        name: $0.name, email: $0.email ?? "", role: $0.role.rawValue, isSelf: $0.name == person.name,
        path: PersonPage.path($0.name))
    }
    hasPeople = !people.isEmpty
    tokens = try catalogue.tokens().map {
      Token(
        id: $0.id, person: $0.person, label: $0.label, created: Moment(Instant(microseconds: $0.created)),
        isRevoked: $0.revoked != nil)
    }
    hasTokens = !tokens.isEmpty
    log = try catalogue.audit(limit: 50).map {
      Line(
        person: $0.person, action: AuditWords.sentence($0.action, $0.subject), change: $0.change ?? "",
        why: $0.justification ?? "", at: Moment($0.at))
    }
    hasLog = !log.isEmpty
    (self.secret, secretText) = (secret, text)
  }

  static let template = #"""
    <div class="head"><h1>{{title}}</h1></div>
    {{>settings-tabs}}
    {{#secret}}<div class="notice good" role="status"><p>{{secretText}}</p><pre>{{secret}}</pre></div>{{/secret}}
    <section class="card" aria-labelledby="people-h"><h2 id="people-h">Team</h2>
    {{#hasPeople}}<div class="scroll" tabindex="0" role="region" aria-label="Table of the team"><table><thead><tr><th scope="col">Name</th><th scope="col">Email</th><th scope="col">Role</th>{{#frame.isManager}}<th scope="col">Actions</th>{{/frame.isManager}}</tr></thead><tbody>
    {{#people}}<tr><th scope="row">{{name}}{{#isSelf}} <span class="soft">(you)</span>{{/isSelf}}</th><td>{{email}}</td><td>{{role}}</td>{{#frame.isManager}}<td class="nowrap"><a href="{{path}}">Edit<span class="hidden"> {{name}}</span></a>{{^isSelf}} <a href="{{path}}#remove">Remove<span class="hidden"> {{name}}</span></a>{{/isSelf}}</td>{{/frame.isManager}}</tr>{{/people}}
    </tbody></table></div>{{/hasPeople}}
    {{^hasPeople}}<p class="soft">Nobody yet beside the store's owner.</p>{{/hasPeople}}
    {{#frame.isManager}}<hr><form class="row-form" method="post" action="/dashboard/settings/people">{{>csrf}}<div class="grow"><label for="p-name">Name</label><input id="p-name" name="name" required minlength="2" maxlength="60"></div><div class="grow"><label for="p-email">Email</label><input id="p-email" name="email" type="email"></div><div><label for="p-role">Role</label><select id="p-role" name="role"><option>engineer</option><option>manager</option><option>viewer</option></select></div><button class="primary" type="submit">Add</button></form>{{/frame.isManager}}
    </section>
    <section class="card" aria-labelledby="tokens-h"><h2 id="tokens-h">API tokens</h2>
    {{#hasTokens}}<div class="scroll" tabindex="0" role="region" aria-label="Table of tokens"><table><thead><tr><th scope="col">Begins with</th><th scope="col">Of</th><th scope="col">For</th><th scope="col">Created</th>{{#frame.isManager}}<th scope="col">Actions</th>{{/frame.isManager}}</tr></thead><tbody>
    {{#tokens}}<tr><th scope="row" class="mono">{{id}}</th><td>{{person}}</td><td>{{label}}</td><td>{{#created}}{{>time}}{{/created}}</td>{{#frame.isManager}}<td>{{#isRevoked}}<span class="badge">revoked</span>{{/isRevoked}}{{^isRevoked}}<form method="post" action="/dashboard/settings/tokens/revoke">{{>csrf}}<input type="hidden" name="id" value="{{id}}"><button class="danger" type="submit">Revoke<span class="hidden"> {{id}}</span></button></form>{{/isRevoked}}</td>{{/frame.isManager}}</tr>{{/tokens}}
    </tbody></table></div>{{/hasTokens}}
    {{^hasTokens}}<p class="soft">None. A program that asks on somebody's behalf bears one.</p>{{/hasTokens}}
    {{#frame.isManager}}<hr><form class="row-form" method="post" action="/dashboard/settings/tokens">{{>csrf}}<div class="grow"><label for="t-name">Of</label><select id="t-name" name="name">{{#people}}<option>{{name}}</option>{{/people}}</select></div><div class="grow"><label for="t-label">For</label><input id="t-label" name="label" maxlength="100"></div><button class="primary" type="submit">Make a token</button></form>{{/frame.isManager}}
    </section>
    <section class="card" aria-labelledby="audit-h"><div class="card-head"><h2 id="audit-h">Audit log</h2>{{#hasLog}}<a href="/dashboard/settings/audit.csv">All of it (CSV)</a>{{/hasLog}}</div>
    {{#hasLog}}<div class="scroll" tabindex="0" role="region" aria-label="Table of the audit log"><table><caption>The last 50 things that people did</caption><thead><tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">What</th><th scope="col">Change</th><th scope="col">Why</th></tr></thead><tbody>
    {{#log}}<tr><td class="nowrap">{{#at}}{{>time}}{{/at}}</td><td>{{person}}</td><td>{{action}}</td><td>{{change}}</td><td class="wide-name">{{why}}</td></tr>{{/log}}</tbody></table></div>{{/hasLog}}
    {{^hasLog}}<p class="soft">Nobody has done anything yet.</p>{{/hasLog}}</section>
    """#
}
