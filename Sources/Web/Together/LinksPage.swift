import Engine
import Foundation
import Hummingbird
import Journal
import Live

/// Links to files and reports that need no sign-in: the one that was just made, and those that hold, each with its end.
struct LinksPage: Page {
  static let name = "links"
  let title = "Links to files and reports"
  let section = Section.storage
  let scripts = ["copy.js"]

  struct Row: Sendable {
    var id, job, jobName, what, shows, person: String
    var isRevocable: Bool
    var made, ends: Moment?
  }
  /// A link that was just made: shown once.
  struct Made: Sendable {
    var url, what, job: String
    var ends: Moment?
  }

  let made: Made?
  let rows: [Row]
  let hasRows: Bool

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    router.get("links") { request, context in
      await desk.answer(LinksPage(try await desk.signed.list(context)), request, context)
    }
    router.post("links") { request, context in
      _ = try context.require(.engineer)
      let form = try await FormFields(request)
      let view = await desk.runner.view
      guard let job = form["job"].flatMap({ view.job($0) }), let what = form["what"] else {
        throw Problem(
          .badRequest, "a link is to a job's file, or to its report", hint: "open the job: Links for others")
      }
      let name = view.descriptions[Int(job.rawValue)].name
      let made: Made
      if what == LinkDeeds.report {
        let wish = ReportRoutes.LinkWish(shows_costs: form.has("costs"), shows_notes: form.has("notes"))
        let link = try await desk.signed.report(of: job, wish, context)
        made = Made(
          url: context.caller.origin(request) + link.path, what: LinksPage.label(what), job: name,
          ends: Moment(link.until))
      } else {
        let link = try await desk.signed.artifact(what, of: job, context)
        made = Made(url: link.url, what: LinksPage.label(what), job: name, ends: Moment(link.expires_at))
      }
      return await desk.answer(LinksPage(try await desk.signed.list(context), made: made), request, context)
    }
    router.post("links/revoke") { request, context in
      try await desk.signed.revoke(try await FormFields(request)["id"] ?? "", context)
      return Reply.see("/dashboard/links?notice=revoked")
    }
  }

  init(_ list: SignedLinkList, made: Made? = nil) {
    self.made = made
    rows = list.links.map {
      Row(
        id: $0.id, job: $0.job, jobName: $0.job_name, what: LinksPage.label($0.what), shows: $0.shows,
        person: $0.person, isRevocable: $0.is_revocable, made: Moment($0.made_at), ends: Moment($0.ends_at))
    }
    hasRows = !rows.isEmpty
  }

  /// `Adapters`, `Deployment Package`, `Report`.
  static func label(_ what: String) -> String {
    Catalogue.ArtifactKind(rawValue: what).map {
      JobHandover.label($0).replacing("Download ", with: "")
    } ?? Wording.capital(what)
  }

  /// What there is to make links to, beside a job's files.
  struct Offer: Sendable {
    var what, label, holds: String
    var isReport: Bool
  }

  /// - Parameter kinds: what may go of what the job handed over.
  static func offers(_ kinds: [Catalogue.ArtifactKind], isOver: Bool) -> [Offer] {
    kinds.map {
      Offer(
        what: $0.rawValue, label: label($0.rawValue), holds: Wording.count(ArtifactShelf.hours($0), "hour"),
        isReport: false)
    }
      + (isOver
        ? [
          Offer(
            what: LinkDeeds.report, label: label(LinkDeeds.report),
            holds: Wording.count(LinkDeeds.daysOfReport, "day"), isReport: true)
        ] : [])
  }

  /// Beside what a job hands over. Forms, so that it works without a script; the link itself is on the page that comes.
  static let offersPartial = #"""
    <details class="fold" id="links"><summary>Links for others</summary><p class="soft small">Whoever has such a link needs no sign-in, until it ends or is revoked: <a href="/dashboard/links">those that hold</a>.</p>
    {{#offers}}<form class="row-form" method="post" action="/dashboard/links">{{>csrf}}<input type="hidden" name="job" value="{{id}}"><input type="hidden" name="what" value="{{what}}">
    {{#isReport}}<label class="check"><input type="checkbox" name="costs" value="yes"> with what the job costs</label><label class="check"><input type="checkbox" name="notes" value="yes"> with notes</label>{{/isReport}}
    <button type="submit">{{label}}: a link valid for {{holds}}</button></form>
    {{/offers}}</details>
    """#

  static let template = #"""
    <p class="crumbs"><a href="/dashboard/storage">Storage</a> / Links</p>
    <div class="head"><h1>{{title}}</h1></div>
    {{#made}}<section class="notice good" aria-labelledby="made-h"><h2 id="made-h">The link is made</h2><p>{{what}} of {{job}}; whoever has it needs no sign-in{{#ends}} until {{>time}}{{/ends}}. It is shown once.</p>
    <div class="field"><label for="link">Link</label><input id="link" class="mono" value="{{url}}" readonly></div>
    <p class="actions"><button type="button" class="primary" data-copy="link" hidden>Copy link</button><span role="status" class="soft small" id="copied"></span></p></section>{{/made}}
    <section class="card" aria-labelledby="links-h"><h2 id="links-h">{{#frame.isManager}}Everybody's links that hold{{/frame.isManager}}{{^frame.isManager}}Your links that hold{{/frame.isManager}}</h2>
    {{#hasRows}}<div class="scroll" tabindex="0" role="region" aria-label="Table of links"><table><caption>The newest first. Those from before links were written down hold until their own end, and are not here</caption><thead><tr><th scope="col">To</th><th scope="col">Job</th><th scope="col">Also shows</th><th scope="col">Made</th><th scope="col">Until</th>{{#frame.canEdit}}<th scope="col">Actions</th>{{/frame.canEdit}}</tr></thead><tbody>
    {{#rows}}<tr><th scope="row">{{what}}</th><td class="wide-name"><a href="/dashboard/training-jobs/{{job}}">{{jobName}}</a></td><td>{{shows}}</td><td>{{person}}{{#made}}, {{>time}}{{/made}}</td><td class="nowrap">{{#ends}}{{>time}}{{/ends}}</td>{{#frame.canEdit}}<td>{{#isRevocable}}<form method="post" action="/dashboard/links/revoke">{{>csrf}}<input type="hidden" name="id" value="{{id}}"><button class="danger" type="submit">Revoke<span class="hidden"> the link to {{what}} of {{jobName}}, {{id}}</span></button></form>{{/isRevocable}}{{^isRevocable}}<span class="soft">the object store's own: it ends by itself</span>{{/isRevocable}}</td>{{/frame.canEdit}}</tr>
    {{/rows}}</tbody></table></div>{{/hasRows}}
    {{^hasRows}}<div class="empty"><h2>No link holds</h2><p>A job that is over has “Links for others” below what it hands over: files for 24 hours, packages for 48, reports for 30 days.</p><p><a class="button" href="/dashboard/training-jobs?status=completed">Jobs that completed</a></p></div>{{/hasRows}}
    </section>
    """#
}
