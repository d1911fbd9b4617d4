import Calibration
import DiscreteEvent
import Engine
import Planning

/// Forecasts as people and programs read them.
enum ForecastText {
  static func fields(_ f: Forecast, budget: Double?) -> [(String, JSON)] {
    let percentiles = [5, 10, 25, 50, 75, 80, 90, 95]
    let summary = { (s: SampleSummary) -> JSON in .object(s.percentiles(percentiles).map { ($0.0, .number($0.1)) }) }
    func active(_ job: Forecast.ActiveJob) -> JSON {
      .object([
        ("job", .string(job.id)), ("name", .string(job.name)), ("phase", .string("\(job.phase)")),
        ("pricing", .string(PricingArgument.text(job.pricing))), ("spent_usd", .number(job.spent)),
        ("by_end_usd", summary(job.final)), ("remaining_s", job.remaining.count > 0 ? summary(job.remaining) : .null),
        ("wait_s", job.wait.count > 0 ? summary(job.wait) : .null),
      ])
    }
    guard let first = f.months.first else { return [] }
    var fields: [(String, JSON)] = [
      ("month", .string("\(first.month)")), ("as_of", .string(Words.stamp(f.asOf))),
      ("spent_usd", .number(first.spent)), ("running", .array(f.running.map(active))),
      ("queued", .array(f.queued.map(active))), ("month_end_usd", summary(first.total)),
      ("budget_usd", budget.map { .number($0) } ?? .null),
      ("p_over_budget", budget.map { .number(f.probability(over: $0)) } ?? .null),
      ("p_over_budget_half_width_95", f.overrun.map { .number($0.halfWidth) } ?? .null),
      ("budget_alerts", budget.map { alerts(f.alerts(of: $0)) } ?? .null),
      ("budget_for_95_percent", .number(first.total.quantile(0.95))),
      (
        "by_day",
        .array(
          f.days.map {
            .object([
              ("date", .string($0.date)), ("p10", .number($0.p10)), ("p50", .number($0.p50)), ("p90", .number($0.p90)),
            ])
          })
      ),
      ("by_client", .object(f.byClient.map { ($0.0.isEmpty ? "(none)" : $0.0, .number($0.1)) })),
      ("by_preset", .object(f.byPreset.map { ($0.0, .number($0.1)) })),
    ]
    if f.months.count > 1 {
      fields.append(
        (
          "months",
          .array(
            f.months.enumerated().map { i, month in
              .object([
                ("month", .string("\(month.month)")), ("spent_usd", .number(month.spent)),
                ("month_end_usd", summary(month.total)),
                (
                  "p_over_budget",
                  budget.map { .number(i == 0 ? f.probability(over: $0) : month.total.probability(above: $0)) } ?? .null
                ),
              ])
            })
        ))
    }
    fields += [
      ("arrivals_mean", .number(f.arrivals)),
      ("history", .object([("jobs", .integer(f.source.jobs)), ("source", .string(f.source.name))])),
      ("warnings", .array(f.warnings.map { .string($0) })), ("replications", .integer(f.replications)),
      ("precision", f.precision?.document ?? .null),
      ("digest", .string("\(f.digest)")),
    ]
    return fields
  }

