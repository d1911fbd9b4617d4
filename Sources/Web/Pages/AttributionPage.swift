import DiscreteEvent
import Foundation
import Hummingbird
import Journal
import Live
import Scenarios

/// What each client and project cost, and what is left of what they bring in (story 7.3.2).
struct AttributionPage: Page {
  static let name = "attribution"
  let title = "Cost by client and project"
  let section = Section.budget

  struct Row: Sendable {
    var client, project, label, jobs, cost, mean, dates, revenue, other, profit, margin: String
    /// To its jobs; nil: they name neither.
    var path: String?
    /// What the form holds; empty: nobody has said.
    var revenueValue, otherValue: String
    var isNamed, isLoss: Bool
  }

  let rows: [Row]
  let hasRows: Bool
  let isFiltered: Bool
  let total, from, until, csvPath: String
  let insights: [JobPage.Fact]
  let hasInsights: Bool

  /// More would weigh more than a page should; the file has all.
  private static let most = 80

  /// What the stories' business asks for a trained model, in US dollars.
  private static let prices = (low: 15_000.0, high: 30_000.0)

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    router.get("attribution") { request, context in
      let form = FormFields(query: request)
      return await desk.answer(AttributionPage(try await document(form, desk), form), request, context)
    }
    router.get("attribution.csv") { request, _ in
      let document = try await document(FormFields(query: request), desk)
      return Reply.download(CSVText.attribution(document), "text/csv; charset=utf-8", as: "cost-attribution.csv")
    }
    router.post("attribution") { request, context in
      let form = try await FormFields(request)
      let new = NewProjectAccount(
        client: form["client"], project: form["project"], revenue_usd: try form.number("revenue") ?? 0,
        other_costs_usd: try form.number("other_costs") ?? 0)
      try await ProjectDeeds(runner: desk.runner).put(new, context)
      return Reply.see("/dashboard/attribution?notice=saved")
    }
  }

  private static func document(_ form: FormFields, _ desk: PageDesk) async throws -> AttributionDocument {
    let period = try Period(
      Parameters(["from", "until"].compactMap { key in form[key].map { (Substring(key), Substring($0)) } }))
    return AttributionDocument(
      await desk.runner.view, try desk.catalogue.projectAccounts(), from: period.from, until: period.until)
  }

  private init(_ document: AttributionDocument, _ form: FormFields) {
    rows = document.rows.prefix(AttributionPage.most).map(Row.init)
    hasRows = document.rows.contains { $0.client != nil || $0.project != nil }
    isFiltered = form["from"] != nil || form["until"] != nil
    total = Wording.money(document.total_cost_usd)
    (from, until) = (form["from"] ?? "", form["until"] ?? "")
    csvPath = "/dashboard/attribution.csv?\(form.query)"
    let margins = document.rows.compactMap(\.margin)
    let mean = document.mean_cost_per_client_usd
    let (low, high) = AttributionPage.prices
    var facts: [JobPage.Fact] = []
    if let mean, mean > 0 {
      facts.append(.init(label: "Average training cost per client", value: Wording.money(mean)))
      let (least, most) = (Wording.group(Int(low / mean)), Wording.group(Int(high / mean)))
      facts.append(.init(label: "Recommended pricing", value: "$15,000–30,000 (\(least)–\(most)× training cost)"))
    }
    if let least = margins.min(), let most = margins.max() {
      facts.append(
        .init(label: "Current margin", value: "\(Wording.per(least))–\(Wording.per(most)) of the revenue, by project"))
    }
    insights = facts
    hasInsights = !insights.isEmpty
  }

  static let template = #"""
    <p class="crumbs"><a href="/dashboard/training-budget">Training budget</a></p>
    <div class="head"><h1>{{title}}</h1><div class="actions"><a class="button" href="{{csvPath}}">Export CSV</a></div></div>
    <form class="card" method="get" action="/dashboard/attribution" aria-label="Period"><div class="filters"><div><label for="f-from">Jobs from</label><input id="f-from" name="from" type="date" value="{{from}}"></div><div><label for="f-until">Until before</label><input id="f-until" name="until" type="date" value="{{until}}"></div><div class="actions"><button type="submit">Apply</button></div></div></form>
    {{^hasRows}}<div class="card empty"><h2>No job names a client or a project yet</h2><p>Name them when you make a job: then its cost stands here, beside what the project brings in.</p>{{#frame.canEdit}}<p><a class="button primary" href="/dashboard/training-jobs/new">New training job</a></p>{{/frame.canEdit}}</div>{{/hasRows}}
    {{#hasRows}}{{#hasInsights}}<section class="card" aria-labelledby="ins-h"><h2 id="ins-h">Pricing insights</h2><dl class="pairs">{{#insights}}<dt>{{label}}</dt><dd>{{value}}</dd>{{/insights}}</dl></section>{{/hasInsights}}
    <section class="card" aria-labelledby="att-h"><h2 id="att-h">Cost attribution</h2><div class="scroll" tabindex="0" role="region" aria-label="Table of clients and projects"><table class="tight small"><caption>{{total}} of training {{#isFiltered}}by the jobs of this period. Revenue and other costs are of the whole project and have no date, so no profit is told beside a part of its jobs</caption>{{/isFiltered}}{{^isFiltered}}in all. Profit is revenue less training and other costs</caption>{{/isFiltered}}<thead><tr><th scope="col">Client</th><th scope="col">Project</th><th scope="col" class="number">Total Jobs</th><th scope="col" class="number">Total Cost</th><th scope="col" class="number">Average per Job</th><th scope="col">Date Range</th><th scope="col" class="number">Revenue</th><th scope="col" class="number">Other Costs</th><th scope="col" class="number">Profit</th><th scope="col" class="number">Margin</th></tr></thead><tbody>
    {{#rows}}<tr><th scope="row" class="wide-name">{{#path}}<a href="{{path}}">{{client}}</a>{{/path}}{{^path}}{{client}}{{/path}}</th><td>{{project}}</td><td class="number">{{jobs}}</td><td class="number">{{cost}}</td><td class="number">{{mean}}</td><td class="nowrap">{{dates}}</td><td class="number">{{revenue}}</td><td class="number">{{other}}</td><td class="number{{#isLoss}} error{{/isLoss}}">{{profit}}</td><td class="number">{{margin}}</td></tr>
    {{/rows}}</tbody></table></div></section>
    {{#frame.isManager}}<section class="card" aria-labelledby="set-h"><h2 id="set-h">Revenue and other costs</h2>
    {{#rows}}{{#isNamed}}<form class="row-form" method="post" action="/dashboard/attribution" aria-label="{{label}}">{{>csrf}}<input type="hidden" name="client" value="{{client}}"><input type="hidden" name="project" value="{{project}}"><span class="grow">{{label}}</span><label>Revenue ($) <input name="revenue" inputmode="decimal" value="{{revenueValue}}"></label><label>Other costs ($) <input name="other_costs" inputmode="decimal" value="{{otherValue}}"></label><button type="submit">Save<span class="hidden"> {{label}}</span></button></form>{{/isNamed}}{{/rows}}</section>{{/frame.isManager}}
    {{^frame.isManager}}<p class="soft">A manager enters revenue and other costs.</p>{{/frame.isManager}}{{/hasRows}}
    """#
}

extension AttributionPage.Row {
  init(_ row: AttributionDocument.Row) {
    isNamed = row.client != nil || row.project != nil
    client = row.client ?? (isNamed ? "" : "None named")
    project = row.project ?? ""
    label = [row.client, row.project].compactMap { $0 }.joined(separator: " / ")
    jobs = Wording.group(row.jobs)
    cost = Wording.money(row.cost_usd)
    func money(_ value: Double?) -> String { value.map { Wording.money($0) } ?? Wording.nothing }
    (mean, revenue, other, profit) = (
      money(row.mean_cost_usd), money(row.revenue_usd), money(row.other_costs_usd), money(row.profit_usd)
    )
    dates =
      row.first_at.map { "\($0.prefix(10)) – \((row.last_at ?? $0).prefix(10))" } ?? Wording.nothing
    margin = row.margin.map(Wording.per) ?? Wording.nothing
    (revenueValue, otherValue) = (
      row.revenue_usd.map(Wording.digits) ?? "", row.other_costs_usd.map(Wording.digits) ?? ""
    )
    isLoss = (row.profit_usd ?? 0) < 0
    let parts = [row.client.map { ("client", $0) }, row.project.map { ("project", $0) }].compactMap { $0 }
    path =
      parts.isEmpty
      ? nil
      : "/dashboard/training-jobs?" + parts.map { "\($0.0)=\(Address.escaped($0.1))" }.joined(separator: "&")
  }
}

extension CSVText {
  static func attribution(_ document: AttributionDocument) -> String {
    func number(_ value: Double?) -> String { value.map(Wording.digits) ?? "" }
    return table(
      [
        "client", "project", "jobs", "training_cost_usd", "mean_cost_usd", "first_at", "last_at", "revenue_usd",
        "other_costs_usd", "profit_usd", "margin",
      ],
      document.rows.map { row in
        [
          row.client ?? "", row.project ?? "", "\(row.jobs)", number(row.cost_usd), number(row.mean_cost_usd),
          row.first_at ?? "", row.last_at ?? "", number(row.revenue_usd), number(row.other_costs_usd),
          number(row.profit_usd), number(row.margin),
        ]
      })
  }
}
