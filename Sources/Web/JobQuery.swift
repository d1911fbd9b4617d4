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
  private var preset, pricing, tag, search: String?
  private var costs: (least: Double, most: Double) = (0, .infinity)
  private var submitted: (from: Instant, until: Instant) = (.distantPast, .distantFuture)
  private var sort = "created"
  private var isAscending = false
  private var limit = 100
  private var offset = 0

  static let sorts = ["created", "duration", "cost", "status", "creator"]
  private static let known: Set = [
    "status", "creator", "client", "project", "preset", "pricing", "tag", "search", "cost_from", "cost_to", "from",
    "until", "sort", "order", "limit", "offset",
  ]

  /// - Throws: ``Problem`` that names the parameter.
  init(_ parameters: Parameters) throws {
    for (key, _) in parameters where !JobQuery.known.contains(String(key)) {
      throw Problem(
        .badRequest, "jobs cannot be asked for by '\(key)'", hint: JobQuery.known.sorted().joined(separator: ", "))
    }
    func number(_ key: String) throws -> Double? {
      guard let text = parameters.get(key) else { return nil }
      guard let value = Double(text), value >= 0 else {
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
    status = parameters.get("status").flatMap { $0 == "all" ? nil : $0 }
    for (key, path) in [("creator", \JobDocument.creator), ("client", \.client), ("project", \.project)] {
      if let value = parameters.get(key) { equals.append((path, value)) }
    }
    (preset, pricing) = (parameters.get("preset"), parameters.get("pricing"))
    (tag, search) = (parameters.get("tag"), parameters.get("search")?.lowercased())
    costs = (try number("cost_from") ?? 0, try number("cost_to") ?? .infinity)
    submitted = (try instant("from") ?? .distantPast, try instant("until") ?? .distantFuture)
    if let asked = parameters.get("sort") {
      guard JobQuery.sorts.contains(asked) else {
        throw Problem(.badRequest, "jobs cannot be sorted by '\(asked)'", hint: JobQuery.sorts.joined(separator: ", "))
      }
      sort = asked
    }
    isAscending = parameters.get("order") == "ascending"
    limit = min(1_000, Int(try number("limit") ?? 100))
    offset = Int(try number("offset") ?? 0)
  }

  func answer(_ view: LiveView, _ catalogue: Catalogue) throws -> JobList {
    let noted = try search.map { try catalogue.jobs(noted: $0) } ?? []
    var found: [(index: JobIndex, document: JobDocument)] = []
    for i in view.fleet.jobs.indices {
      let index = JobIndex(i)
      let job = view.fleet.jobs[i]
      guard job.submitted >= submitted.from, job.submitted < submitted.until else { continue }
      let document = JobDocument(view, index)
      if matches(document, job.phase, isNoted: noted.contains(index)) { found.append((index, document)) }
    }
    // Equal ones stay in the order in which they were made.
    found.sort { a, b in
      let order = compare(a.document, b.document)
      return order == 0
        ? (isAscending ? a.index.rawValue < b.index.rawValue : a.index.rawValue > b.index.rawValue)
        : isAscending ? order < 0 : order > 0
    }
    let page = found.dropFirst(offset).prefix(limit).map(\.document)
    let next = offset + page.count
    return JobList(
      jobs: page, total: found.count, total_cost_usd: found.reduce(0) { $0 + $1.document.cost_usd },
      next_offset: next < found.count ? next : nil)
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

  private func compare(_ a: JobDocument, _ b: JobDocument) -> Int {
    func order<T: Comparable>(_ x: T, _ y: T) -> Int { x < y ? -1 : x > y ? 1 : 0 }
    return switch sort {
    case "cost": order(a.cost_usd, b.cost_usd)
    case "duration": order(a.duration_s ?? 0, b.duration_s ?? 0)
    case "status": order(a.status, b.status)
    case "creator": order(a.creator ?? "", b.creator ?? "")
    default: 0
    }
  }
}
