import DiscreteEvent
import Engine
import Foundation
import Hummingbird
import Journal
import Live
import Scenarios

/// Which jobs are listed, in which order, and how many: the filters of stories 2.3.1 and 5.2.1, as they stand in an address.
struct JobQuery {
  private var status: String?
  private var equals: [(WritableKeyPath<JobDocument, String?>, String)] = []
  private var preset, pricing, tag, search, hidden: String?
  private var costs: (least: Double, most: Double) = (0, .infinity)
  private var submitted: (from: Instant, until: Instant) = (.distantPast, .distantFuture)
  private var sort = "created"
  private var isAscending = false
  private var limit = 100
  private var offset = 0
  private var cursor: Cursor?

  /// Those that lists leave out: only the others, only they, all.
  static let hiddenWords = ["no", "only", "all"]
  static let sorts = ["created", "duration", "cost", "status", "creator"]
  private static let known: Set = [
    "status", "creator", "client", "project", "preset", "pricing", "tag", "search", "cost_from", "cost_to", "from",
    "until", "sort", "order", "limit", "offset", "cursor", "hidden",
  ]
  static let statuses = ["all", "active"] + Phase.allCases.map { Wording.snake($0) }

  /// The last job of a page: what the order goes by, and which it is. Whatever is added before it, the next page goes on after it.
  private struct Cursor: Codable {
    var sort: String
    var key: Key
    var job: UInt32
    /// When the first page was asked for, in microseconds: what grows while a job runs is taken as it was then, else a job would overtake its page.
    var at: Int64
  }

  /// What jobs are ordered by.
  private enum Key: Codable, Comparable {
    case none
    case number(Double)
    case text(String)
  }

  /// - Throws: ``Problem`` that names the parameter.
  init(_ parameters: Parameters) throws {
    for (key, _) in parameters where !JobQuery.known.contains(String(key)) {
      throw Problem(
        .badRequest, "jobs cannot be asked for by '\(key)'", hint: JobQuery.known.sorted().joined(separator: ", "))
    }
    func number(_ key: String) throws -> Double? {
      guard let text = parameters.get(key) else { return nil }
      guard let value = Double(text), value >= 0, value.isFinite else {
        throw Problem(.badRequest, "\(key) is a number, not '\(text)'")
      }
      return value
    }
    func instant(_ key: String) throws -> Instant? {
      guard let text = parameters.get(key) else { return nil }
      guard let value = InstantText.instant(text) else {
        throw Problem(.badRequest, "\(key) is a time such as 2026-11-20, not '\(text)'")
      }
      return value
    }
    status = try parameters.word("status", JobQuery.statuses).flatMap { $0 == "all" ? nil : $0 }
    for (key, path) in [("creator", \JobDocument.creator), ("client", \.client), ("project", \.project)] {
      if let value = parameters.get(key) { equals.append((path, value)) }
    }
    (preset, pricing) = (parameters.get("preset"), try parameters.word("pricing", ["spot", "on_demand"]))
    hidden = try parameters.word("hidden", JobQuery.hiddenWords)
    (tag, search) = (parameters.get("tag"), parameters.get("search")?.lowercased())
    costs = (try number("cost_from") ?? 0, try number("cost_to") ?? .infinity)
    submitted = (try instant("from") ?? .distantPast, try instant("until") ?? .distantFuture)
    sort = try parameters.word("sort", JobQuery.sorts) ?? "created"
    isAscending = try parameters.word("order", ["ascending", "descending"]) == "ascending"
    limit = try parameters.count("limit", 1...1_000) ?? 100
    offset = try parameters.count("offset", 0...Int(Int32.max)) ?? 0
    if let text = parameters.get("cursor") {
      guard let cursor: Cursor = Paging.decoded(text), cursor.sort == sort else {
        throw Problem(
          .notFound, "there is no such page, or it belongs to another order", hint: "begin without a cursor",
          place: "cursor")
      }
      self.cursor = cursor
    }
  }

  func answer(_ view: LiveView, _ catalogue: Catalogue) throws -> JobList {
    let leftOut = try catalogue.hiddenJobs()
    let noted = try search.map { try catalogue.jobs(noted: $0) } ?? []
    // A cursor comes from outside: it may not lead beyond what there is to reckon with.
    let at = min(view.at, max(view.at - .days(1), cursor.map { Instant(microseconds: $0.at) } ?? view.at))
    var found: [(index: JobIndex, key: Key, document: JobDocument)] = []
    for i in view.fleet.jobs.indices {
      let index = JobIndex(i)
      let job = view.fleet.jobs[i]
      guard job.submitted >= submitted.from, job.submitted < submitted.until else { continue }
      let isHidden = leftOut.contains(index)
      guard hidden == "all" || isHidden == (hidden == "only") else { continue }
      var document = JobDocument(view, index)
      document.hidden = isHidden ? true : nil
      if matches(document, job.phase, isNoted: noted.contains(index)) {
        found.append((index, key(document, job, at), document))
      }
    }
    // Equal ones stay in the order in which they were made.
    found.sort { isBefore($0.key, $0.index.rawValue, $1.key, $1.index.rawValue) }
    let start = cursor.flatMap { last in
      found.firstIndex { isBefore(last.key, last.job, $0.key, $0.index.rawValue) }
    }
    let first = offset + (start ?? (cursor == nil ? 0 : found.count))
    let page = found.dropFirst(first).prefix(limit)
    let next = first + page.count
    let notes = try catalogue.allNotes()
    var list = JobList(
      jobs: page.map { one in
        var document = one.document
        document.later_notes = notes[one.index]
        return document
      }, total: found.count,
      total_cost_usd: found.reduce(0) { $0 + $1.document.cost_usd })
    if next < found.count, let last = page.last {
      list.next_offset = next
      list.next = Paging.encoded(Cursor(sort: sort, key: last.key, job: last.index.rawValue, at: at.microseconds))
    }
    return list
  }

  private func isBefore(_ a: Key, _ i: UInt32, _ b: Key, _ j: UInt32) -> Bool {
    isAscending ? (a, i) < (b, j) : (a, i) > (b, j)
  }

  private func matches(_ job: JobDocument, _ phase: Phase, isNoted: Bool) -> Bool {
    switch status {
    case nil: break
    case "active": guard !phase.isTerminal, phase != .queued, phase != .blocked, phase != .paused else { return false }
    case let word?: guard job.status == word else { return false }
    }
    guard equals.allSatisfy({ job[keyPath: $0.0] == $0.1 }) else { return false }
    guard preset.map({ $0 == job.preset }) ?? true, pricing.map({ $0 == job.pricing }) ?? true else { return false }
    guard tag.map({ job.tags?.contains($0) == true }) ?? true else { return false }
    guard job.cost_usd >= costs.least, job.cost_usd <= costs.most else { return false }
    guard let search, !isNoted else { return true }
    let texts = [job.id, job.name, job.purpose, job.notes, job.client, job.project, job.training_file]
    return (texts.compactMap { $0 } + (job.tags ?? [])).contains { $0.lowercased().contains(search) }
  }

  private func key(_ document: JobDocument, _ job: Job, _ at: Instant) -> Key {
    switch sort {
    case "cost": .number(Wording.dollars(job.cost(at: job.lease.isOpen ? max(at, job.lease.granted) : at)))
    case "duration": .number(job.admitted < at ? (min(job.ended, at) - job.admitted).seconds : 0)
    case "status": .text(document.status)
    case "creator": .text(document.creator ?? "")
    default: .none
    }
  }
}
