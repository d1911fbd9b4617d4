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
  struct Row: Sendable { var id, name, estimate, actual, error, quoted, duration, took, kind, verdict: String }

  let isReady, isComputing, isOutdated: Bool
  let fromJobs: String
  let parts: [Part]
  let rows: [Row]
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
    rows = document.jobs.reversed().map(Row.init)
    source =
      "\(document.source): \(Wording.count(document.jobs.count, "job")) scored, each by a model that was calibrated on what was known before it"
      + (document.seconds.map { String(format: "; computed in %.2f s", $0) } ?? "")
  }

  static func csv(_ document: AccuracyDocument) -> String {
    CSVText.table(
      [
        "id", "name", "preset", "past_jobs", "cost_p10", "cost_p50", "cost_p90", "cost_actual", "quoted_usd",
        "duration_p10_s", "duration_p50_s", "duration_p90_s", "duration_actual_s",
      ],
      document.jobs.map { job in
        let (cost, time) = (job.cost_usd.estimate, job.duration_s.estimate)
        return [job.id, job.name, job.preset, "\(job.past_jobs)"]
          + [cost.p10, cost.p50, cost.p90, job.cost_usd.actual].map(Wording.digits)
          + [job.quoted_usd.map(Wording.digits) ?? ""]
          + [time.p10, time.p50, time.p90, job.duration_s.actual].map(Wording.digits)
      })
  }
}

extension AccuracyPage.Part {
  init(
    _ id: String, _ title: String, _ quantity: AccuracyDocument.Quantity,
    _ jobs: [AccuracyDocument.Job.Estimated], unit: ChartUnit
  ) {
    (self.id, self.title) = (id, title)
    offBy = Wording.percent(quantity.median_error)
    let bias = exp(quantity.bias_log) - 1
    self.bias =
      abs(bias) < 0.005
      ? "neither too high nor too low" : "\(Wording.percent(abs(bias))) too \(bias > 0 ? "high" : "low")"
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
    let off = cost.actual > 0 ? cost.estimate.p50 / cost.actual - 1 : 0
    error = (off < 0 ? "−" : "+") + Wording.percent(abs((off * 1000).rounded() / 1000))
    quoted = job.quoted_usd.map(Wording.money) ?? Wording.nothing
    let time = job.duration_s
    duration = Wording.duration(time.estimate.p50)
    took = Wording.duration(time.actual)
    let isHeld = cost.actual >= cost.estimate.p10 && cost.actual <= cost.estimate.p90
    (verdict, kind) =
      isHeld ? ("Within", "good") : cost.actual < cost.estimate.p10 ? ("Below", "warn") : ("Above", "warn")
  }
}
