import Foundation
import Hummingbird
import Journal
import Live
import Scenarios
import Validation

/// What models can be examined with, and where a client's own suite is uploaded (stories 6.3.2 and 6.4.2).
struct SuitesPage: Page {
  static let name = "suites"
  let title = "Validation suites"
  let section = Section.suites
  struct Row: Sendable {
    var name, title, kind, items, version, digest, path: String
    var by: String?
    var at: Moment?
    /// Its newest version, and whoever looks may withdraw it.
    var mayGo: Bool
  }
  let shipped, uploaded: [Row]
  let hasUploaded: Bool
  let problem, hint: String?

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    let deeds = SuiteDeeds(runner: desk.runner)
    router.get("suites") { request, context in
      await desk.answer(SuitesPage(try deeds.list(), context.person), request, context)
    }
    router.post("suites/withdraw") { request, context in
      try await deeds.withdraw(try await FormFields(request)["name"] ?? "", context)
      return Reply.see("/dashboard/suites?notice=removed")
    }
    router.post("suites") { request, context in
      var context = context
      let file = try await MultipartFile(request)
      if context.person == nil { try context.admit(file.fields["_csrf"]) }
      _ = try context.require(.engineer)
      do {
        let body = try await file.body.collect(upTo: SuiteReader.limit)
        let data = Data(body.readableBytesView)
        guard let text = String(bytes: data, encoding: .utf8) else {
          throw Problem(.unprocessableContent, "\(file.fileName) is no text", hint: "save it as UTF-8")
        }
        _ = try await deeds.add(NewSuite(file: file.fileName, text: text), context)
        return Reply.see("/dashboard/suites?notice=added")
      } catch let problem as Problem {
        return await desk.answer(
          SuitesPage(try deeds.list(), context.person, problem), request, context, status: problem.status)
      }
    }
  }

  private init(_ list: SuiteList, _ person: Catalogue.Person?, _ problem: Problem? = nil) {
    let rows = list.suites.map { suite in
      let scales =
        suite.scales > 0 ? ", \(Wording.count(suite.scales, suite.kind == "voice" ? "characteristic" : "scale"))" : ""
      let one = suite.kind == "voice" ? "prompt" : String(suite.kind.dropLast())
      return (
        suite.version,
        Row(
          name: suite.name, title: suite.title, kind: Wording.capital(suite.kind),
          items: Wording.count(suite.items, one) + scales,
          version: suite.version.map { "\($0)\(suite.is_newest ? "" : " (older)")" } ?? "", digest: suite.digest,
          path: "/api/v1/suites/\(Address.escaped(suite.name))?digest=\(suite.digest)", by: suite.by,
          at: suite.at.flatMap { Moment($0) },
          mayGo: suite.is_newest && (suite.by == person?.name || person?.role == .manager))
      )
    }
    shipped = rows.filter { $0.0 == nil }.map(\.1)
    uploaded = rows.filter { $0.0 != nil }.map(\.1)
    hasUploaded = !uploaded.isEmpty
    (self.problem, hint) = (problem?.document.detail, problem?.document.hint)
  }

  static let template = #"""
    <div class="head"><h1>{{title}}</h1></div>
    {{#problem}}<div class="notice bad" role="alert"><h2>The suite was not kept</h2><p class="error mono">{{problem}}</p>{{#hint}}<p>{{hint}}</p>{{/hint}}</div>{{/problem}}
    <p>Tick suites when you create a job: once training is over its pod answers them with the base and with the trained model. Questions are scored at once; scenarios and voices wait for people, or for a model that judges.</p>
    {{#frame.canEdit}}<form class="card" method="post" action="/dashboard/suites" enctype="multipart/form-data">{{>csrf}}
    <div class="field"><label for="file">Upload a suite (CSV of questions, YAML or JSON)</label><input id="file" name="file" type="file" accept=".csv,.json,.yaml,.yml" required><p class="hint">It is checked line by line. Another text under the same name is its next version; jobs keep the one they were made with, also when it is withdrawn.</p></div><button class="primary" type="submit">Upload</button></form>{{/frame.canEdit}}
    {{#hasUploaded}}<section class="card" aria-labelledby="own-h"><h2 id="own-h">Your own</h2><div class="scroll" tabindex="0" role="region" aria-label="Uploaded suites"><table><thead><tr><th scope="col">Suite</th><th scope="col">Kind</th><th scope="col">In it</th><th scope="col">Version</th><th scope="col">Uploaded</th><th scope="col">Content</th>{{#frame.canEdit}}<th scope="col">Actions</th>{{/frame.canEdit}}</tr></thead><tbody>
    {{#uploaded}}<tr><th scope="row">{{title}} <span class="soft small">{{name}}</span></th><td>{{kind}}</td><td>{{items}}</td><td>{{version}} <span class="mono small">{{digest}}</span></td><td>{{by}}{{#at}}, {{>time}}{{/at}}</td><td><a href="{{path}}">JSON<span class="hidden"> of {{name}}, version {{version}}</span></a></td>{{#frame.canEdit}}<td>{{#mayGo}}<form method="post" action="/dashboard/suites/withdraw">{{>csrf}}<input type="hidden" name="name" value="{{name}}"><button class="danger" type="submit">Withdraw<span class="hidden"> {{name}}</span></button></form>{{/mayGo}}</td>{{/frame.canEdit}}</tr>
    {{/uploaded}}</tbody></table></div></section>{{/hasUploaded}}
    <section class="card" aria-labelledby="shipped-h"><h2 id="shipped-h">Shipped with lora-train</h2><div class="scroll" tabindex="0" role="region" aria-label="Shipped suites"><table><thead><tr><th scope="col">Suite</th><th scope="col">Kind</th><th scope="col">In it</th><th scope="col">Version</th><th scope="col">Content</th></tr></thead><tbody>
    {{#shipped}}<tr><th scope="row">{{title}} <span class="soft small">{{name}}</span></th><td>{{kind}}</td><td>{{items}}</td><td class="mono small">{{digest}}</td><td><a href="{{path}}">JSON<span class="hidden"> of {{name}}</span></a></td></tr>
    {{/shipped}}</tbody></table></div></section>
    """#
}
