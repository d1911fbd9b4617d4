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
      EXAMPLE
        lora-train forecast --history calibration/history.sqlite --month 2026-11 --budget 2400 --as-of 2026-11-20
      """)

  @OptionGroup var history: HistoryOptions

  @Option(help: ArgumentHelp("The (first) month; the month of --as-of without it.", valueName: "2026-12"))
  var month: String?

  @Option(help: ArgumentHelp("How many months, 1 to 12.", valueName: "n"))
  var months: Int = 1

  @Option(help: ArgumentHelp("US dollars a month.", valueName: "usd"))
  var budget: Double?

  @Option(help: ArgumentHelp("Further jobs that are sure to come.", valueName: "jobs.csv"))
  var add: String?

  @Option(help: ArgumentHelp("Exit with 1 when the odds of passing the budget are above this.", valueName: "p"))
  var failAbove: Double?

  @Option(help: ArgumentHelp("How many jobs may run at once; as the history shows without it.", valueName: "n"))
  var slots: Int?

  @Option(help: "Time zone of months and days.")
  var timeZone = "UTC"

  @OptionGroup var simulation: SimulationOptions
  @OptionGroup var precision: PrecisionOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...12).contains(months) else { throw ValidationError("--months must be between 1 and 12") }
    if let budget, !(budget > 0 && budget < 1e9) { throw ValidationError("--budget must be above 0") }
    if let failAbove, !(0...1).contains(failAbove) { throw ValidationError("--fail-above must be between 0 and 1") }
    if failAbove != nil, budget == nil { throw ValidationError("--fail-above needs --budget") }
    if let slots, slots < 1 { throw ValidationError("--slots must be at least 1") }
  }

  func run() async throws {
    guard let calendar = CalendarMonths(timeZone: timeZone) else {
      throw ValidationError("--time-zone: there is no '\(timeZone)'; use a name such as Europe/Berlin")
    }
    let calibrated = try ModelLoader.load(history.history, asOf: history.asOfInstant)
    let until = calibrated.history.until
    let asOf = try history.asOfInstant ?? (until == .distantPast ? .now : until)
    let first = try month.map { try TimeArgument.month($0, option: "--month") } ?? calendar.month(of: asOf)
    let additions = try add.map { path in
      try JobsCSV.read(path: path).map { ($0.submitted ?? asOf, $0.configuration) }
    }
    var policies = Calibrated.policies
    policies.maxConcurrent = slots.map { Int32(clamping: $0) } ?? calibrated.observedSlots
    // A month after the next begins where the simulation of the months between has led.
    let current = calendar.month(of: asOf)
    let skipped = max(0, (first.year - current.year) * 12 + first.month - current.month)
    guard skipped + months <= 24 else {
      throw ValidationError("--month: at most 24 months ahead of \(Words.stamp(asOf)) can be forecast")
    }
    var request = Forecast.Request(
      first: skipped > 0 ? current : first, count: months + skipped, asOf: asOf, additions: additions ?? [],
      policies: policies, seed: simulation.seed, replications: simulation.replications ?? 4_000,
      threads: simulation.threads)
    request.precision = try precision.precision(cap: simulation.replications)
    request.measured = skipped
    let answer = try await Forecast.run(
      request, history: calibrated.history, source: calibrated.source, calendar: calendar
    ).dropping(skipped)
    answer.precision?.sayIfMissed()
    if output.json {
      output.emit(ForecastText.document(answer, budget: budget))
    } else {
      print(ForecastText.text(answer, budget: budget))
    }
    if let failAbove, let budget, let odds = answer.months.first?.total.probability(above: budget), odds > failAbove {
      if !output.json {
        Failure.say(
          "the odds of passing \(Words.dollars(budget)) are \(Words.percent(odds)), above \(Words.percent(failAbove))")
      }
      throw ExitCode(1)
    }
  }
}
