import Foundation
import Hummingbird
import Journal
import Live

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
