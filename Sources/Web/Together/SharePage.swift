import Engine
import Foundation
import Hummingbird
import Journal
import Live

/// Makes links to a job, and takes them back (story 8.1.2).
struct SharePage: Page {
  static let name = "share"
  let section = Section.jobs
  let scripts = ["copy.js"]

  struct Row: Sendable {
    var id, audience, shows, person, views, state: String
    var isGood, mayRevoke: Bool
    var made, ends, viewed: Moment?
  }
  /// A link that was just made: shown once.
  struct Made: Sendable {
    var url, mail, slack, who: String
    /// What became of the post to Slack.
    var posted: String?
  }

  let title: String
  let id, job, path: String
  let made: Made?
  let rows: [Row]
  let hasRows: Bool
  let days: [Choice]
  let hasSlack: Bool

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    let deeds = ShareDeeds(runner: desk.runner, clock: desk.signIn.clock, slack: desk.slack)
    router.get("training-jobs/:id/share") { request, context in
      let person = try context.require(.engineer)
      let view = await desk.runner.view
      let job = try desk.job(context, view)
      let page = SharePage(
        JobDocument(view, job), try deeds.list(of: job), person, hasSlack: desk.slack != nil)
      return await desk.answer(page, request, context)
    }
    router.post("training-jobs/:id/share") { request, context in
      let person = try context.require(.engineer)
      let view = await desk.runner.view
      let job = try desk.job(context, view)
      let form = try await FormFields(request)
      guard let audience = form["audience"].flatMap(Catalogue.Audience.init) else {
        throw Problem(.badRequest, "choose who may follow the link")
      }
      let new = NewShare(
        audience: audience, days: try form.whole("days"), showsCosts: form.has("costs"), showsNotes: form.has("notes"),
        slack: form.has("slack") ? true : nil)
      let origin = context.caller.origin(request)
      let made = try await deeds.make(new, of: job, at: origin, context)
      let page = SharePage(
        JobDocument(view, job), try deeds.list(of: job), person, hasSlack: desk.slack != nil,
        made: (origin + made.path, made, try desk.catalogue.lastMetrics(of: job, count: 1).first))
      return await desk.answer(page, request, context)
    }
    router.post("training-jobs/:id/share/revoke") { request, context in
      let job = try desk.job(context, await desk.runner.view)
      try await deeds.revoke(try await FormFields(request)["share"] ?? "", of: job, context)
      return Reply.see("/dashboard/training-jobs/\(job.id)/share?notice=revoked")
    }
  }

  init(
    _ document: JobDocument, _ list: ShareList, _ person: Catalogue.Person, hasSlack: Bool,
    made: (url: String, made: MadeShare, last: Catalogue.Metric?)? = nil
  ) {
    self.hasSlack = hasSlack
    (id, job) = (document.id, document.name)
    title = "Share \(document.name)"
    path = "/dashboard/training-jobs/\(document.id)"
    days = Choice.list(
      nil, [("1", "1 day"), ("7", "7 days"), ("30", "30 days"), ("90", "90 days"), ("365", "1 year")],
      chosen: "\(ShareDeeds.usualDays)")
    rows = list.shares.map { share in
      let state = share.holds ? "holds" : share.revoked_at == nil ? "expired" : "revoked"
      return Row(
        id: "\(share.id)", audience: SharePage.words(share.audience),
        shows: [share.shows_costs ? "cost" : nil, share.shows_notes ? "notes" : nil].compactMap { $0 }
          .joined(separator: ", "), person: share.person, views: Wording.count(share.views, "view"), state: state,
        isGood: share.holds,
        mayRevoke: share.holds && (share.person == person.name || person.role == .manager),
        made: Moment(share.created_at), ends: Moment(share.ends_at), viewed: Moment(share.viewed_at))
    }
    hasRows = !rows.isEmpty
    self.made = made.map { url, made, last in
      let (progress, share) = (ShareDeeds.progress(document, last), made.share)
      return Made(
        url: url,
        mail: "mailto:?subject=\(Address.escaped("Training job: \(document.name)"))&body="
          + Address.escaped("\(document.name) (\(progress)):\n\n\(url)\n\nThe link holds until \(share.ends_at)."),
        slack: ShareDeeds.slackText(document, last, url), who: SharePage.words(share.audience),
        posted: made.slack.map { "Slack: \($0)." })
    }
  }

  private static func words(_ audience: Catalogue.Audience) -> String {
    switch audience {
    case .private: "Private: only whoever made it"
    case .team: "Team: whoever is signed in"
    case .public: "Public: anyone with the link"
    }
  }

  static let template = #"""
    <p class="crumbs"><a href="/dashboard/training-jobs">Training jobs</a> / <a href="{{path}}">{{id}}</a> / Share</p>
    <div class="head"><h1>{{title}}</h1></div>
    {{#made}}<section class="notice good" aria-labelledby="made-h"><h2 id="made-h">The link is made</h2><p>{{who}}. It is shown once: only its digest is kept.{{#posted}} {{posted}}{{/posted}}</p>
    <div class="field"><label for="link">Link</label><input id="link" class="mono" value="{{url}}" readonly></div>
    <div class="field"><label for="slack">Text for Slack</label><textarea id="slack" class="mono" rows="2" readonly>{{slack}}</textarea></div>
    <p class="actions"><button type="button" class="primary" data-copy="link" hidden>Copy link</button><button type="button" data-copy="slack" hidden>Copy text for Slack</button><a class="button" href="{{mail}}">Email</a><a class="button" href="{{url}}">Open it</a><span role="status" class="soft small" id="copied"></span></p></section>{{/made}}
    <div class="two"><section class="card" aria-labelledby="links-h"><h2 id="links-h">Links to this job</h2>
    {{#hasRows}}<div class="scroll" tabindex="0" role="region" aria-label="Table of links"><table><thead><tr><th scope="col">Who may follow it</th><th scope="col">Also shows</th><th scope="col">Made</th><th scope="col">Until</th><th scope="col">Seen</th><th scope="col">State</th></tr></thead><tbody>
    {{#rows}}<tr><th scope="row">{{audience}}</th><td>{{shows}}</td><td>{{person}}{{#made}}, {{>time}}{{/made}}</td><td>{{#ends}}{{>time}}{{/ends}}</td><td>{{views}}{{#viewed}}, last {{>time}}{{/viewed}}</td>
    <td><span class="badge {{#isGood}}good{{/isGood}}">{{state}}</span>{{#mayRevoke}} <form method="post" action="{{path}}/share/revoke">{{>csrf}}<input type="hidden" name="share" value="{{id}}"><button class="danger" type="submit">Revoke<span class="hidden"> link {{id}}</span></button></form>{{/mayRevoke}}</td></tr>
    {{/rows}}</tbody></table></div>{{/hasRows}}
    {{^hasRows}}<p class="soft">None was made yet.</p>{{/hasRows}}</section>
    <form class="card" method="post" action="{{path}}/share">{{>csrf}}<h2>Make a link</h2>
    <fieldset><legend>Who may follow it</legend>
    <label class="check"><input type="radio" name="audience" value="private" checked> Private: only you, and whoever made the job</label>
    <label class="check"><input type="radio" name="audience" value="team"> Team: whoever is signed in</label>
    <label class="check"><input type="radio" name="audience" value="public"> Public: anyone with the link, without signing in</label></fieldset>
    <fieldset><legend>What it shows beside configuration, progress and results</legend>
    <label class="check"><input type="checkbox" name="costs" value="yes"> What the job costs</label>
    <label class="check"><input type="checkbox" name="notes" value="yes"> Notes, description, client and tags</label></fieldset>
    <div class="field"><label for="days">Holds for</label><select id="days" name="days">{{#days}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/days}}</select></div>
    {{#hasSlack}}<label class="check"><input type="checkbox" name="slack" value="yes"> Post it to the team's Slack channel, too (team and public links)</label>{{/hasSlack}}
    <button class="primary" type="submit">Make link</button></form></div>
    """#
}

extension Caller {
  /// Where whoever asks reaches us, without a slash at the end.
  func origin(_ request: Request) -> String {
    "\(isSecure ? "https" : "http")://\(request.head.authority ?? "localhost")"
  }
}
