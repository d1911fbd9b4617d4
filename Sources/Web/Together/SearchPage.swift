import Foundation
import Hummingbird
import Journal
import Live

/// What the box in the header finds.
struct SearchPage: Page {
  static let name = "search"
  let title = "Search"
  let section = Section.jobs

  struct Row: Sendable {
    var kind, title, id, path: String
    /// Escaped, with what was found marked.
    var html: String
    var status, statusText: String?
  }

  let query: String
  let kinds: [Choice]
  let rows: [Row]
  let hasRows, isAsked: Bool
  let said: String
  let previousPath, nextPath: String?

  private static let perPage = 25
  private static let names: [(Catalogue.FindKind, String)] = [
    (.job, "Jobs"), (.knowledge, "Knowledge base"), (.template, "Templates"), (.file, "Training files"),
  ]

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    router.get("search") { request, context in
      let person = try context.require(.viewer)
      let form = FormFields(query: request)
      return await desk.answer(
        try SearchPage(form, person, await desk.runner.view, desk.catalogue), request, context)
    }
  }

  init(_ form: FormFields, _ person: Catalogue.Person, _ view: LiveView, _ catalogue: Catalogue) throws {
    query = form["q"] ?? ""
    let kind = form["kind"].flatMap(Catalogue.FindKind.init)
    let page = max(1, min(1_000_000, form["page"].flatMap { Int($0) } ?? 1))
    let offset = (page - 1) * SearchPage.perPage
    let (list, snippets) = try SearchRoutes.list(
      query, kind, person, view, catalogue, limit: SearchPage.perPage, offset: offset)
    kinds = Choice.list("Everything", SearchPage.names.map { ($0.0.rawValue, $0.1) }, chosen: kind?.rawValue)
    rows = zip(list.results, snippets).map { found, snippet in
      Row(
        kind: SearchPage.one(found.kind), title: found.title, id: found.id, path: found.path,
        html: SearchPage.marked(snippet), status: found.status, statusText: found.status.map(Wording.badge))
    }
    (hasRows, isAsked) = (!rows.isEmpty, !query.allSatisfy(\.isWhitespace))
    let range = "\(Wording.group(offset + 1)) to \(Wording.group(offset + rows.count)) of \(Wording.group(list.total))"
    said = list.have_all_words ? range : "\(range). Nothing has all of these words; this has some of them."
    func path(_ page: Int) -> String {
      var form = form
      form["page"] = page > 1 ? "\(page)" : nil
      return "/dashboard/search?\(form.query)"
    }
    previousPath = page > 1 ? path(page - 1) : nil
    nextPath = offset + SearchPage.perPage < list.total ? path(page + 1) : nil
  }

  private static func one(_ kind: Catalogue.FindKind) -> String {
    switch kind {
    case .job: "Job"
    case .file: "Training file"
    case .template: "Template"
    case .knowledge: "Knowledge base"
    }
  }

  /// Nothing that somebody wrote is an element: the text is escaped, and only then are marks made of what the store set.
  static func marked(_ snippet: String) -> String {
    Markdown.escaped(snippet).replacing("\(Catalogue.mark)", with: "<mark>").replacing(
      "\(Catalogue.endMark)", with: "</mark>")
  }

  static let template = #"""
    <div class="head"><h1>{{title}}</h1></div>
    <form class="card" method="get" action="/dashboard/search" role="search" aria-label="Search"><div class="filters">
    <div class="wide"><label for="q">Words in names, tags, notes, files, templates and the knowledge base</label><input id="q" name="q" type="search" value="{{query}}" maxlength="400"></div>
    <div><label for="kind">In</label><select id="kind" name="kind">{{#kinds}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/kinds}}</select></div>
    <div class="actions"><button type="submit">Search</button></div></div></form>
    <section class="card" aria-label="Results">
    {{#hasRows}}<p class="soft" role="status">{{said}}</p><ul class="finds">
    {{#rows}}<li><a href="{{path}}"><b>{{title}}</b></a> <span class="tag">{{kind}}</span>{{#status}} {{>badge}}{{/status}} <span class="soft small">{{id}}</span><p class="small">{{{html}}}</p></li>
    {{/rows}}</ul>{{/hasRows}}
    {{^hasRows}}<div class="empty">{{#isAsked}}<h2>Nothing was found</h2><p>Fewer words, or the beginning of one, find more. Hidden jobs are not found.</p>{{/isAsked}}{{^isAsked}}<h2>What are you looking for?</h2><p>Press <kbd>/</kbd> on any page to come here.</p>{{/isAsked}}</div>{{/hasRows}}
    </section>
    {{#hasRows}}<nav class="pager actions" aria-label="Pages of results">{{#previousPath}}<a class="button" href="{{previousPath}}">Previous</a>{{/previousPath}}{{#nextPath}}<a class="button" href="{{nextPath}}">Next</a>{{/nextPath}}</nav>{{/hasRows}}
    """#
}
