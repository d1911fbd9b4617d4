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

/// One entry, with its jobs and its revisions.
struct KnowledgeEntryPage: Page {
  static let name = "knowledge-entry"
  let section = Section.knowledge
  struct Job: Sendable { var id, name, status, statusText: String }
  struct Revision: Sendable {
    var number, person: String
    var at: Moment?
    var path: String?
  }

  let title, number, category, tags, person, html: String
  let at: Moment?
  let old: String?
  let jobs: [Job]
  let hasJobs: Bool
  let revisions: [Revision]
  let hasRevisions: Bool
  let mayRemove: Bool

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    router.get("knowledge/:number") { request, context in
      let revisions = try KnowledgeDeeds(runner: desk.runner).revisions(
        context.parameters.get("number") ?? "", await desk.runner.view
      ).entries
      let wanted = request.uri.queryParameters.get("revision").flatMap { Int($0) }
      guard let entry = wanted.map({ n in revisions.first { $0.revision == n } }) ?? revisions.last else {
        throw Problem(.notFound, "there is no such revision")
      }
      let mayRemove = context.person.flatMap { person in
        revisions.first.map { KnowledgeDeeds.mayRemove($0, person) }
      }
      return await desk.answer(
        KnowledgeEntryPage(entry, revisions, mayRemove: mayRemove == true), request, context)
    }
    router.post("knowledge/:number/remove") { _, context in
      try await KnowledgeDeeds(runner: desk.runner).remove(context.parameters.get("number") ?? "", context)
      return Reply.see("/dashboard/knowledge?notice=removed")
    }
  }

  init(_ entry: KnowledgeDocument, _ all: [KnowledgeDocument], mayRemove: Bool) {
    self.mayRemove = mayRemove
    (title, number, person, at) = (entry.title, "\(entry.number)", entry.person, Moment(entry.at))
    category = KnowledgePage.words(entry.category)
    tags = entry.tags.joined(separator: ", ")
    html = Markdown.html(entry.content)
    old = entry.revision == all.last?.revision ? nil : "This is revision \(entry.revision); there is a newer one."
    jobs = entry.jobs.map {
      Job(id: $0.id, name: $0.name, status: $0.status, statusText: Wording.badge($0.status))
    }
    hasJobs = !jobs.isEmpty
    revisions = all.reversed().map {
      Revision(
        number: "\($0.revision)", person: $0.person, at: Moment($0.at),
        path: $0.revision == entry.revision ? nil : "/dashboard/knowledge/\(entry.number)?revision=\($0.revision)")
    }
    hasRevisions = all.count > 1
  }

  static let template = #"""
    <p class="crumbs"><a href="/dashboard/knowledge">Knowledge base</a> / {{number}}</p>
    <div class="head"><h1>{{title}}</h1>{{#frame.canEdit}}<div class="actions"><a class="button" href="/dashboard/knowledge/{{number}}/edit">Edit</a></div>{{/frame.canEdit}}
    <p class="lead">{{category}} · {{person}}{{#at}}, {{>time}}{{/at}}{{#tags}} · {{tags}}{{/tags}}</p></div>
    {{#old}}<div class="notice warn"><p>{{old}} <a href="/dashboard/knowledge/{{number}}">Read the newest</a></p></div>{{/old}}
    <div class="two"><section class="card note" aria-label="Content">{{{html}}}</section>
    <div><section class="card" aria-labelledby="jobs-h"><h2 id="jobs-h">Related jobs</h2>
    {{#hasJobs}}<ul class="finds">{{#jobs}}<li><a href="/dashboard/training-jobs/{{id}}">{{name}}</a> <span class="soft small">{{id}}</span> {{>badge}}{{#frame.canEdit}} <a class="small" href="/dashboard/training-jobs/new?from={{id}}">Clone<span class="hidden"> the configuration of {{name}}</span></a>{{/frame.canEdit}}</li>{{/jobs}}</ul>{{/hasJobs}}{{^hasJobs}}<p class="soft">None.</p>{{/hasJobs}}</section>
    {{#hasRevisions}}<section class="card" aria-labelledby="rev-h"><h2 id="rev-h">Revisions</h2><ul>{{#revisions}}<li>{{#path}}<a href="{{path}}">{{number}}</a>{{/path}}{{^path}}<b>{{number}}</b>{{/path}}: {{person}}{{#at}}, {{>time}}{{/at}}</li>{{/revisions}}</ul></section>{{/hasRevisions}}
    {{#mayRemove}}<details class="fold"><summary>Remove this entry</summary><form class="card" method="post" action="/dashboard/knowledge/{{number}}/remove">{{>csrf}}<p>It is read and found no more. The audit log says who removed it; its revisions stay in the store.</p><button class="danger" type="submit">Remove</button></form></details>{{/mayRemove}}</div></div>
    """#
}

/// Where an entry is written.
struct KnowledgeFormPage: Page {
  static let name = "knowledge-form"
  let section = Section.knowledge

  let title, path, heading, content, tags, jobs: String
  let categories: [Choice]
  let problem: String?

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    let deeds = KnowledgeDeeds(runner: desk.runner)
    router.get("knowledge/new") { request, context in
      _ = try context.require(.engineer)
      let view = await desk.runner.view
      var draft = NewKnowledge(title: "", category: .bestPractices, tags: [], content: "", jobs: [])
      if let id = request.uri.queryParameters.get("from") {
        guard let job = view.job(id) else { throw Problem(.notFound, "there is no job '\(id)'") }
        draft = try KnowledgeDrafts(view, desk.catalogue).draft(of: job)
      }
      return await desk.answer(KnowledgeFormPage(draft), request, context)
    }
    router.get("knowledge/:number/edit") { request, context in
      _ = try context.require(.engineer)
      let entry = try deeds.entry(context.parameters.get("number") ?? "", await desk.runner.view)
      let draft = NewKnowledge(
        title: entry.title, category: entry.category, tags: entry.tags, content: entry.content,
        jobs: entry.jobs.map(\.id))
      return await desk.answer(KnowledgeFormPage(draft, of: entry.number), request, context)
    }
    router.post("knowledge") { request, context in
      try await put(request, context, desk, as: nil)
    }
    router.post("knowledge/:number") { request, context in
      try await put(request, context, desk, as: context.parameters.get("number") ?? "")
    }
  }

  private static func put(_ request: Request, _ context: LiveContext, _ desk: PageDesk, as number: String?) async throws
    -> Response
  {
    let form = try await FormFields(request)
    func list(_ name: String) -> [String] {
      (form[name] ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
    guard let category = form["category"].flatMap(Catalogue.KnowledgeCategory.init) else {
      throw Problem(.badRequest, "choose a category")
    }
    let new = NewKnowledge(
      title: form["title"] ?? "", category: category, tags: list("tags"), content: form["content"] ?? "",
      jobs: list("jobs"))
    do {
      let kept = try await KnowledgeDeeds(runner: desk.runner).put(new, as: number, context)
      return Reply.see("/dashboard/knowledge/\(kept.number)?notice=saved")
    } catch let problem as Problem where problem.document.place != nil {
      // What was written is not lost.
      let page = KnowledgeFormPage(new, of: number.flatMap { Int($0) }, problem.document.detail)
      return await desk.answer(page, request, context, status: problem.status)
    }
  }

  init(_ draft: NewKnowledge, of number: Int? = nil, _ problem: String? = nil) {
    title = number == nil ? "New entry" : "Edit entry"
    path = number.map { "/dashboard/knowledge/\($0)" } ?? "/dashboard/knowledge"
    (heading, content, self.problem) = (draft.title, draft.content, problem)
    (tags, jobs) = ((draft.tags ?? []).joined(separator: ", "), (draft.jobs ?? []).joined(separator: ", "))
    categories = KnowledgePage.choices(first: nil, chosen: draft.category)
  }

  static let template = #"""
    <p class="crumbs"><a href="/dashboard/knowledge">Knowledge base</a></p>
    <div class="head"><h1>{{title}}</h1></div>
    {{#problem}}<div class="notice bad" role="alert"><p class="error">{{problem}}</p></div>{{/problem}}
    <form class="card" method="post" action="{{path}}">{{>csrf}}
    <div class="field"><label for="title">Title</label><input id="title" name="title" value="{{heading}}" maxlength="200" required></div>
    <div class="fields"><div class="field"><label for="category">Category</label><select id="category" name="category">{{#categories}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/categories}}</select></div>
    <div class="field"><label for="tags">Tags</label><input id="tags" name="tags" value="{{tags}}" placeholder="Aggressive LR, High emotion, Financial domain"><p class="hint">Separated by commas</p></div></div>
    <div class="field"><label for="content">Content</label><textarea id="content" name="content" rows="18" maxlength="20000" required>{{content}}</textarea><p class="hint">Markdown: # heading, **bold**, *italics*, `code`, lists, links. Configuration summary, results, key learnings.</p></div>
    <div class="field"><label for="jobs">Related jobs</label><input id="jobs" name="jobs" value="{{jobs}}" placeholder="job-7, job-9"><p class="hint">Separated by commas; successful ones like it were filled in.</p></div>
    <div class="actions"><button class="primary" type="submit">Save entry</button><a class="button" href="{{path}}">Go back</a></div>
    </form>
    """#
}
