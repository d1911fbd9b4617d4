import Foundation
import Hummingbird
import Journal
import Live

/// Training files: what is in each, and a new one with whatever is wrong in it, explained with its place (stories 1.1.1 and 3.1.2).
struct FilesPage: Page {
  static let name = "files"
  let title = "Training files"
  let section = Section.files
  let files: [FileCard]
  let hasFiles: Bool
  let problem, hint: String?
  let defect: DefectCard?
  /// Where to go on after an upload: `new` for the form of a new job.
  let then: String

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    router.get("files") { request, context in
      let then = request.uri.queryParameters.get("then") == "new" ? "new" : ""
      return await desk.answer(try FilesPage(desk.catalogue, then: then), request, context)
    }
    router.post("files") { request, context in
      var context = context
      let file = try await MultipartFile(request)
      if context.person == nil { try context.admit(file.fields["_csrf"]) }
      let person = try context.require(.engineer)
      do {
        let shelf = FileShelf(beside: desk.storePath, links: desk.links)
        let kept = try await shelf.take(file.body, name: file.fileName, at: await desk.runner.view.at, by: person.name)
        try desk.catalogue.add(kept, at: await desk.runner.view.at)
        let act = person.act("file.add", kept.id, change: kept.name)
        try await desk.runner.record(act)
        let isForJob = file.fields["then"] == "new" && kept.canCreateJob
        return Reply.see(
          isForJob ? "/dashboard/training-jobs/new?training_file=\(kept.id)" : "/dashboard/files?notice=added")
      } catch let problem as Problem {
        let page = try FilesPage(desk.catalogue, then: file.fields["then"] ?? "", problem)
        return await desk.answer(page, request, context, status: problem.status)
      }
    }
  }

  init(_ catalogue: Catalogue, then: String, _ problem: Problem? = nil) throws {
    files = try catalogue.files().map(FileCard.init)
    hasFiles = !files.isEmpty
    self.then = then
    (self.problem, hint, defect) = (problem?.document.detail, problem?.document.hint, problem?.defect)
  }

  static let template = #"""
    <div class="head"><h1>{{title}}</h1></div>
    {{#problem}}<div class="notice bad" role="alert"><h2>Training data validation failed</h2><p class="error mono">{{problem}}</p>{{#hint}}<p>How to fix: {{hint}}</p>{{/hint}}{{#defect}}{{>defect}}{{/defect}}<p>Nothing was kept. Fix it in the conversation editor, regenerate the training file, and upload it again.</p></div>{{/problem}}
    {{#frame.canEdit}}<form class="card" method="post" action="/dashboard/files" enctype="multipart/form-data">{{>csrf}}<input type="hidden" name="then" value="{{then}}">
    <div class="field"><label for="file">Upload a training file (JSON)</label><input id="file" name="file" type="file" accept=".json,application/json" required><p class="hint">It is checked as it arrives; what is unsound is not kept, and you are told where. A job takes 50 conversations at least.</p></div><button class="primary" type="submit">Upload</button></form>{{/frame.canEdit}}
    {{#files}}<section class="card"><div class="card-head"><h2>{{name}}</h2>{{#frame.canEdit}}{{#canCreateJob}}<a class="button" href="/dashboard/training-jobs/new?training_file={{id}}">Create Training Job</a>{{/canCreateJob}}{{/frame.canEdit}}{{^canCreateJob}}<span class="badge warn">too few conversations for a job</span>{{/canCreateJob}}</div>
    <dl class="pairs small"><dt>In it</dt><dd>{{summary}}</dd><dt>Quality</dt><dd>{{quality}}</dd><dt>Human review</dt><dd>{{reviewed}}</dd><dt>Scaffolding</dt><dd>{{scaffolding}}</dd><dt>Added</dt><dd>{{#added}}{{>time}}{{/added}} by {{by}}</dd><dt>Id</dt><dd class="mono">{{id}}</dd></dl>
    {{#warnings}}<p class="small">Note: {{.}}</p>{{/warnings}}</section>{{/files}}
    {{^hasFiles}}<div class="card empty"><h2>No training file yet</h2><p>Export one from the conversation editor and upload it here.</p></div>{{/hasFiles}}
    """#
}
