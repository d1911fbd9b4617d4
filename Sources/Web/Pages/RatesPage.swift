import Hummingbird
import Journal
import Live

/// What pods cost, each figure with its source and its day; whether there is spot, and why not.
struct RatesPage: Page {
  static let name = "rates"
  let title = "Rates"
  let section = Section.settings
  let tabs = SettingsTab.links(.rates)

  struct Row: Sendable {
    var use, pod, pricing, rate, source: String
    var day: String?
    var at: Moment?
    var state, kind: String?
    var reason: String?
  }

  let rows: [Row]
  let hasRows: Bool
  /// Why there is no spot; nil: there is.
  let noSpot: String?
  let isBeingAsked: Bool
  let storage: String?

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    router.get("settings/rates") { request, context in
      _ = try context.require(.viewer)
      return await desk.answer(
        RatesPage(try await RateRoutes.list(desk.advice, desk.catalogue)), request, context)
    }
  }

  init(_ list: RateList) {
    rows = list.rates.map { rate in
      // A source may know the day alone.
      let isDay = rate.as_of?.count == 10
      let use =
        switch rate.use {
        case .estimates: "Estimates reckon with"
        case .offer: "Asked now"
        case .paid: "Paid last"
        }
      return Row(
        use: use, pod: "\(rate.provider), \(rate.gpu)", pricing: rate.pricing == .spot ? "spot" : "on-demand",
        rate: rate.usd_per_hour.map { "\(Wording.money($0))/hr" } ?? Wording.nothing, source: rate.source,
        day: isDay ? rate.as_of : nil, at: isDay ? nil : Moment(rate.as_of),
        state: rate.is_available.map { $0 ? "to be had" : "none" },
        kind: rate.is_available.map { $0 ? "good" : "blocked" }, reason: rate.reason)
    }
    hasRows = !rows.isEmpty
    noSpot = list.spot_is_available ? nil : list.spot_reason ?? "the provider sells none"
    isBeingAsked = list.is_being_asked
    storage = list.storage_usd_per_gb_month.map { "\(Wording.money($0)) for a gigabyte a month" }
  }

  static let template = #"""
    <div class="head"><h1>{{title}}</h1></div>
    {{>settings-tabs}}
    {{#noSpot}}<div class="notice warn"><p>No spot pods are to be had: {{noSpot}}. New jobs run on demand.</p></div>{{/noSpot}}
    <section class="card" aria-labelledby="rates-h"><h2 id="rates-h">An hour of a pod</h2>
    {{#isBeingAsked}}<p role="status">The provider is being asked what it takes now: load the page again in a moment.</p>{{/isBeingAsked}}
    {{#hasRows}}<div class="scroll" tabindex="0" role="region" aria-label="Table of rates"><table><caption>US dollars, without storage. Jobs are charged what their pods cost, whatever was estimated</caption><thead><tr><th scope="col">Provider and GPU</th><th scope="col">Pricing</th><th scope="col" class="number">Rate</th><th scope="col">What it is</th><th scope="col">Seen</th><th scope="col">Source</th><th scope="col">Availability</th></tr></thead><tbody>
    {{#rows}}<tr><th scope="row">{{pod}}</th><td class="nowrap">{{pricing}}</td><td class="number nowrap">{{rate}}</td><td>{{use}}</td><td class="nowrap">{{day}}{{#at}}{{>time}}{{/at}}</td><td class="wide-name small">{{source}}</td><td class="wide-name">{{#state}}<span class="badge {{kind}}">{{state}}</span> {{/state}}{{reason}}</td></tr>
    {{/rows}}</tbody></table></div>{{/hasRows}}
    {{^hasRows}}<div class="empty"><h2>Nothing is known of prices yet</h2><p>Once a pod was rented, what it cost stands here.</p></div>{{/hasRows}}
    {{#storage}}<p class="small">Stored files: {{storage}} (objects.price_per_gb_month in lora-train.yaml).</p>{{/storage}}
    </section>
    """#
}