  static func text(_ f: Forecast, budget: Double?) -> String {
    guard let first = f.months.first else { return "" }
    let isThisYear = CalendarMonths()?.month(of: f.asOf).year == first.month.year
    var lines = ["\(first.month) as of \(Words.moment(f.asOf, year: !isThisYear)) UTC", ""]
    let total = first.total
    var table = Table(header: ["", "US dollars"])
    table.rows.append(["spent so far", Words.dollars(first.spent)])
    // The rows of one month add up to it; over several the months' own table says what there is to say.
    let isOne = f.months.count == 1 && !first.isOver
    let running = f.running.reduce(0) { $0 + max(0, $1.toCome) }
    let queued = f.queued.reduce(0) { $0 + $1.toCome }
    if isOne, running > 0.005 {
      table.rows.append(["still to be spent on \(jobs(f.running.count)) running", Words.dollars(running)])
    }
    if isOne, queued > 0.005 { table.rows.append(["\(jobs(f.queued.count)) queued", Words.dollars(queued)]) }
    if f.additions.count > 0, isOne {
      table.rows.append(["\(jobs(f.additions.count)) sure to come", Words.dollars(f.additions.dollars)])
    }
    let rest = total.mean - first.spent - running - queued - f.additions.dollars
    if isOne, f.arrivals > 0, rest > 0.005 {
      table.rows.append(["\(jobs(Int(f.arrivals.rounded()))) likely still to arrive", Words.dollars(rest)])
    }
    table.rows.append(["expected by the end of the month", Words.dollars(total.mean)])
    lines += [table.text, ""]
    if !first.isOver {
      lines.append(
        "8 in 10 futures end between \(Words.dollars(total.quantile(0.1))) and \(Words.dollars(total.quantile(0.9))).")
      if let budget {
        lines.append(
          "\(capitalized(Words.chance(f.probability(over: budget), of: total.count))) to pass "
            + "\(Words.dollars(budget)); \(Words.dollars(ceiling(total.quantile(0.95)))) would be safe in 19 months of 20."
        )
        lines += alertLine("Budget alerts still to come this month", f.alerts(of: budget))
      } else {
        lines.append("\(Words.dollars(ceiling(total.quantile(0.95)))) would be safe in 19 months of 20.")
      }
      if !f.days.isEmpty {
        lines += [
          "", "Spending by day (█ spent, ░ 8 in 10 futures, ┃ the middle\(budget == nil ? "" : ", ╎ budget")):",
        ]
        lines.append(Chart.fan(f.days, budget: budget))
      }
    } else {
      let more = budget.map { first.spent - $0 }
      let beside = more.map {
        ", \(Words.dollars(abs($0))) \($0 > 0 ? "more" : "less") than the budget of \(Words.dollars(budget ?? 0))"
      }
      lines.append("The month is over: this is what was spent\(beside ?? "").")
    }
    if f.months.count > 1 {
      var months = Table(header: ["month", "expected", "8 in 10 between", "safe in 19 of 20", "over budget"])
      for (i, m) in f.months.enumerated() {
        let odds = { (budget: Double) in i == 0 ? f.probability(over: budget) : m.total.probability(above: budget) }
        months.rows.append([
          "\(m.month)", Words.dollars(m.total.mean),
          "\(Words.dollars(m.total.quantile(0.1)))–\(Words.dollars(m.total.quantile(0.9)))",
          Words.dollars(ceiling(m.total.quantile(0.95))),
          budget.map { Words.percent(odds($0)) } ?? "–",
        ])
      }
      lines += ["", months.text]
    }
    // A job that is over before the month begins has nothing to do with it.
    let active = (f.running + f.queued).filter { $0.toCome > 0.005 }
    if !active.isEmpty { lines += ["", activeTable(of: active, f)] }
    if f.byPreset.count > 1 {
      let all = f.months.count > 1 ? " over all months" : ""
      lines += [
        "", "By preset\(all): " + f.byPreset.map { "\($0.0) \(Words.dollars($0.1))" }.joined(separator: ", ") + ".",
      ]
    }
    if f.byClient.count > 1 {
      lines.append(
        "By client\(f.months.count > 1 ? " over all months" : ""): "
          + f.byClient.map { "\($0.0.isEmpty ? "no client" : $0.0) \(Words.dollars($0.1))" }.joined(separator: ", ")
          + ".")
    }
    lines.append("")
    lines.append(
      f.source.jobs > 0
        ? "Calibrated from \(Words.count(f.source.jobs, "past job")) in \(f.source.name)."
        : "No history: \(f.source.name).")
    for warning in f.warnings { lines.append("Warning: \(warning).") }
    lines.append(
      "\(Words.count(f.replications, "simulated future"))\(f.precision.map { ", " + $0.words } ?? ""), digest \(f.digest)."
    )
    return lines.joined(separator: "\n")
  }

  private static func activeTable(of active: [Forecast.ActiveJob], _ f: Forecast) -> String {
    var table = Table(header: [
      "job", "name", "stands at", "so far", "by \(f.months.count > 1 ? "the forecast" : "the month")'s end",
      "done by, 9 in 10",
    ])
    table.left = [0, 1, 2]
    for job in active {
      table.rows.append([
        job.id, job.name, words(job.phase), Words.dollars(job.spent),
        "\(Words.dollars(job.final.quantile(0.1)))–\(Words.dollars(job.final.quantile(0.9)))",
        done(job, f),
      ])
    }
    return table.text
  }

  /// When the job is done in 9 of 10 futures.
  private static func done(_ job: Forecast.ActiveJob, _ f: Forecast) -> String {
    guard job.remaining.count > 0 else { return "–" }
    let seconds = job.remaining.quantile(0.9)
    guard seconds.isFinite else { return "after \(f.months.last.map { "\($0.month)" } ?? "the end")" }
    return Words.moment(f.asOf + Span(seconds: seconds))
  }

  static func words(_ phase: Phase) -> String {
    switch phase {
    case .pendingConfiguration: "pending configuration"
    case .waitingForGPU: "waiting for a GPU"
    case .loadingModel: "loading the model"
    case .awaitingDecision: "awaiting a decision"
    default: "\(phase)"
    }
  }

  private static func jobs(_ n: Int) -> String { n == 1 ? "1 job" : "\(Words.group(n)) jobs" }
  private static func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
  /// Rounded up to what a person would set as a budget.
  private static func ceiling(_ x: Double) -> Double {
    let step = x >= 1_000 ? 10.0 : x >= 100 ? 5.0 : 1.0
    return (x / step).rounded(.up) * step
  }
}

extension Forecast {
  /// Without the months before the main one, which were only lived through.
  func dropping(_ n: Int) -> Forecast {
    guard n > 0 else { return self }
    var rest = self
    rest.months.removeFirst(n)
    return rest
  }
}
