import Calibration
import Foundation
import Hummingbird
import Live
import Scenarios

/// The running month: where it will end, what drives it, and what would change it, answered from where the jobs stand.
struct ForecastPage: Page {
  static let name = "forecast"
  let title = "Forecast"
  let section = Section.forecast
  let scripts = ["live.js", "refresh.js"]

  struct Card: Sendable { var figure, label: String }
  struct Trial: Sendable {
    var change, sentence, more, interval, odds, path: String
    /// `good` where it saves, `bad` where it costs; nil where no difference shows.
    var kind: String?
  }
  struct Part: Sendable { var name, usd, share, percent: String }
  struct Input: Sendable { var name, alone, total, percent: String }

  let month: String
  let cards: [Card]
  let chart: String?
  let source: String
  let form: WhatIfForm
  let trials: [Trial]
  let isAsked: Bool
  /// What changes would do is being computed, or what the month is made of.
  let isTrying, isSplitting: Bool
  /// Seconds until the month's parts are looked for again.
  let splitRefresh: String
  let problem: String?
  let sentences: [String]
  let answered: String
  let csvPath: String
  let parts: [Part]
  /// Jobs that are still to arrive are no part of it.
  let withoutArrivals: String?
  let inputs: [Input]
  let sentence: String?
  let driversSource: String
  let days: [BandRow]
  struct BandRow: Sendable { var date, p10, p50, p90, p95: String }

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    router.get("forecast") { request, context in
      let (view, fields) = (await desk.runner.view, FormFields(query: request))
      var problem: String?
      var question = WhatIfQuestion()
      do { question = try WhatIfQuestion(fields, desk.catalogue.presets()) } catch let wrong as Problem {
        problem = wrong.document.detail
      }
      let foresight = desk.advice.foresight
      async let drivers = foresight.driversNow(view)
      async let answer = foresight.whatIfNow(view, question)
      let page = ForecastPage(
        view, try await desk.advice.forecast(view), try await answer, try? await drivers, fields,
        isAsked: !question.isEmpty, problem: problem)
      return await desk.answer(page, request, context, status: problem == nil ? .ok : .badRequest)
    }
    router.get("forecast.csv") { request, _ in
      let question = try WhatIfQuestion(FormFields(query: request), desk.catalogue.presets())
      let answer = try await desk.advice.foresight.whatIf(await desk.runner.view, question)
      return Reply.download(ForecastPage.csv(answer), "text/csv; charset=utf-8", as: "forecast.csv")
    }
  }

  /// - Parameters:
  ///   - answer: nil: it is being computed.
  ///   - drivers: the same.
  init(
    _ view: LiveView, _ forecast: ForecastDocument, _ answer: WhatIfDocument?, _ drivers: DriversDocument?,
    _ fields: FormFields, isAsked: Bool, problem: String?
  ) {
    let limit = view.fleet.budget.limit.map(Wording.dollars)
    (isTrying, isSplitting, splitRefresh) = (answer == nil, drivers == nil, drivers == nil ? "2" : "60")
    self.isAsked = isAsked
    self.problem = problem
    month = String((forecast.by_day.last?.date ?? forecast.at).prefix(7))
    cards = ForecastPage.cards(forecast, limit: limit)
    chart = FanChart.svg(
      forecast.by_day, now: (view.at, BudgetDocument(view).spent_usd), changed: answer?.changed?.by_day,
      limit: limit)
    source =
      "\(Wording.group(forecast.futures)) simulated futures from where the jobs stand"
      + ((answer?.source ?? drivers?.source).map { "; laws from \($0)" } ?? "")
    form = WhatIfForm(fields, slots: Int(view.policies.maxConcurrent))
    let (changes, together) = (answer?.changes ?? [], answer?.together.map { [$0] })
    trials = (changes + (together ?? [])).map(Trial.init)
    sentences = isAsked ? (together ?? changes).map(\.sentence) : []
    answered =
      answer.map {
        "Answered in \(Wording.group(Int($0.milliseconds.rounded(.up)))) ms: \(Wording.group($0.futures)) futures with and without each change, "
          + "under the same luck; ± is half of the 95 % interval"
      } ?? ""
    csvPath = "/dashboard/forecast.csv" + (isAsked && problem == nil ? "?\(fields.query)" : "")
    let whole = max(drivers?.mean_usd ?? 0, 0.01)
    let known = (drivers?.parts ?? []).filter { $0.name != "to_come" || drivers?.expects_arrivals != false }
    parts = known.map {
      Part(
        name: ForecastPage.part($0.name), usd: Wording.money($0.usd), share: Wording.percent($0.usd / whole),
        percent: "\(Int(min(1, max(0, $0.usd / whole)) * 100))")
    }
    inputs = (drivers?.inputs ?? []).filter { $0.is_uncertain && $0.total > 0 }.map {
      func share(_ x: Double, _ half: Double) -> String {
        "\(Wording.percent(max(0, (x * 1000).rounded() / 1000))) ± \(Wording.percent((half * 1000).rounded() / 1000))"
      }
      return Input(
        name: Wording.capital($0.name), alone: share($0.alone, $0.alone_half_width_95),
        total: share($0.total, $0.total_half_width_95), percent: "\(Int(min(1, max(0, $0.total)) * 100))")
    }
    withoutArrivals =
      drivers?.expects_arrivals == false
      ? "Jobs that are still to arrive are left out: nothing says yet how often they come. It is learnt from this store's own jobs, or from --history."
      : nil
    sentence = drivers?.sentence
    driversSource = drivers.map { "\(Wording.group($0.futures)) simulated futures; laws from \($0.source)" } ?? ""
    days = forecast.by_day.map {
      BandRow(
        date: $0.date, p10: Wording.money($0.p10), p50: Wording.money($0.p50), p90: Wording.money($0.p90),
        p95: Wording.money($0.p95 ?? $0.p90))
    }
  }

  private static func cards(_ forecast: ForecastDocument, limit: Double?) -> [Card] {
    let month = forecast.month
    var cards = [
      Card(figure: Wording.money(month.p50), label: "by the end of the month, in the middle future"),
      Card(figure: Wording.range(month.p10, month.p90), label: "8 in 10 futures end between these"),
      Card(figure: forecast.p95_usd.map(Wording.money) ?? Wording.nothing, label: "19 in 20 futures stay below this"),
    ]
    if let limit, let p = forecast.p_over_budget {
      cards.append(Card(figure: Wording.percent(p), label: "odds of passing the limit of \(Wording.money(limit))"))
    } else {
      cards.append(Card(figure: Wording.nothing, label: "odds of an overrun: there is no limit"))
    }
    return cards
  }

  private static func part(_ name: String) -> String {
    switch name {
    case "spent": "Spent by now"
    case "running": "Still to be spent on jobs that have a slot"
    case "queued": "On jobs that wait"
    case "to_come": "On jobs that are still to arrive"
    default: name
    }
  }

  /// The days of today's month and of the changed one, then what each change costs.
  static func csv(_ answer: WhatIfDocument) -> String {
    var rows = answer.today.by_day.enumerated().map { i, day in
      let changed = answer.changed?.by_day.indices.contains(i) == true ? answer.changed?.by_day[i] : nil
      return ["day", day.date] + [day.p10, day.p50, day.p90, day.p95 ?? day.p90].map(Wording.digits)
        + [changed?.p10, changed?.p50, changed?.p90, changed.map { $0.p95 ?? $0.p90 }].map {
          $0.map(Wording.digits) ?? ""
        } + ["", ""]
    }
    for change in answer.changes + (answer.together.map { [$0] } ?? []) {
      rows.append(
        ["change", change.change] + Array(repeating: "", count: 8)
          + [Wording.digits(change.more_usd), Wording.digits(change.half_width_95)])
    }
    return CSVText.table(
      [
        "row", "name", "today_p10", "today_p50", "today_p90", "today_p95", "changed_p10", "changed_p50", "changed_p90",
        "changed_p95", "more_usd", "half_width_95",
      ], rows)
  }
}

