import Foundation
import Hummingbird
import Journal
import Live
import Reports
import Scenarios

/// Which configurations produce the best quality for their cost (story 5.1.2).
struct AnalyticsPage: Page {
  static let name = "analytics"
  let title = "Training Analytics"
  let section = Section.analytics

  struct PresetRow: Sendable {
    var name, loss, cost, duration, success, jobs: String
    var isBest: Bool
  }
  struct FailureRow: Sendable { var name, jobs, share: String }
  struct RiskRow: Sendable { var configuration, jobs, failed, memory, rate, advice: String }
  struct HourRow: Sendable { var hour, interruptions, held, rate: String }

  let hasJobs: Bool
  let presets: [PresetRow]
  let summary: String?
  let scatter, success, hourChart: String?
  let dotsText: String
  let outliers: [JobsPage.Link]
  let hasOutliers: Bool
  let failures: [FailureRow]
  let risks: [RiskRow]
  let hasFailures: Bool
  let usage: [JobPage.Fact]
  let hours: [HourRow]
  let hasHours: Bool
  struct AttemptRow: Sendable { var hour, attempts, failed, rate: String }
  let attempts: [AttemptRow]
  let hasAttempts: Bool
  let attemptsText: String
  let recoveries: [JobPage.Fact]
  let retries: [JobPage.Fact]

  /// What the story wants success to rise to.
  private static let goal = 0.98
  /// More dots than this cannot be told apart, and weigh more than a page should.
  private static let mostDots = 200

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    router.get("analytics") { request, context in
      let (document, savings) = try await made(desk)
      return await desk.answer(AnalyticsPage(document, savings), request, context)
    }
    router.get("analytics.csv") { _, _ in
      let (document, _) = try await made(desk)
      return Reply.download(CSVText.analytics(document), "text/csv; charset=utf-8", as: "training-analytics.csv")
    }
  }

  private static func made(_ desk: PageDesk) async throws -> (AnalyticsDocument, SpotSavings) {
    let view = await desk.runner.view
    let analytics = Analytics(view, try await desk.finals.finals(view))
    return (
      analytics.document(hours: try await desk.hours.hours(view), pods: try await desk.pods.figures()),
      SpotSavings(view, rates: desk.advice.rates)
    )
  }

  private init(_ document: AnalyticsDocument, _ savings: SpotSavings) {
    hasJobs = !document.presets.isEmpty
    presets = document.presets.map(PresetRow.init)
    summary = document.presets.first(where: \.is_best).map { best in
      let f = best.figures
      return [
        "\(Wording.capital(best.preset)) preset: " + (f.success_rate.map { "\(Wording.per($0)) success rate" } ?? ""),
        f.mean_cost_usd.map { "\(Wording.money($0)) avg cost" },
        f.mean_final_loss.map { "\(Wording.loss($0)) avg final loss" },
      ].compactMap { $0 }.joined(separator: ", ")
    }
    let dots = document.dots.prefix(AnalyticsPage.mostDots)
    scatter = AnalyticsPage.scatter(dots)
    dotsText =
      document.dots_in_all > dots.count
      ? "The newest \(dots.count) of \(Wording.group(document.dots_in_all)) completed jobs with a validation loss."
      : "\(Wording.count(document.dots_in_all, "completed job")) with a validation loss."
    outliers = document.dots.filter(\.is_outlier).prefix(10).map {
      .init(
        path: "/dashboard/training-jobs/\($0.job)",
        label: "\($0.name) (\($0.job)): \(Wording.money($0.cost_usd)), loss \(Wording.loss($0.final_validation_loss))")
    }
    hasOutliers = !outliers.isEmpty
    success = MonthCharts.success(document.months, goal: AnalyticsPage.goal)
    failures = document.failures.map {
      FailureRow(name: Wording.capital(Wording.words($0.failure)), jobs: "\($0.jobs)", share: Wording.per($0.share))
    }
    hasFailures = !failures.isEmpty
    risks = document.risks.map { risk in
      RiskRow(
        configuration: "r=\(risk.rank), batch_size=\(risk.batch_size)", jobs: "\(risk.jobs)", failed: "\(risk.failed)",
        memory: "\(risk.out_of_memory)",
        rate: "\(Wording.per(risk.failure_rate_low95))–\(Wording.per(risk.failure_rate_high95))",
        advice: risk.advice ?? "too few failures to say")
    }
    usage = AnalyticsPage.usage(document, savings)
    (attempts, attemptsText) = AnalyticsPage.attempts(document.provisioning)
    hasAttempts = !attempts.isEmpty
    (recoveries, retries) = (AnalyticsPage.facts(document.recoveries), AnalyticsPage.facts(document.retries))
    let held = document.hours.reduce(0) { $0 + $1.spot_hours }
    hasHours = held > 0
    hourChart = hasHours ? AnalyticsPage.hourChart(document.hours) : nil
    hours = document.hours.map {
      HourRow(
        hour: String(format: "%02d:00", $0.hour), interruptions: "\($0.interruptions)",
        held: String(format: "%.1f", $0.spot_hours),
        rate: $0.per_hour.map { String(format: "%.3f", $0) } ?? Wording.nothing)
    }
  }

  private static func usage(_ document: AnalyticsDocument, _ savings: SpotSavings) -> [JobPage.Fact] {
    let (spot, onDemand) = (document.spot_jobs, document.on_demand_jobs)
    guard let share = document.spot_share else { return [] }
    return [
      .init(label: "Spot", value: "\(Wording.per(share)) (\(Wording.count(spot, "job")))"),
      .init(label: "On-demand", value: "\(Wording.per(1 - share)) (\(Wording.count(onDemand, "job")))"),
    ]
      + (document.spot_success_rate.map {
        [
          .init(
            label: "Spot jobs that complete", value: "\(Wording.per($0)) of those that complete or fail (goal: 95%)")
        ]
      } ?? [])
      + savings.facts.filter { $0.label == "Total savings" }.map {
        .init(label: "Total savings by spot, last 30 days", value: $0.value)
      }
  }

  private static func scatter(_ dots: ArraySlice<AnalyticsDocument.Dot>) -> String? {
    guard dots.count > 1 else { return nil }
    let tones: [String: ChartTone] = [
      "conservative": .series(1), "balanced": .series(0), "aggressive": .series(3), "custom": .series(4),
    ]
    let layers = ["conservative", "balanced", "aggressive", "custom"].compactMap { preset -> ChartLayer? in
      let own = dots.filter { $0.preset == preset }
      guard !own.isEmpty else { return nil }
      return .scatter(
        ChartScatter(
          Wording.capital(preset),
          points: own.map {
            .init(
              $0.final_validation_loss, $0.cost_usd, label: $0.name, link: "/dashboard/training-jobs/\($0.job)",
              isHighlighted: $0.is_outlier)
          }, tone: tones[preset] ?? .series(5), showsLabels: false))
    }
    // Better than half of the others in both: the lower left.
    let (losses, costs) = (dots.map(\.final_validation_loss).sorted(), dots.map(\.cost_usd).sorted())
    let (loss, cost) = (losses[losses.count / 2], costs[costs.count / 2])
    let zones =
      losses[0] < loss && costs[0] < cost
      ? [ChartZone("Ideal: low cost, high quality", x: losses[0]...loss, y: 0...cost, tone: .good)] : []
    return Chart(
      id: "cost-quality", title: "Cost against quality", x: ChartAxis("Final validation loss (lower is better)"),
      left: ChartAxis("Total cost", unit: .dollars, includesZero: true), zones: zones, layers: layers,
      size: ChartSize(width: 960, height: 420)
    ).svg(isInteractive: false)
  }

  private static func hourChart(_ hours: [AnalyticsDocument.Hour]) -> String {
    Chart(
      id: "hours", title: "Interruptions of spot pods by hour of the day",
      x: ChartAxis("Hour of the day, UTC", unit: .categories(hours.map { String(format: "%02d", $0.hour) })),
      left: ChartAxis("Interruptions for each hour held", includesZero: true),
      layers: [.bars(ChartBars([.init("Interruptions", values: hours.map { $0.per_hour ?? .nan }, tone: .series(2))]))],
      size: ChartSize(width: 960, height: 280)
    ).svg(isInteractive: false)
  }
}

