import Foundation
import Hummingbird
import Live
import Reports
import Scenarios

/// How good the estimates of this store's own past jobs would have been: each from what was known when it was submitted.
struct AccuracyPage: Page {
  static let name = "accuracy"
  let title = "Accuracy"
  let section = Section.accuracy
  let scripts = ["live.js"]

  struct Coverage: Sendable { var level, share, interval, count, verdict, kind: String }
  struct Part: Sendable {
    var id, title, offBy, bias: String
    var coverage: [Coverage]
    var pit, chart: String?
  }
  struct Row: Sendable {
    var id, name, estimate, actual, error, quoted, duration, took, kind, verdict: String
    /// What was projected of its cost half-way, and how far off that was.
    var halfway: String
  }
  /// Projections at one share of the way.
  struct Way: Sendable { var share, offBy, bias, held, interval, verdict, kind, timeOffBy: String }

  let isReady, isComputing, isOutdated: Bool
  let fromJobs: String
  let parts: [Part]
  let ways: [Way]
  let hasWays: Bool
  /// Story 7.1.2's sentence.
  let typically: String?
  let rows: [Row]
  /// How many are shown, where not all are.
  let cut: String?
  let source: String
  let refresh: String

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    router.get("accuracy") { request, context in
      let document = try await desk.advice.foresight.accuracy(await desk.runner.view)
      return await desk.answer(AccuracyPage(document), request, context)
    }
    router.get("accuracy.csv") { _, _ in
      let document = try await desk.advice.foresight.accuracy(await desk.runner.view)
      return Reply.download(AccuracyPage.csv(document), "text/csv; charset=utf-8", as: "accuracy.csv")
    }
  }

  init(_ document: AccuracyDocument) {
    isReady = document.status == .ready
    isComputing = document.status == .computing
    isOutdated = isReady && !document.is_current
    // What is on its way is looked for soon.
    refresh = isComputing || isOutdated ? "2" : "60"
    fromJobs = "\(document.from_jobs)"
    parts = [
      document.cost.map { Part("cost", "Cost", $0, document.jobs.map(\.cost_usd), unit: .dollars) },
      document.duration.map { Part("duration", "Duration", $0, document.jobs.map(\.duration_s), unit: .duration) },
    ].compactMap { $0 }
    ways = document.projections.map(Way.init)
    hasWays = !ways.isEmpty
    typically = AccuracyPage.typically(document)
    rows = document.jobs.suffix(AccuracyPage.mostRows).reversed().map(Row.init)
    cut = rows.count < document.jobs.count ? "the last \(rows.count) of \(Wording.group(document.jobs.count))" : nil
    source =
      "\(document.source): \(Wording.count(document.jobs.count, "job")) scored, each by a model that was calibrated on what was known before it"
      + (document.seconds.map { String(format: "; computed in %.2f s", $0) } ?? "")
  }

  /// Of the table; the file has all.
  private static let mostRows = 60

  /// How far projections of running jobs were off half-way; nil: that is not known.
  static func typically(_ document: AccuracyDocument?) -> String? {
    guard let document, document.status == .ready,
      let half = document.projections.first(where: { $0.share == 0.5 }), half.cost.coverage.of >= AccuracyDocument.from
    else { return nil }
    let percent = String(format: "%.0f", max(1, (half.cost.median_error * 100).rounded(.up)))
    return
      "Projections typically ±\(percent)% accurate: half-way, half of \(Wording.count(half.cost.coverage.of, "job")) ended within that of what was "
      + "projected; the 8-in-10 range held \(half.cost.coverage.held)."
  }

  static func csv(_ document: AccuracyDocument) -> String {
    let shares = [0.25, 0.5, 0.75]
    return CSVText.table(
      [
        "id", "name", "preset", "past_jobs", "cost_p10", "cost_p50", "cost_p90", "cost_actual", "quoted_usd",
        "duration_p10_s", "duration_p50_s", "duration_p90_s", "duration_actual_s",
      ]
        + shares.flatMap { share in
          ["spent", "cost_p10", "cost_p50", "cost_p90", "duration_p50_s"].map { "at_\(Int(share * 100))_\($0)" }
        },
      document.jobs.map { job in
        let (cost, time) = (job.cost_usd.estimate, job.duration_s.estimate)
        return [job.id, job.name, job.preset, "\(job.past_jobs)"]
          + [cost.p10, cost.p50, cost.p90, job.cost_usd.actual].map(Wording.digits)
          + [job.quoted_usd.map(Wording.digits) ?? ""]
          + [time.p10, time.p50, time.p90, job.duration_s.actual].map(Wording.digits)
          + shares.flatMap { share -> [String] in
            guard let p = job.projections.first(where: { $0.share == share }) else {
              return Array(repeating: "", count: 5)
            }
            let cost = p.cost_usd.estimate
            return [p.spent_usd, cost.p10, cost.p50, cost.p90, p.duration_s.estimate.p50].map(Wording.digits)
          }
      })
  }
}

