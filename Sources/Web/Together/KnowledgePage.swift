import Foundation
import Hummingbird
import Journal
import Live

/// What the team has learnt: listed, searched, read (story 8.3.2).
struct KnowledgePage: Page {
  static let name = "knowledge"
  let title = "Knowledge base"
  let section = Section.knowledge
  struct Card: Sendable {
    var number, title, category, tags, excerpt, person: String
    var at: Moment?
    var edited: Bool
  }

  let search: String
  let categories, tags: [Choice]
  let cards: [Card]
  let hasCards, isFiltered: Bool

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    router.get("knowledge") { request, context in
      let form = FormFields(query: request)
      return await desk.answer(try KnowledgePage(form, desk, await desk.runner.view), request, context)
    }
    KnowledgeEntryPage.add(to: router, desk)
    KnowledgeFormPage.add(to: router, desk)
  }

  init(_ form: FormFields, _ desk: PageDesk, _ view: LiveView) throws {
    search = form["search"] ?? ""
    let category = form["category"].flatMap(Catalogue.KnowledgeCategory.init)
    let deeds = KnowledgeDeeds(runner: desk.runner)
    let all = Set(try desk.catalogue.knowledge().flatMap(\.tags)).sorted()
    categories = KnowledgePage.choices(first: "All", chosen: category)
    tags = Choice.list("All", all.map { ($0, $0) }, chosen: form["tag"])
    cards = try deeds.list(view, search: form["search"], category: category, tag: form["tag"]).entries.map { entry in
      Card(
        number: "\(entry.number)", title: entry.title, category: KnowledgePage.words(entry.category),
        tags: entry.tags.joined(separator: ", "), excerpt: KnowledgePage.excerpt(entry.content), person: entry.person,
        at: Moment(entry.at), edited: entry.revision > 1)
    }
    hasCards = !cards.isEmpty
    isFiltered = form.has("search") || category != nil || form.has("tag")
  }

  static func words(_ category: Catalogue.KnowledgeCategory) -> String {
    Wording.capital(Wording.words(category.rawValue))
  }

  static func choices(first: String?, chosen: Catalogue.KnowledgeCategory?) -> [Choice] {
    Choice.list(
      first, Catalogue.KnowledgeCategory.allCases.map { ($0.rawValue, words($0)) }, chosen: chosen?.rawValue)
  }

  /// The first words, without Markdown's signs.
  private static func excerpt(_ text: String) -> String {
    let plain = text.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix(while: { "#-* ".contains($0) }) }
      .filter { !$0.isEmpty }.joined(separator: " · ")
    return plain.count > 220 ? plain.prefix(220) + "…" : plain
  }

  static let template = #"""
    <div class="head"><h1>{{title}}</h1>{{#frame.canEdit}}<div class="actions"><a class="button primary" href="/dashboard/knowledge/new">New entry</a></div>{{/frame.canEdit}}</div>
    <form class="card" method="get" action="/dashboard/knowledge" role="search" aria-label="Knowledge base"><div class="filters">
    <div class="wide"><label for="search">Words</label><input id="search" name="search" type="search" value="{{search}}" placeholder="How to train models on emotional datasets"></div>
    <div><label for="category">Category</label><select id="category" name="category">{{#categories}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/categories}}</select></div>
    <div><label for="tag">Tag</label><select id="tag" name="tag">{{#tags}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/tags}}</select></div>
    <div class="actions"><button type="submit">Search</button>{{#isFiltered}}<a href="/dashboard/knowledge">Clear</a>{{/isFiltered}}</div></div></form>
    {{#hasCards}}<div class="half">{{#cards}}<article class="card"><div class="card-head"><h2><a href="/dashboard/knowledge/{{number}}">{{title}}</a></h2><span class="badge">{{category}}</span></div><p>{{excerpt}}</p><p class="soft small">{{person}}{{#at}}, {{>time}}{{/at}}{{#edited}} (edited){{/edited}}{{#tags}} · {{tags}}{{/tags}}</p></article>{{/cards}}</div>{{/hasCards}}
    {{^hasCards}}<div class="card empty">{{#isFiltered}}<h2>Nothing is like that</h2><p>Fewer words find more.</p>{{/isFiltered}}{{^isFiltered}}<h2>Nothing was written down yet</h2><p>Open a job that went well and choose “Add to Knowledge Base”: configuration and results are filled in, you add what was learnt.</p>{{/isFiltered}}</div>{{/hasCards}}
    """#
}
