import Hummingbird
import Journal
import Live

/// One's own account: who one is here, the password, and where one is signed in.
struct AccountPage: Page {
  static let name = "account"
  let title = "Your account"
  let section = Section.settings
  let tabs = SettingsTab.links(.account)

  struct Row: Sendable {
    var id, browser: String
    var isOwn: Bool
    var began, seen, ends: Moment?
  }

  let facts: [JobPage.Fact]
  /// False: a token alone lets them in.
  let hasPassword: Bool
  let rows: [Row]
  let hasRows, hasOthers: Bool
  /// What was wrong with what was sent.
  let problem, hint: String?

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    let deeds = SessionDeeds(signIn: desk.signIn)
    router.get("settings/account") { request, context in
      await desk.answer(try await AccountPage(deeds, context), request, context)
    }
    router.post("settings/account/password") { request, context in
      let form = try await FormFields(request)
      do {
        guard form["new"] == form["again"] else { throw Problem(.badRequest, "the two new passwords are not the same") }
        try await deeds.setPassword(NewPassword(old: form["old"] ?? "", new: form["new"] ?? ""), context)
      } catch let problem as Problem where problem.status != .serviceUnavailable {
        return await desk.answer(
          try await AccountPage(deeds, context, problem), request, context, status: problem.status)
      }
      return Reply.see("/dashboard/settings/account?notice=password")
    }
    router.post("settings/account/sessions/end") { request, context in
      try await deeds.end(try await FormFields(request)["id"] ?? "", context)
      return Reply.see("/dashboard/settings/account?notice=ended")
    }
    router.post("settings/account/sessions/end-others") { _, context in
      try await deeds.endOthers(context)
      return Reply.see("/dashboard/settings/account?notice=ended")
    }
  }

  init(_ deeds: SessionDeeds, _ context: LiveContext, _ problem: Problem? = nil) async throws {
    let person = try context.require(.viewer)
    let list = try await deeds.list(context, ownOnly: true)
    facts = [
      .init(label: "Name", value: person.name), .init(label: "Role", value: person.role.rawValue),
      .init(label: "Email", value: person.email ?? "none: a manager adds it"),
    ]
    hasPassword = try deeds.signIn.catalogue.password(of: person.name) != nil
    rows = list.sessions.map {
      Row(
        id: $0.id, browser: AccountPage.browser($0.agent), isOwn: $0.id == list.own, began: Moment($0.created_at),
        seen: Moment($0.seen_at), ends: Moment($0.ends_at))
    }
    hasRows = !rows.isEmpty
    hasOthers = rows.contains { !$0.isOwn }
    (self.problem, hint) = (problem?.document.detail, problem?.document.hint)
  }

  /// `Firefox on Linux`; what calls itself otherwise is shown as it does.
  static func browser(_ agent: String) -> String {
    // In this order: most say that they are others, too.
    let names = [
      ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ]
    let systems = [
      ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
      ("Linux", "Linux"),
    ]
    guard let name = names.first(where: { agent.contains($0.0) })?.1 else {
      return agent.isEmpty ? "a program that does not say its name" : agent
    }
    return name + (systems.first { agent.contains($0.0) }.map { " on \($0.1)" } ?? "")
  }

  static let template = #"""
    <div class="head"><h1>{{title}}</h1></div>
    {{>settings-tabs}}
    <section class="card" aria-labelledby="who-h"><h2 id="who-h">Who you are here</h2><dl class="pairs">{{#facts}}<dt>{{label}}</dt><dd>{{value}}</dd>{{/facts}}</dl><p class="small"><a href="/dashboard/links">Links to files and reports that you made</a></p></section>
    {{#hasPassword}}<form class="card" method="post" action="/dashboard/settings/account/password">{{>csrf}}<h2>Password</h2>
    {{#problem}}<div class="notice bad" role="alert"><p class="error">{{problem}}{{#hint}} ({{hint}}){{/hint}}</p></div>{{/problem}}
    <p class="soft">A new one ends all your other sessions. Your tokens go on.</p><input type="hidden" name="username" autocomplete="username" value="{{frame.person}}">
    <div class="fields"><div class="field"><label for="old">Old password</label><input id="old" name="old" type="password" autocomplete="current-password" maxlength="200" required></div>
    <div class="field"><label for="new">New password</label><input id="new" name="new" type="password" autocomplete="new-password" minlength="12" maxlength="200" aria-describedby="new-hint" required><p class="hint" id="new-hint">12 characters at least</p></div>
    <div class="field"><label for="again">The new one once more</label><input id="again" name="again" type="password" autocomplete="new-password" minlength="12" maxlength="200" required></div></div>
    <button class="primary" type="submit">Change it</button></form>{{/hasPassword}}
    {{^hasPassword}}<section class="card" aria-labelledby="pw-h"><h2 id="pw-h">Password</h2>{{#problem}}<div class="notice bad" role="alert"><p class="error">{{problem}}</p></div>{{/problem}}<p class="soft">You have none: a token lets you in. A manager makes a link with which you choose one.</p></section>{{/hasPassword}}
    <section class="card" aria-labelledby="sessions-h"><h2 id="sessions-h">Where you are signed in</h2>
    {{#hasRows}}<div class="scroll" tabindex="0" role="region" aria-label="Table of sessions"><table><caption>A session ends after 12 hours without use, or 7 days</caption><thead><tr><th scope="col">Browser</th><th scope="col">Since</th><th scope="col">Last used</th><th scope="col">Ends at the latest</th><th scope="col">Actions</th></tr></thead><tbody>
    {{#rows}}<tr><th scope="row" class="wide-name">{{browser}}{{#isOwn}} <span class="badge good">this one</span>{{/isOwn}}</th><td class="nowrap">{{#began}}{{>time}}{{/began}}</td><td class="nowrap">{{#seen}}{{>time}}{{/seen}}</td><td class="nowrap">{{#ends}}{{>time}}{{/ends}}</td><td>{{^isOwn}}<form method="post" action="/dashboard/settings/account/sessions/end">{{>csrf}}<input type="hidden" name="id" value="{{id}}"><button class="danger" type="submit">End<span class="hidden"> the session of {{browser}}, {{id}}</span></button></form>{{/isOwn}}{{#isOwn}}<span class="soft">“Sign out” ends it</span>{{/isOwn}}</td></tr>
    {{/rows}}</tbody></table></div>{{/hasRows}}
    {{^hasRows}}<p class="soft">Nowhere: a program asks with a token.</p>{{/hasRows}}
    {{#hasOthers}}<form method="post" action="/dashboard/settings/account/sessions/end-others">{{>csrf}}<button class="danger" type="submit">End all others</button></form>{{/hasOthers}}
    </section>
    """#
}
