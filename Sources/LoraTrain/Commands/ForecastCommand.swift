import ArgumentParser
import Calibration
import DiscreteEvent
import Engine
import Foundation
import Planning
import Scenarios

struct ForecastCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forecast",
    abstract: "What will this month (or the next 1–12) cost, and how likely is it over budget.",
    discussion: """
      EXAMPLES
        lora-train forecast --history calibration/history.sqlite --month 2026-11 --budget 2400 --as-of 2026-11-20
        lora-train forecast --history calibration/history.sqlite --month 2026-12 --hourly-rate 2.99 --slots 2
        lora-train forecast --history calibration/history.sqlite --month 2026-12 --explain

      --add, --slots, --policy and --hourly-rate are changes: each is held against today under the same luck.
      """)

  @OptionGroup var history: HistoryOptions

  @Option(help: ArgumentHelp("The (first) month; the month of --as-of without it.", valueName: "2026-12"))
  var month: String?

  @Option(help: ArgumentHelp("How many months, 1 to 12.", valueName: "n"))
  var months: Int = 1

  @Option(help: ArgumentHelp("US dollars a month.", valueName: "usd"))
  var budget: Double?

  @Option(
    help: ArgumentHelp("Exit with 1 when the odds of passing the budget are above this, 0.05 or 5%.", valueName: "p"))
  var failAbove: String?

  @Flag(help: "Which uncertain inputs carry how much of the variance (Sobol indices).")
  var explain = false

  @Option(help: "Time zone of months and days.")
  var timeZone = "UTC"

  @OptionGroup(title: "Changes") var changes: ForecastChanges
  @OptionGroup var simulation: SimulationOptions
  @OptionGroup var precision: PrecisionOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...12).contains(months) else { throw ValidationError("--months must be between 1 and 12") }
    if let budget, !(budget > 0 && budget < 1e9) {
      throw ValidationError("--budget must be above 0 and below 1,000,000,000")
    }
    _ = try mostOdds
    if failAbove != nil, budget == nil { throw ValidationError("--fail-above needs --budget") }
  }

  private var mostOdds: Double? {
    get throws {
      guard let failAbove else { return nil }
      guard let odds = PercentArgument.share(failAbove), (0...1).contains(odds) else {
        throw ValidationError("--fail-above must be between 0 and 1, such as 0.05 or 5%, not '\(failAbove)'")
      }
      return odds
    }
  }

  func run() async throws {
    guard let calendar = CalendarMonths(timeZone: timeZone) else {
      throw ValidationError("--time-zone: there is no '\(timeZone)'; use a name such as Europe/Berlin")
    }
    var calibrated = try ModelLoader.load(
      history.path, asOf: history.asOfInstant, sampling: simulation.sampling)
    calibrated.source.warnings += try blindSpots(calibrated, calendar)
    let today = try question(calibrated, calendar)
    let (answer, whatIf) = try await answers(today, calibrated, calendar)
    // What was spent already is part of every future: one below it has lost some of its money.
    guard !answer.months.contains(where: { Money.isPassed(by: $0.total) || $0.total.quantile(0) < $0.spent - 0.01 })
    else {
      throw Money.error("one of the futures costs", hint: "add fewer jobs, or give a lower --hourly-rate")
    }
    answer.precision?.sayIfMissed()
    let sensitivity = explain ? try await sensitivity(today, calibrated, calendar) : nil
    if output.json {
      var fields = ForecastText.fields(answer, budget: budget)
      if !whatIf.isEmpty { fields.append(("what_if", .array(whatIf.map { WhatIfText.document($0) }))) }
      if let sensitivity { fields.append(("explain", SensitivityText.document(sensitivity))) }
      output.emit(.object(fields))
    } else {
      var parts = [ForecastText.text(answer, budget: budget)]
      if !whatIf.isEmpty { parts.append(WhatIfText.text(whatIf, months: months)) }
      if let sensitivity { parts.append(SensitivityText.text(sensitivity)) }
      print(parts.joined(separator: "\n\n"))
    }
    if let most = try mostOdds, let budget, let worst = answer.worstMonth(for: budget), worst.odds > most {
      if !output.json {
        let month = answer.months.count > 1 ? " in \(worst.month)" : ""
        Failure.say(
          "the odds of passing \(Words.dollars(budget))\(month) are \(Words.percent(worst.odds)), above "
            + Words.percent(most))
      }
      throw ExitCode(1)
    }
  }

  /// What the answer cannot know of the months it speaks of.
  private func blindSpots(_ calibrated: Calibrated, _ calendar: CalendarMonths) throws -> [String] {
    let known = calibrated.history
    guard let from = known.observations.map(\.from).min() else {
      let path = history.path
      if let path, !path.hasSuffix(".json") {
        return ["\(path) had watched nothing by then: what was spent before counts as $0"]
      }
      return [
        "\(path == nil ? "the shipped priors know" : "a model knows") of no spending and of no job that runs or waits: "
          + "what was spent before now counts as $0; name the database to have it counted"
      ]
    }
    var blind: [String] = []
    let asked = try history.asOfInstant ?? known.until
    let first = try firstMonth(calendar, asOf: asked)
    if calendar.start(of: first) < from {
      let isBefore = calendar.start(of: calendar.month(after: first)) <= from
      blind.append(
        "the history begins \(Words.moment(from, year: true)) UTC, \(isBefore ? "after" : "in the middle of") \(first): "
          + "what was spent before counts as $0")
    }
    if asked - known.until > .hours(1) {
      blind.append(
        "the history ends \(Words.moment(known.until, year: true)) UTC, before --as-of \(Words.moment(asked, year: true)): "
          + "what happened since is simulated")
    }
    return blind
  }

  private func firstMonth(_ calendar: CalendarMonths, asOf: Instant) throws -> Scenario.Month {
    try month.map { try TimeArgument.month($0, option: "--month") } ?? calendar.month(of: asOf)
  }

  /// Today, without any change.
  private func question(_ calibrated: Calibrated, _ calendar: CalendarMonths) throws -> Forecast.Request {
    let until = calibrated.history.until
    let asked = try history.asOfInstant ?? (until == .distantPast ? .now : until)
    // What happened since the history's end nobody knows: it is simulated, not left out.
    let asOf = until == .distantPast ? asked : min(asked, until)
    let first = try firstMonth(calendar, asOf: asked)
    var policies = Calibrated.policies
    policies.maxConcurrent = calibrated.observedSlots
    // A month after the next begins where the simulation of the months between has led.
    let current = calendar.month(of: asOf)
    let skipped = max(0, (first.year - current.year) * 12 + first.month - current.month)
    guard skipped + months <= 24 else {
      throw ValidationError(
        "\(month == nil ? "--as-of" : "--month"): at most 24 months ahead of \(Words.stamp(asOf)) can be forecast")
    }
    var request = Forecast.Request(
      first: skipped > 0 ? current : first, count: months + skipped, asOf: asOf, policies: policies,
      seed: simulation.seed, replications: simulation.replications ?? 4_000, threads: simulation.threads)
    request.precision = try precision.precision(cap: simulation.replications)
    request.measured = skipped
    return request
  }

  /// The forecast with all changes, and what each of them changes.
  private func answers(
    _ today: Forecast.Request, _ calibrated: Calibrated, _ calendar: CalendarMonths
  ) async throws -> (Forecast, [WhatIf]) {
    func forecast(_ request: Forecast.Request, _ source: ModelSource) async throws -> Forecast {
      try await Forecast.run(request, history: calibrated.history, source: source, calendar: calendar)
        .dropping(request.measured)
    }
    var before = try await forecast(today, calibrated.source)
    let changes = try changes.changes(asOf: today.asOf)
    guard !changes.isEmpty else {
      before.overrun = try await rareOverrun(before, today, calibrated, calibrated.source, calendar)
      return (before, [])
    }
    // Whatever the precision took: differences are taken future by future.
    var same = today
    same.precision = nil
    same.replications = before.replications
    var (request, source) = (same, calibrated.source)
    for change in changes { change.apply(&request, &source) }
    var after = try await forecast(request, source)
    after.precision = before.precision
    after.overrun = try await rareOverrun(after, request, calibrated, source, calendar)
    var whatIf: [WhatIf] = []
    for change in changes where changes.count > 1 {
      var (request, source) = (same, calibrated.source)
      change.apply(&request, &source)
      let alone = try await forecast(request, source)
      whatIf.append(WhatIf(change.name, today: before, changed: alone, budget: budget))
    }
    let name = changes.count > 1 ? "all of it together" : changes[0].name
    whatIf.append(WhatIf(name, today: before, changed: after, budget: budget))
    return (after, whatIf)
  }

  /// Where fewer than 1 future in 100 passes the budget, counting them says little: the odds by importance sampling.
  private func rareOverrun(
    _ answer: Forecast, _ request: Forecast.Request, _ calibrated: Calibrated, _ source: ModelSource,
    _ calendar: CalendarMonths
  ) async throws -> RareOverrun? {
    guard let budget, request.measured == 0, answer.probability(over: budget) < 0.01 else { return nil }
    let odds = try await RareOverrun.run(
      request, budget: budget, history: calibrated.history, source: source, calendar: calendar)
    return odds.flatMap { $0.halfWidth < $0.probability ? $0 : nil }
  }

  private func sensitivity(
    _ today: Forecast.Request, _ calibrated: Calibrated, _ calendar: CalendarMonths
  ) async throws -> Sensitivity {
    let n = simulation.replications ?? Sensitivity.defaultSamples
    let draws = (1...2).map { seed in (0..<n).map { calibrated.model.draw($0, of: n, seed: UInt64(seed)) } }
    return try await Sensitivity.run(
      today, history: calibrated.history, a: draws[0], b: draws[1], calendar: calendar)
  }
}