extension AnalyticsPage.PresetRow {
  init(_ preset: AnalyticsDocument.PresetFigures) {
    let f = preset.figures
    name = Wording.capital(preset.preset)
    loss = f.mean_final_loss.map(Wording.loss) ?? Wording.nothing
    cost = f.mean_cost_usd.map { Wording.money($0) } ?? Wording.nothing
    duration = f.mean_duration_s.map(Wording.duration) ?? Wording.nothing
    success = f.success_rate.map(Wording.per) ?? Wording.nothing
    jobs = Wording.group(f.jobs)
    isBest = preset.is_best
  }
}

extension CSVText {
  /// One table: what a line is about, its name, and its figures.
  static func analytics(_ document: AnalyticsDocument) -> String {
    func number(_ value: Double?) -> String { value.map(Wording.digits) ?? "" }
    func figures(_ about: String, _ name: String, _ f: JobFigures) -> [String] {
      [
        about, name, "\(f.jobs)", "\(f.completed)", "\(f.failed)", "\(f.cancelled)", number(f.success_rate),
        number(f.mean_cost_usd), number(f.total_cost_usd), number(f.mean_duration_s), number(f.mean_final_loss), "", "",
      ]
    }
    let rows =
      document.presets.map { figures("preset", $0.preset, $0.figures) }
      + document.months.map { figures("month", $0.month, $0.figures) }
      + document.failures.map { failure in
        ["failure", failure.failure, "\(failure.jobs)", "", "\(failure.jobs)"] + Array(repeating: "", count: 8)
      }
      + document.risks.map { risk in
        ["configuration", "r=\(risk.rank) batch_size=\(risk.batch_size)", "\(risk.jobs)", "", "\(risk.failed)"]
          + Array(repeating: "", count: 8)
      }
      + document.hours.map { hour in
        ["hour", "\(hour.hour)"] + Array(repeating: "", count: 9)
          + ["\(hour.interruptions)", number(hour.spot_hours)]
      }
    return table(
      [
        "about", "name", "jobs", "completed", "failed", "cancelled", "success_rate", "mean_cost_usd", "total_cost_usd",
        "mean_duration_s", "mean_final_loss", "interruptions", "spot_hours",
      ], rows)
  }
}
