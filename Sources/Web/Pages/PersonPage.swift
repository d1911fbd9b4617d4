import Hummingbird
import Journal
import Live

/// One person, for managers: another address or role, a link to a password, and the end.
struct PersonPage: Page {
  static let name = "person"
  let title: String
  let section = Section.settings
  let person, email: String
  let roles: [Choice]
  let isSelf: Bool

  struct Choice: Sendable {
    var value: String
    var isChosen: Bool
  }

  static func path(_ name: String) -> String { "/dashboard/settings/person?name=\(Address.escaped(name))" }

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    let deeds = PeopleDeeds(runner: desk.runner)
    router.get("settings/person") { request, context in
      let manager = try context.require(.manager)
      let somebody = try known(FormFields(query: request)["name"], desk.catalogue)
      return await desk.answer(PersonPage(somebody, isSelf: somebody.name == manager.name), request, context)
    }
    router.post("settings/person") { request, context in
      _ = try context.require(.manager)
      let form = try await FormFields(request)
      let somebody = try known(form["name"], desk.catalogue)
      guard let role = Catalogue.Role(rawValue: form["role"] ?? "") else { throw Problem(.badRequest, "choose a role") }
      try await deeds.put(Catalogue.Person(name: somebody.name, email: form["email"], role: role), context)
      return Reply.see("/dashboard/settings?notice=saved")
    }
    router.post("settings/person/link") { request, context in
      let name = try await FormFields(request)["name"] ?? ""
      return await desk.answer(try await SettingsPage.link(name, desk, context), request, context)
    }
    router.post("settings/person/remove") { request, context in
      let form = try await FormFields(request)
      guard form.has("sure") else {
        throw Problem(.badRequest, "the box that says they go was not ticked", hint: "go back and tick it")
      }
      try await deeds.retire(form["name"] ?? "", context)
      return Reply.see("/dashboard/settings?notice=removed")
    }
  }

  private static func known(_ name: String?, _ catalogue: Catalogue) throws -> Catalogue.Person {
    guard let person = try catalogue.people().first(where: { $0.name == name }) else {
      throw Problem(.notFound, "there is nobody of that name")
    }
    return person
  }

  init(_ somebody: Catalogue.Person, isSelf: Bool) {
    (title, person, email, self.isSelf) = (somebody.name, somebody.name, somebody.email ?? "", isSelf)
    roles = ["engineer", "manager", "viewer"].map { Choice(value: $0, isChosen: $0 == somebody.role.rawValue) }
  }

  static let template = #"""
    <p class="crumbs"><a href="/dashboard/settings">Settings</a></p>
    <div class="head"><h1>{{title}}</h1></div>
    <form class="card" method="post" action="/dashboard/settings/person">{{>csrf}}<input type="hidden" name="name" value="{{person}}"><h2>Address and role</h2>
    <div class="fields"><div class="field"><label for="email">Email</label><input id="email" name="email" type="email" value="{{email}}"><p class="hint">Empty: no mails.</p></div>
    <div class="field"><label for="role">Role</label><select id="role" name="role">{{#roles}}<option{{#isChosen}} selected{{/isChosen}}>{{value}}</option>{{/roles}}</select></div></div>
    <button class="primary" type="submit">Save</button></form>
    <form class="card" method="post" action="/dashboard/settings/person/link">{{>csrf}}<input type="hidden" name="name" value="{{person}}"><h2>Password</h2><p>A link lets {{person}} choose a new one. The old one holds until then.</p><button type="submit">Make a link</button></form>
    {{^isSelf}}<form class="card" id="remove" method="post" action="/dashboard/settings/person/remove">{{>csrf}}<input type="hidden" name="name" value="{{person}}"><h2>Remove</h2><p>Tokens, sessions, password and links of {{person}} end at once. Jobs, notes and the audit log keep the name.</p><label class="check"><input type="checkbox" name="sure" value="yes" required> {{person}} goes</label><button class="danger" type="submit">Remove</button></form>{{/isSelf}}
    """#
}
