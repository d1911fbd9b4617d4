import Foundation
import Hummingbird
import Journal
import Live

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
