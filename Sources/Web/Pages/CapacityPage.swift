import Foundation
import Hummingbird
import Live
import Reports
import Scenarios

/// How long jobs would wait under another load and with other slots, and the cheapest way to be done by a deadline.
struct CapacityPage: Page {
  static let name = "capacity"
  let title = "Capacity"
  let section = Section.capacity
  let scripts = ["refresh.js", "live.js"]

  struct Row: Sendable {
    var slots: String
    var isToday: Bool
    var cells: [String]
  }
  struct Plan: Sendable {
    var plan, verdict, cost, extra, inTime, within, best: String
    var isChosen: Bool
  }
  struct Form: Sendable {
    var jobs, pairs, hours, share, budget: String
    var presets: [Choice]
  }

  /// Waits are not known yet.
  let isComputing: Bool
  /// Seconds until the waits are looked for again.
  let refresh: String
  let hasCells: Bool
  let facts: [JobPage.Fact]
  let chart: String?
  let loads: [String]
  let rows: [Row]
  let caption, source: String
  let form: Form
  let problem: String?
  let isAsked: Bool
  /// Plans are still being compared.
  let isComparing: Bool
  let answer: [String]
  let answerKind: String
  let plans: [Plan]
  let planSource: String

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    router.get("capacity") { request, context in
      let (view, fields) = (await desk.runner.view, FormFields(query: request))
      var problem: String?
      var plan: DeadlinePlanDocument?
      var isComparing = false
      do {
        let question = try DeadlineQuestion(fields, desk.catalogue.presets())
        if fields.has("deadline_hours") {
          plan = try await desk.advice.foresight.planSoon(view, question)
          isComparing = plan == nil
        }
      } catch let wrong as Problem { problem = wrong.document.detail }
      let page = CapacityPage(
        try await desk.advice.foresight.knownCapacity(view), plan, fields, isComparing: isComparing, problem: problem)
      return await desk.answer(page, request, context, status: problem == nil ? .ok : .badRequest)
    }
    router.get("capacity.csv") { _, _ in
      let capacity = try await desk.advice.foresight.capacity(await desk.runner.view)
      return Reply.download(CapacityPage.csv(capacity), "text/csv; charset=utf-8", as: "capacity.csv")
    }
  }

  /// - Parameter capacity: nil: it is being computed.
  init(
    _ capacity: CapacityDocument?, _ plan: DeadlinePlanDocument?, _ fields: FormFields, isComparing: Bool,
    problem: String?
  ) {
    self.isComparing = isComparing
    (isComputing, refresh) = (capacity == nil, capacity == nil ? "2" : "300")
    hasCells = capacity?.cells.isEmpty == false
    facts = CapacityPage.facts(capacity)
    chart = capacity.flatMap(CapacityPage.chart)
    loads = capacity?.loads.map(CapacityPage.name) ?? []
    rows = capacity.map(CapacityPage.rows) ?? []
    caption = capacity.map(CapacityPage.caption) ?? ""
    source = capacity.map(CapacityPage.source) ?? ""
    self.problem = problem
    form = Form(
      jobs: fields["jobs"] ?? "", pairs: fields["pairs"] ?? "", hours: fields["deadline_hours"] ?? "",
      share: fields["share"] ?? "", budget: fields["budget"] ?? "",
      presets: Choice.list(
        nil, WhatIfQuestion.presets.map { ($0.rawValue, $0.rawValue.capitalized) },
        chosen: fields["preset"] ?? "balanced"))
    isAsked = plan != nil
    answer = plan?.answer ?? []
    answerKind = plan?.is_possible == false ? "warn" : "good"
    plans = (plan?.plans ?? []).map { Plan($0, isPossible: plan?.is_possible ?? false) }
    planSource =
      plan.map {
        "\($0.source); \(Wording.group($0.plans.reduce(0) { $0 + $1.futures })) simulated futures in "
          + "\(Wording.group(Int($0.milliseconds.rounded(.up)))) ms. The jobs are submitted at once to a fleet with nothing else to do."
      } ?? ""
  }

  /// While they are not known, what will stand there, empty.
  private static func facts(_ capacity: CapacityDocument?) -> [JobPage.Fact] {
    guard let capacity else {
      return ["Slots today", "Jobs that come", "A job holds its slot for"].map { .init(label: $0, value: "") }
    }
    let perDay = capacity.jobs_per_day
    return [
      .init(label: "Slots today", value: "\(capacity.slots_now)"),
      .init(
        label: "Jobs that come",
        value: "\(CapacityPage.rate(perDay.p50)) a day, 8 in 10 between \(CapacityPage.rate(perDay.p10)) and "
          + CapacityPage.rate(perDay.p90)),
      .init(label: "A job holds its slot for", value: "\(Wording.duration(capacity.hours_a_job * 3_600)) on average"),
    ]
  }

  private static func rows(_ capacity: CapacityDocument) -> [Row] {
    capacity.slots.map { slots in
      Row(
        slots: Wording.count(slots, "slot"), isToday: slots == capacity.slots_now,
        cells: capacity.cells.filter { $0.slots == slots }.sorted { $0.load < $1.load }.map { cell in
          "\(Wording.duration(cell.wait_mean_s)) ± \(Wording.duration(cell.wait_half_width_95)); 9 in 10 at most "
            + Wording.duration(cell.wait_p90_s) + (cell.is_overloaded ? "; more than the slots can do" : "")
        })
    }
  }

  private static func caption(_ capacity: CapacityDocument) -> String {
    "A job's mean wait for its slot over \(Wording.count(capacity.days, "day")) that begin with nothing running; ± is half of the 95 % interval of the mean"
  }

  private static func source(_ capacity: CapacityDocument) -> String {
    "\(capacity.source); \(Wording.group(capacity.futures)) simulated stretches of \(Wording.count(capacity.days, "day")) behind each cell, in "
      + "\(Wording.group(Int(capacity.milliseconds.rounded(.up)))) ms"
  }

  /// To what a glance can tell apart: seconds, from an hour on minutes.
  private static func rounded(_ seconds: Double) -> Double {
    seconds < 3_600 ? seconds.rounded() : (seconds / 60).rounded() * 60
  }

  /// `1.2`, `0.45`.
  private static func rate(_ x: Double) -> String { String(format: x < 1 ? "%.2f" : "%.1f", x) }

  private static func name(_ load: CapacityDocument.Load) -> String {
    "\(rate(load.jobs_per_day)) a day (× \(Wording.digits(load.factor)))"
  }

  private static func chart(_ capacity: CapacityDocument) -> String? {
    guard !capacity.cells.isEmpty else { return nil }
    let rows = Dictionary(uniqueKeysWithValues: capacity.slots.enumerated().map { ($1, $0) })
    let cells = capacity.cells.compactMap { cell in
      rows[cell.slots].map {
        ChartHeatMap.Cell(column: cell.load, row: $0, value: CapacityPage.rounded(cell.wait_mean_s))
      }
    }
    let day = 86_400.0
    let most = min(day, max(3_600, capacity.cells.map(\.wait_mean_s).max() ?? day))
    return Chart(
      id: "waits", title: "Mean wait for a slot",
      x: ChartAxis(
        "Jobs a day",
        unit: .categories(capacity.loads.map { "\(rate($0.jobs_per_day)) (× \(Wording.digits($0.factor)))" })),
      left: ChartAxis(
        "Slots", unit: .categories(capacity.slots.map { $0 == capacity.slots_now ? "\($0), today" : "\($0)" })),
      layers: [.heatMap(ChartHeatMap("Mean wait", cells: cells, unit: .duration, range: 0...most))],
      size: ChartSize(width: 960, height: 380)
    ).svg(isInteractive: false)
  }

  static func csv(_ capacity: CapacityDocument) -> String {
    CSVText.table(
      [
        "slots", "load_factor", "jobs_per_day", "wait_mean_s", "wait_half_width_95", "wait_p90_s", "utilization",
        "is_overloaded",
      ],
      capacity.cells.map { cell in
        let load = capacity.loads[cell.load]
        return ["\(cell.slots)", Wording.digits(load.factor), Wording.digits(load.jobs_per_day)]
          + [cell.wait_mean_s, cell.wait_half_width_95, cell.wait_p90_s, cell.utilization].map(Wording.digits)
          + ["\(cell.is_overloaded)"]
      })
  }
}

extension CapacityPage.Plan {
  init(_ choice: DeadlinePlanDocument.Choice, isPossible: Bool) {
    plan = Wording.capital(choice.plan)
    isChosen = choice.verdict == "chosen"
    verdict =
      switch choice.verdict {
      case "chosen": "Recommended"
      case "dismissed": "Dearer, not looked into"
      default: Wording.capital(Wording.words(choice.verdict))
      }
    cost = "\(Wording.money(choice.cost_usd)) ± \(Wording.money(choice.cost_half_width_95))"
    extra =
      isChosen || !isPossible
      ? Wording.nothing : "\(Wording.money(choice.extra_usd)) ± \(Wording.money(choice.extra_half_width_95))"
    inTime = Wording.percent(choice.p_in_time)
    within = choice.done_within_s.map(Wording.duration) ?? "never"
    best = choice.p_best.map(Wording.percent) ?? Wording.nothing
  }
}
