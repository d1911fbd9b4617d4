import DiscreteEvent
import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Journal
import Live
import Mustache
import Reports
import Validation

/// A job as whoever has a link sees it: configuration, progress, results and its creator. Nothing of the budget, ever; cost and what the team has
/// written only where the link says so.
struct SharedJob: Sendable {
  struct Result: Sendable { var label, value: String }

  let title, status, statusText, creator, audience: String
  let made, until: Moment?
  let progress: JobPage.Progress
  let stages: [JobStage]
  let metrics: [JobPage.MetricLine]
  let hasMetrics: Bool
  let svg: String?
  let facts: [JobPage.Fact]
  let results: [Result]
  let hasResults: Bool
  let cost: String?
  let notes: [JobPage.Note]
  let hasNotes: Bool
  /// For members of the team: the job's own page.
  let path: String?
  let clonePath: String?
  let styles = ["style.css", "chart.css"].map(PageAssets.path)

  init(
    _ desk: PageDesk, _ view: LiveView, _ index: JobIndex, _ share: Catalogue.Share, _ person: Catalogue.Person?
  ) async throws {
    let job = JobDocument(view, index)
    let text = view.descriptions[Int(index.rawValue)]
    let last = try desk.catalogue.lastMetrics(of: index, count: 2)
    let record = try desk.catalogue.record(of: job.id).counting(on: text.firstStep)
    let projection = job.isOver ? nil : try? await desk.advice.forecast(view).jobs[job.id]
    (title, status, statusText) = (job.name, job.status, Wording.badge(job.status))
    creator = job.creator ?? "nobody known"
    (made, until, audience) = (Moment(job.submitted_at), Moment(share.ends_at), share.audience.rawValue)
    progress = try JobPage.Progress(job, view.fleet[index], projection, last.first, desk.catalogue, at: view.at)
    stages = JobStage.list(
      job, record, view.at, step: max(last.first?.step ?? 0, job.durable_step), baseModel: text.baseModel)
    metrics = JobPage.metrics(last)
    hasMetrics = !last.isEmpty
    if last.isEmpty {
      svg = nil
    } else {
      let curves = try await desk.curves.curves(of: index, view)
      svg = LossCurves.chart(
        curves, CurveQuery(FormFields(text: "")), title: job.name, interruptions: LossCurves.interruptions(record)
      ).svg()
    }
    var facts = ReportComposer.configuration(text).map { JobPage.Fact(label: $0.name, value: $0.value) }
    if share.shows_notes {
      facts += [
        ("Description", job.purpose), ("Client", job.client), ("Project", job.project),
        ("Tags", job.tags?.joined(separator: ", ")),
      ].compactMap { label, value in value.map { JobPage.Fact(label: label, value: $0) } }
    }
    self.facts = facts
    var results = [
      Result(
        label: "Interruptions",
        value: job.interruptions == 0 ? "none" : "\(job.interruptions), each recovered from a checkpoint")
    ]
    if job.isOver { results += (try? SharedJob.validation(index, desk.catalogue)) ?? [] }
    (self.results, hasResults) = (results, job.isOver)
    cost =
      share.shows_costs
      ? Wording.money(job.cost_usd)
        + (job.quote.map { " of an estimated \(Wording.range($0.cost_usd.p10, $0.cost_usd.p90))" } ?? "") : nil
    notes = share.shows_notes ? try JobPage.notes(job, index, desk.catalogue, nil) : []
    hasNotes = !notes.isEmpty
    path = person == nil ? nil : "/dashboard/training-jobs/\(job.id)"
    clonePath =
      person.map { $0.role >= .engineer } == true ? "/dashboard/training-jobs/new?from=\(job.id)" : nil
  }

  private static func validation(_ index: JobIndex, _ catalogue: Catalogue) throws -> [Result] {
    try ValidationRoutes.documents(of: index, catalogue).compactMap { document in
      let words = document.headline
      return words.map { Result(label: document.suite?.title ?? Wording.capital(document.part.rawValue), value: $0) }
    }
  }

  private static let template: MustacheLibrary = {
    var library = MustacheLibrary()
    do {
      try library.register(EscapedTemplate.text(page), named: "shared")
      for name in ["time", "badge"] {
        try library.register(EscapedTemplate.text(Layout.partials[name] ?? ""), named: name)
      }
    } catch {
      preconditionFailure("a template cannot be read: \(error)")
    }
    return library
  }()

  var html: String { SharedJob.template.render(self, withTemplate: "shared") ?? "" }

