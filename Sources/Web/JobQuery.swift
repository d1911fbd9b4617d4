import DiscreteEvent
import Engine
import Foundation
import Hummingbird
import Journal
import Live
import Scenarios

/// Which jobs are listed, in which order, and how many: the filters of stories 2.3.1 and 5.2.1, as they stand in an address.
struct JobQuery {
  private(set) var status: String?
  private(set) var equals: [(KeyPath<JobDescription, String?>, String)] = []
  private(set) var preset, pricing, tag, hidden: String?
  private(set) var search: Needle?
  private(set) var costs: (least: Double, most: Double) = (0, .infinity)
  private(set) var submitted: (from: Instant, until: Instant) = (.distantPast, .distantFuture)
  private(set) var sort = "created"
  private(set) var isAscending = false
  var limit = 100
  private(set) var offset = 0
  private(set) var cursor: Cursor?

  /// Those that lists leave out: only the others, only they, all.
  static let hiddenWords = ["no", "only", "all"]
  static let sorts = ["created", "duration", "cost", "status", "creator", "quality"]
  private static let known: Set = [
    "status", "creator", "client", "project", "preset", "pricing", "tag", "training_file", "search", "cost_from",
    "cost_to", "from", "until", "sort", "order", "limit", "offset", "cursor", "hidden",
  ]
  /// `active`: has a slot; `over`: completed, failed or cancelled.
  static let statuses = ["all", "active", "over"] + Phase.allCases.map { JobWords.word($0) }

  /// The last job of a page: what the order goes by, and which it is. Whatever is added before it, the next page goes on after it.
  struct Cursor: Codable {
    var sort: String
    var key: Key
    var job: UInt32
    /// When the first page was asked for, in microseconds: what grows while a job runs is taken as it was then, else a job would overtake its page.
    var at: Int64
  }

  /// What jobs are ordered by.
  enum Key: Codable, Comparable {
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
    let fields: [(String, KeyPath<JobDescription, String?>)] = [
      ("creator", \.creator), ("client", \.client), ("project", \.project), ("training_file", \.trainingFile),
    ]
    for (key, path) in fields {
      if let value = parameters.get(key) { equals.append((path, value)) }
    }
    (preset, pricing) = (parameters.get("preset"), try parameters.word("pricing", ["spot", "on_demand"]))
    hidden = try parameters.word("hidden", JobQuery.hiddenWords)
    (tag, search) = (parameters.get("tag"), parameters.get("search").map(Needle.init))
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
}