extension AccuracyPage {
  /// `6.6 % too low`.
  fileprivate static func bias(_ log: Double) -> String {
    let bias = exp(log) - 1
    return abs(bias) < 0.005
      ? "neither too high nor too low" : "\(Wording.percent(abs(bias))) too \(bias > 0 ? "high" : "low")"
  }

  /// `+3 %`, of the outcome.
  fileprivate static func error(_ estimated: AccuracyDocument.Job.Estimated) -> String {
    let off = estimated.actual > 0 ? estimated.estimate.p50 / estimated.actual - 1 : 0
    return (off < 0 ? "−" : "+") + Wording.percent(abs((off * 1000).rounded() / 1000))
  }
}

extension AccuracyPage.Way {
  init(_ projection: AccuracyDocument.Projection) {
    let coverage = AccuracyPage.Coverage(projection.cost.coverage)
    share = Wording.percent(projection.share)
    (offBy, bias) = (Wording.percent(projection.cost.median_error), AccuracyPage.bias(projection.cost.bias_log))
    (held, interval) = ("\(coverage.share), \(coverage.count)", coverage.interval)
    (verdict, kind) = (coverage.verdict, coverage.kind)
    timeOffBy = Wording.percent(projection.duration.median_error)
  }
}

extension AccuracyPage.Part {
  init(
    _ id: String, _ title: String, _ quantity: AccuracyDocument.Quantity,
    _ jobs: [AccuracyDocument.Job.Estimated], unit: ChartUnit
  ) {
    (self.id, self.title) = (id, title)
    offBy = Wording.percent(quantity.median_error)
    bias = AccuracyPage.bias(quantity.bias_log)
    coverage = quantity.coverage.map(AccuracyPage.Coverage.init)
    pit = Chart(
      id: "\(id)-pit", title: "Where the outcomes of the \(title.lowercased()) fell in what was estimated",
      x: ChartAxis(
        "Tenth of the estimate", unit: .categories((1...10).map { "\(($0 - 1) * 10)–\($0 * 10) %" })),
      left: ChartAxis("Jobs", unit: .count, includesZero: true),
      layers: [.bars(ChartBars([.init("Jobs", values: quantity.pit.map(Double.init))]))],
      references: [
        ChartReference(Double(quantity.pit.reduce(0, +)) / 10, label: "Even: as sure as it says", tone: .muted)
      ], size: ChartSize(width: 620, height: 240)
    ).svg(isInteractive: false)
    chart = AccuracyPage.Part.chart(id, title, jobs, unit)
  }

  /// The estimates of the last jobs, one beside the other, with what came true.
  private static func chart(
    _ id: String, _ title: String, _ jobs: [AccuracyDocument.Job.Estimated], _ unit: ChartUnit
  ) -> String? {
    let last = jobs.suffix(60)
    guard !last.isEmpty else { return nil }
    let points = last.enumerated().map { i, job in
      ChartIntervals.Point(
        Double(i + 1), estimate: job.estimate.p50, low: job.estimate.p10, high: job.estimate.p90, outcome: job.actual)
    }
    return Chart(
      id: "\(id)-jobs", title: "\(title): the estimate (8 in 10) and what came true",
      x: ChartAxis(
        "Jobs that completed, in the order of submission", unit: .count, domain: 0.5...(Double(last.count) + 0.5)),
      left: ChartAxis(title, unit: unit, includesZero: true),
      layers: [.intervals(ChartIntervals("Estimate", points: points))],
      size: ChartSize(width: 960, height: 300)
    ).svg(isInteractive: false)
  }
}

extension AccuracyPage.Coverage {
  init(_ coverage: AccuracyDocument.Quantity.Coverage) {
    level = Wording.percent(coverage.level)
    share = Wording.percent(coverage.share)
    interval = "\(Wording.percent(coverage.low95)) – \(Wording.percent(coverage.high95))"
    count = "\(coverage.held) of \(coverage.of)"
    (verdict, kind) =
      coverage.level > coverage.high95
      ? ("Too sure of itself", "bad")
      : coverage.level < coverage.low95 ? ("Surer than it says", "warn") : ("As sure as it says", "good")
  }
}

extension AccuracyPage.Row {
  init(_ job: AccuracyDocument.Job) {
    let cost = job.cost_usd
    (id, name) = (job.id, job.name)
    estimate = "\(Wording.money(cost.estimate.p50)) (\(Wording.range(cost.estimate.p10, cost.estimate.p90)))"
    actual = Wording.money(cost.actual)
    error = AccuracyPage.error(cost)
    halfway =
      job.projections.first { $0.share == 0.5 }.map {
        "\(Wording.money($0.cost_usd.estimate.p50)) (\(AccuracyPage.error($0.cost_usd)))"
      } ?? Wording.nothing
    quoted = job.quoted_usd.map(Wording.money) ?? Wording.nothing
    let time = job.duration_s
    duration = Wording.duration(time.estimate.p50)
    took = Wording.duration(time.actual)
    let isHeld = cost.actual >= cost.estimate.p10 && cost.actual <= cost.estimate.p90
    (verdict, kind) =
      isHeld ? ("Within", "good") : cost.actual < cost.estimate.p10 ? ("Below", "warn") : ("Above", "warn")
  }
}
