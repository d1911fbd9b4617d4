import DiscreteEvent
import Engine
import Foundation
import Hummingbird
import Journal
import Live
import Scenarios

/// Finds a moment of the journal: the same for the page and for programs.
struct ReplayReader: Sendable {
  let runner: LiveRunner
  let shelf: ReplayShelf

  /// A document, and what its time line is drawn from.
  struct Answer: Sendable {
    var document: ReplayDocument
    var samples: [ReplayShelf.Sample] = []
  }

  /// - Parameters:
  ///   - month: `2026-11`; the running one unless said, or a job is.
  ///   - at: a row; the last of the range unless said.
  ///   - patience: how long is waited for the fleet of a row that is far from what is known; nil: until it is there.
  /// - Throws: ``Problem`` where the month or the row is none.
  func read(
    month: String?, job: JobIndex?, at: Int?, _ view: LiveView, within patience: Duration? = nil
  ) async throws -> Answer {
    let steps = JournalSteps(path: shelf.path)
    let month = month ?? String((Wording.stamp(view.at) ?? "").prefix(7))
    let found: JournalSteps.Range?
    if let job {
      found = try steps.range(of: job)
    } else {
      let (from, until) = try ReplayReader.ends(of: month)
      found = try steps.range(from: from, until: until)
    }
    guard let found else { return Answer(document: ReplayDocument()) }
    let wanted = min(max(at.map(Int64.init) ?? found.last, found.first), found.last)
    guard let place = try steps.place(at: wanted, in: found, job: job) else {
      return Answer(document: ReplayDocument())
    }
    func id(_ job: JobIndex?) -> String? {
      job.flatMap { Int($0.rawValue) < view.descriptions.count ? view.descriptions[Int($0.rawValue)].id : nil }
    }
    var document = ReplayDocument(
      range: .init(
        month: job == nil ? month : nil, job: id(job), first: Int(found.first), last: Int(found.last),
        from: Wording.stamp(found.from) ?? "", until: Wording.stamp(found.until) ?? ""),
      row: .init(place, job: id(place.row.job ?? job)))
    switch try await shelf.moment(at: place.row.seq, last: found.last, within: patience) {
    case .preparing(let rows):
      document.rows_read = Int(rows)
      return Answer(document: document)
    case .ready(let moment, let samples):
      document.fleet = .init(moment, view.descriptions, only: job)
      return Answer(
        document: document, samples: samples.filter { $0.seq >= found.first && $0.seq <= found.last })
    }
  }

  private static func ends(of month: String) throws -> (Instant, Instant) {
    guard let month = Scenario.Month(month), month.year >= 1970, month.year < 2_200,
      let from = InstantText.instant("\(month)-01")
    else { throw Problem(.badRequest, "a month is written as 2026-11, not '\(month.prefix(20))'", place: "month") }
    let next = Scenario.Month(
      year: month.month == 12 ? month.year + 1 : month.year, month: month.month == 12 ? 1 : month.month + 1)
    return (from, InstantText.instant("\(next)-01") ?? .distantFuture)
  }
}

extension ReplayDocument.Row {
  fileprivate init(_ place: JournalSteps.Place, job: String?) {
    let row = place.row
    let event = EventDocument(
      seq: Int(row.seq), at: Wording.stamp(row.at) ?? "", event: row.kind, details: row.payload)
    self.init(
      seq: event.seq, at: event.at, event: event.event, message: EventLog.message(of: event), details: event.details,
      job: job, previous: place.previous.map(Int.init), next: place.next.map(Int.init))
  }
}

/// The journal, moment by moment.
struct ReplayRoutes {
  let reader: ReplayReader

  init(runner: LiveRunner, shelf: ReplayShelf) { reader = ReplayReader(runner: runner, shelf: shelf) }

  func add(to router: RouterGroup<LiveContext>) {
    router.get("replay") { request, _ in
      let view = await reader.runner.view
      let fields = try FormFields(strict: request, Endpoint.Parameter.replay)
      let job = try fields["job"].map { id in
        guard let job = view.job(id) else { throw Problem(.notFound, "there is no job '\(id.prefix(40))'") }
        return job
      }
      return try Reply.json(
        try await reader.read(month: fields["month"], job: job, at: try fields.whole("at"), view).document)
    }
  }
}
