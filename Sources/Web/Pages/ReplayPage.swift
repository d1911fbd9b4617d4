import DiscreteEvent
import Engine
import Foundation
import Hummingbird
import Journal
import Live
import Reports

/// A month's journal, or a job's, moment by moment: what stood when, as it was written down.
struct ReplayPage: Page {
  static let name = "replay"
  let title: String
  let section: Section
  let scripts = ["refresh.js"]

  struct Step: Sendable {
    var label, path: String
    /// False: there is nothing there, and it is no link.
    var leads: Bool
  }
  struct Count: Sendable { var status, statusText, jobs: String }
  struct Row: Sendable { var id, name, status, statusText, pricing, progress, interruptions, cost: String }

  let path: String
  let jobName, jobPath: String?
  let months: [Choice]
  let hasRow, isReady: Bool
  let steps: [Step]
  let first, last, seq, position: String
  let event, message, details: String
  let eventJob, eventJobPath: String?
  let at, from, until: Moment?
  let cards: [ForecastPage.Card]
  let counts: [Count]
  let rows: [Row]
  let hasRows: Bool
  /// How many of them are shown, where not all are.
  let cut: String?
  let chart: String?
  let rowsRead: String

  /// Jobs in the table; a program is told more of them.
  private static let mostRows = 50
  /// Stretches of the time line that can be told apart.
  private static let mostStretches = 120

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    let reader = ReplayReader(runner: desk.runner, shelf: desk.replays)
    let patience = Duration.milliseconds(30)
    router.get("replay") { request, context in
      let (view, fields) = (await desk.runner.view, FormFields(query: request))
      let answer = try await reader.read(month: fields["month"], job: nil, at: try fields.row, view, within: patience)
      return await desk.answer(ReplayPage(answer, view, fields["month"], job: nil, marks: []), request, context)
    }
    router.get("training-jobs/:id/replay") { request, context in
      let view = await desk.runner.view
      let job = try desk.job(context, view)
      let answer = try await reader.read(
        month: nil, job: job, at: try FormFields(query: request).row, view, within: patience)
      let marks = try ReplayPage.marks(desk.storePath, job)
      return await desk.answer(ReplayPage(answer, view, nil, job: job, marks: marks), request, context)
    }
  }

  init(_ answer: ReplayReader.Answer, _ view: LiveView, _ month: String?, job: JobIndex?, marks: [ChartMark]) {
    let document = answer.document
    let text = job.map { view.descriptions[Int($0.rawValue)] }
    let (range, row) = (document.range, document.row)
    path = text.map { "/dashboard/training-jobs/\($0.id)/replay" } ?? Section.replay.path
    (jobName, jobPath) = (text?.name, text.map { "/dashboard/training-jobs/\($0.id)" })
    (title, section) = (text?.name ?? "Replay", text == nil ? .replay : .jobs)
    let chosen = range?.month ?? month ?? String((Wording.stamp(view.at) ?? "").prefix(7))
    months = ReplayPage.months(view, chosen)
    (hasRow, isReady) = (row != nil, document.fleet != nil)
    let base = path + "?" + (text == nil ? "month=\(chosen)&" : "")
    func step(_ label: String, _ to: Int?) -> Step {
      Step(label: label, path: to.map { base + "at=\($0)" } ?? "", leads: to.map { $0 != row?.seq } ?? false)
    }
    steps = [
      step("First", range?.first), step("Previous", row?.previous), step("Next", row?.next), step("Last", range?.last),
    ]
    (first, last, seq) = ("\(range?.first ?? 1)", "\(range?.last ?? 1)", "\(row?.seq ?? 1)")
    position = row.map { "Row \(Wording.group($0.seq)) of \(Wording.group(range?.last ?? $0.seq))" } ?? ""
    (at, from, until) = (Moment(row?.at), Moment(range?.from), Moment(range?.until))
    (event, message) = (row?.event ?? "", row?.message ?? "")
    details =
      row.map { EventLog.payload(of: .init(seq: $0.seq, at: $0.at, event: $0.event, details: $0.details)) } ?? ""
    eventJob = row?.job.flatMap { id in view.job(id).map { view.descriptions[Int($0.rawValue)].name } }
    eventJobPath = row?.job.map { "/dashboard/training-jobs/\($0)" }
    let fleet = document.fleet
    cards = fleet.map(ReplayPage.cards) ?? []
    counts = (fleet?.statuses ?? []).map {
      Count(status: $0.status, statusText: Wording.badge($0.status), jobs: Wording.group($0.jobs))
    }
    rows = (fleet?.jobs ?? []).prefix(ReplayPage.mostRows).map(Row.init)
    hasRows = !rows.isEmpty
    let others = (fleet?.jobs_not_over ?? 0) - rows.count
    cut = job == nil && others > 0 ? "the first \(rows.count) of \(Wording.group(others + rows.count))" : nil
    chart = ReplayPage.chart(answer, marks)
    rowsRead = Wording.group(document.rows_read ?? 0)
  }

  private static func cards(_ fleet: ReplayDocument.Fleet) -> [ForecastPage.Card] {
    [
      .init(figure: "\(fleet.running)", label: "jobs had a slot"),
      .init(figure: "\(fleet.queued)", label: "waited for one"),
      .init(figure: "\(fleet.pods)", label: "GPU instances were paid for"),
      .init(
        figure: Wording.money(fleet.spent_usd),
        label: "spent in the budget's period"
          + (fleet.limit_usd.map { ", of \(Wording.money($0))" } ?? "")
          + "; \(Wording.money(fleet.spent_in_all_usd)) since the store began"),
    ]
  }

  /// From the store's first job to now, at most two years.
  private static func months(_ view: LiveView, _ chosen: String) -> [Choice] {
    let first = view.fleet.jobs.first.map { min($0.submitted, view.at) } ?? view.at
    var months: [String] = []
    var at = view.at
    while months.count < 24 {
      let month = String((Wording.stamp(at) ?? "").prefix(7))
      if months.last != month { months.append(month) }
      guard at > first else { break }
      at = max(first, at - Span.days(20))
    }
    if !months.contains(chosen) { months.append(chosen) }
    return months.map { Choice(value: $0, label: $0, isChosen: $0 == chosen) }
  }

  /// What happened to one job, on the time line.
  private static func marks(_ path: String, _ job: JobIndex) throws -> [ChartMark] {
    let kinds: [String: ChartMark.Kind] = [
      "podInterrupted": .interruption, "checkpointsSaved": .checkpoint, "podGranted": .epoch,
    ]
    return try JobEvents.read(path: path, job: job).compactMap { entry in
      kinds[entry.kind].map {
        ChartMark(
          Double(entry.at.microseconds) / 1e6, label: $0 == .epoch ? "GPU instance" : "", kind: $0)
      }
    }
  }

  private static func chart(_ answer: ReplayReader.Answer, _ marks: [ChartMark]) -> String? {
    // What came to pass within one instant is seen as it ended.
    let next = answer.samples.dropFirst().map(\.at) + [.distantFuture]
    let samples = zip(answer.samples, next).filter { $0.at < $1 }.map(\.0).thinned(to: mostStretches)
    guard samples.count > 1, let row = answer.document.row else { return nil }
    func line(
      _ name: String, _ tone: Int, _ side: ChartSide, _ value: (ReplayShelf.Sample) -> Double
    ) -> ChartLayer {
      .line(
        ChartLine(
          name, points: samples.map { ChartPoint(Double($0.at.microseconds) / 1e6, value($0)) }, side: side,
          tone: .series(tone), isStepped: side == .left))
    }
    let here = (try? Date(row.at, strategy: .iso8601))?.timeIntervalSince1970
    return Chart(
      id: "timeline", title: "The fleet over time", x: ChartAxis("Time (UTC)", unit: .date(.gmt)),
      left: ChartAxis("Jobs", unit: .count, includesZero: true),
      right: ChartAxis("Spent in the period", unit: .dollars, includesZero: true),
      layers: [
        line("Have a slot", 0, .left) { Double($0.running) }, line("Wait", 2, .left) { Double($0.queued) },
        line("Spent", 1, .right) { Wording.dollars($0.spent) },
      ], marks: marks + (here.map { [ChartMark($0, label: "here", kind: .now)] } ?? []),
      size: ChartSize(width: 960, height: 280)
    ).svg(isInteractive: false)
  }
}

extension ReplayPage.Row {
  init(_ job: ReplayDocument.Job) {
    (id, name, status, statusText) = (job.id, job.name, job.status, Wording.badge(job.status))
    pricing = Wording.pricing(job.pricing) + (job.has_pod ? ", has one" : "")
    progress = "\(Wording.group(job.durable_step)) of \(Wording.group(job.steps))"
    (interruptions, cost) = ("\(job.interruptions)", Wording.money(job.cost_usd))
  }
}

extension FormFields {
  /// The row that an address names.
  fileprivate var row: Int? {
    get throws {
      guard let at = try whole("at") else { return nil }
      guard (1...Int(Int32.max)).contains(at) else { throw Problem(.badRequest, "rows are counted from 1") }
      return at
    }
  }
}