  private static let page = #"""
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>{{title}} · lora-train</title>
    {{#styles}}<link rel="stylesheet" href="{{.}}">
    {{/styles}}
    <script src="THEME"></script>
    <script src="TIMES" defer></script>
    </head>
    <body>
    <main class="shared">
    <div class="head"><h1>{{title}}</h1><div class="actions">{{#path}}<a class="button" href="{{path}}">Open the job</a>{{/path}}{{#clonePath}}<a class="button primary" href="{{clonePath}}">Clone Configuration</a>{{/clonePath}}</div>
    <p class="lead">A training job, shared as it stands now. Created by {{creator}}{{#made}}, {{>time}}{{/made}}</p></div>
    <section class="card" aria-labelledby="progress-h"><div class="card-head"><h2 id="progress-h">Progress</h2>{{>badge}}</div>
    {{#progress}}<p><b>{{label}}</b></p><progress max="100" value="{{percent}}" aria-label="Progress of the training">{{percent}}%</progress>
    <dl class="pairs small"><dt>Elapsed time</dt><dd>{{elapsed}}</dd>{{#paused}}<dt>Paused, beside that</dt><dd>{{paused}}</dd>{{/paused}}{{#remaining}}<dt>Estimated remaining</dt><dd>{{remaining}}</dd>{{/remaining}}{{#completion}}<dt>Expected completion</dt><dd>{{>time}}</dd>{{/completion}}{{#epoch}}<dt>Current epoch</dt><dd>{{epoch}}</dd>{{/epoch}}</dl>{{/progress}}
    <ol class="stages">{{#stages}}<li class="{{state}}"><b>{{name}}</b><span>{{stateText}}</span><span>{{detail}}</span><span>usually {{usual}}</span></li>{{/stages}}</ol></section>
    {{#hasResults}}<section class="card" aria-labelledby="results-h"><h2 id="results-h">Results</h2><dl class="pairs">{{#results}}<dt>{{label}}</dt><dd>{{value}}</dd>{{/results}}</dl></section>{{/hasResults}}
    <section class="card" aria-labelledby="metrics-h"><h2 id="metrics-h">Metrics</h2>
    {{#hasMetrics}}<table><caption>The last step that was measured</caption><thead><tr><th scope="col">Metric</th><th scope="col" class="number">Value</th></tr></thead><tbody>{{#metrics}}<tr><th scope="row">{{label}}</th><td class="number">{{value}}</td></tr>{{/metrics}}</tbody></table>
    {{#svg}}<div class="chart">{{{svg}}}</div>{{/svg}}{{/hasMetrics}}
    {{^hasMetrics}}<p class="soft">Nothing was measured yet.</p>{{/hasMetrics}}</section>
    {{#cost}}<section class="card" aria-labelledby="cost-h"><h2 id="cost-h">Cost</h2><p>{{cost}}</p></section>{{/cost}}
    <section class="card" aria-labelledby="conf-h"><h2 id="conf-h">Configuration</h2><dl class="pairs small">{{#facts}}<dt>{{label}}</dt><dd>{{value}}</dd>{{/facts}}</dl></section>
    {{#hasNotes}}<section class="card" aria-labelledby="notes-h"><h2 id="notes-h">Notes</h2>{{#notes}}<div class="note"><p class="soft">{{heading}}{{#at}}, {{>time}}{{/at}}</p>{{{html}}}</div>{{/notes}}</section>{{/hasNotes}}
    <p class="foot">This link holds until {{#until}}{{>time}}{{/until}}. Times are UTC where the browser runs no scripts.</p>
    </main>
    </body>
    </html>
    """#.replacing("THEME", with: PageAssets.path("theme.js")).replacing("TIMES", with: PageAssets.path("times.js"))
}

/// What links to jobs lead to. Public ones need no sign-in.
struct SharedRoutes {
  let desk: PageDesk

  func add(to router: Router<LiveContext>) {
    router.get("shared/jobs/:token") { request, context -> Response in
      let token = context.parameters.get("token") ?? ""
      let found = try await Reply.orUnavailable {
        try desk.catalogue.share(ofDigest: Bearers.digest(of: token), at: desk.signIn.clock())
      }
      // A link holds no longer than whoever made it may do something here.
      guard let (job, share) = found, try desk.catalogue.somebody(share.person) != nil else {
        throw Problem(.notFound, "there is no such link, or it does not hold any more", hint: "ask whoever sent it")
      }
      let person = try await desk.signIn.session(of: request, context.caller)?.person
      let view = await desk.runner.view
      if share.audience != .public {
        guard let person else {
          return .redirect(to: "/sign-in?next=\(Address.escaped(request.uri.path, keeping: "/"))", type: .normal)
        }
        let owners = [share.person, view.descriptions[Int(job.rawValue)].creator]
        guard share.audience == .team || owners.contains(person.name) else {
          throw Problem(.forbidden, "this link is private", hint: "ask \(share.person) for one for the team")
        }
      }
      let page = try await SharedJob(desk, view, job, share, person)
      if request.method == .get { try desk.catalogue.countView(ofShare: share.id, at: desk.signIn.clock()) }
      return Reply.html(page.html)
    }
  }
}