extension ForecastPage.Trial {
  init(_ change: WhatIfDocument.Change) {
    let isSeen = abs(change.more_usd) > change.half_width_95
    self.change = Wording.capital(change.change)
    sentence = change.sentence
    more = (change.more_usd < 0 ? "−" : "+") + Wording.money(abs(change.more_usd))
    interval = "± \(Wording.money(change.half_width_95))"
    odds =
      change.p_over_budget.map { "\(Wording.percent($0.today)) → \(Wording.percent($0.changed))" } ?? Wording.nothing
    path = "/dashboard/forecast?\(change.query)#try"
    kind = isSeen ? (change.more_usd < 0 ? "good" : "bad") : nil
  }
}

/// The form of a change, filled in as it was sent.
struct WhatIfForm: Sendable {
  let presets, pricings, payments: [Choice]
  let pairs, count, start, slots, slotsNow, fallback, spotRate, onDemandRate: String

  init(_ fields: FormFields, slots: Int) {
    presets = Choice.list(
      "None", WhatIfQuestion.presets.map { ($0.rawValue, $0.rawValue.capitalized) }, chosen: fields["add"])
    pricings = Choice.list(
      nil, [("spot", "Spot"), ("on_demand", "On-demand")], chosen: fields["add_pricing"] ?? "spot")
    payments = Choice.list(
      "As they are",
      [
        ("on_demand", "All on demand"), ("spot", "All spot, always"),
        ("spot_then_on_demand", "All spot, on demand after"),
      ], chosen: fields["payment"])
    (pairs, count, start) = (fields["add_pairs"] ?? "", fields["add_count"] ?? "", fields["add_start"] ?? "")
    (self.slots, slotsNow) = (fields["slots"] ?? "", "\(slots)")
    (fallback, spotRate) = (fields["fallback_after"] ?? "", fields["spot_rate"] ?? "")
    onDemandRate = fields["on_demand_rate"] ?? ""
  }
}
