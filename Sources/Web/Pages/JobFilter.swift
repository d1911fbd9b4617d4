import DiscreteEvent
import Foundation
import Hummingbird
import Live
import Scenarios

/// The filters of a list of jobs as a form has them, and as ``JobQuery`` takes them.
struct JobFilter: Sendable {
  /// Which list it is: that of all jobs, or of those that are over.
  enum List: Sendable {
    case jobs, history
    var path: String { self == .jobs ? "/dashboard/training-jobs" : "/dashboard/history" }
  }

  struct Select: Sendable {
    var name, label: String
    var choices: [Choice]
  }

  let form: FormFields
  let search, from, until: String
  let selects: [Select]
  let limit: Int
  let page: Int
  let list: List
  let path: String
  /// What the list goes by; applying a filter keeps it.
  let kept: [ReviewPage.Field]
  private let at: Instant
  private let person: String?
  var offset: Int { (page - 1) * limit }

  private static let costs = [
    ("0-50", "<$50"), ("50-100", "$50-100"), ("100-200", "$100-200"), ("100-", ">$100"), ("200-", ">$200"),
  ]
  private static let narrowing = [
    "search", "status", "creator", "preset", "pricing", "tag", "client", "project", "training_file", "days",
    "cost", "from", "until", "hidden",
  ]
  /// What stands for whoever asks: no name that a person can have.
  private static let me = "@me"

  /// - Parameters:
  ///   - person: who asks.
  ///   - files: by id and name, to choose from.
  init(
    _ form: FormFields, _ view: LiveView, _ list: List = .jobs, person: String?,
    files: [(id: String, name: String)] = []
  ) {
    self.form = form
    (self.list, self.person, path) = (list, person, list.path)
    at = view.at
    (search, from, until) = (form["search"] ?? "", form["from"] ?? "", form["until"] ?? "")
    limit = form["limit"].flatMap { Int($0) }.map { [25, 50, 100].contains($0) ? $0 : 25 } ?? 25
    page = max(1, min(1_000_000, form["page"].flatMap { Int($0) } ?? 1))
    func known(_ values: some Sequence<String>) -> [(String, String)] {
      Set(values).sorted().prefix(200).map { ($0, $0) }
    }
    let creators = [(JobFilter.me, "Me only")] + known(view.descriptions.lazy.compactMap(\.creator))
    let tags = known(view.descriptions.lazy.flatMap { $0.tags ?? [] })
    let clients = known(view.descriptions.lazy.compactMap(\.client))
    let projects = known(view.descriptions.lazy.compactMap(\.project))
    kept = ["sort", "order"].compactMap { key in form[key].map { .init(name: key, value: $0) } }
    let statuses =
      list == .jobs
      ? ["active", "completed", "failed", "cancelled", "queued", "blocked", "paused"]
      : ["completed", "failed", "cancelled"]
    selects = [
      Select(
        name: "status", label: "Status",
        choices: Choice.list(
          "All", statuses.map { ($0, Wording.capital($0)) }, chosen: form["status"])),
      Select(name: "creator", label: "Created by", choices: Choice.list("All", creators, chosen: form["creator"])),
      Select(
        name: "preset", label: "Preset",
        choices: Choice.list(
          "All", ["conservative", "balanced", "aggressive", "custom"].map { ($0, Wording.capital($0)) },
          chosen: form["preset"])),
      Select(
        name: "pricing", label: "GPU type",
        choices: Choice.list("All", [("spot", "Spot"), ("on_demand", "On-Demand")], chosen: form["pricing"])),
      Select(name: "cost", label: "Cost", choices: Choice.list("All", JobFilter.costs, chosen: form["cost"])),
      Select(name: "tag", label: "Tag", choices: Choice.list("All", tags, chosen: form["tag"])),
      Select(name: "client", label: "Client", choices: Choice.list("All", clients, chosen: form["client"])),
      Select(name: "project", label: "Project", choices: Choice.list("All", projects, chosen: form["project"])),
      Select(
        name: "days", label: "Submitted",
        choices: Choice.list(
          "Any time", [("7", "Last 7 days"), ("30", "Last 30 days"), ("90", "Last 90 days")], chosen: form["days"])),
      Select(
        name: "training_file", label: "Training file",
        choices: Choice.list("All", files.prefix(200).map { ($0.id, $0.name) }, chosen: form["training_file"])),
      Select(
        name: "hidden", label: "Hidden jobs",
        choices: Choice.list("Left out", [("all", "Among the others"), ("only", "Alone")], chosen: form["hidden"])),
      Select(
        name: "limit", label: "A page",
        choices: Choice.list(nil, [("25", "25"), ("50", "50"), ("100", "100")], chosen: "\(limit)")),
    ]
  }

  var isFiltered: Bool { JobFilter.narrowing.contains { form.has($0) } }

  /// - Throws: ``Problem`` that names the parameter.
  var query: JobQuery { get throws { try JobQuery(parameters(limit: limit, offset: offset)) } }

  /// The same on one page, for a file.
  var everything: JobQuery {
    get throws {
      var query = try JobQuery(parameters(limit: 1, offset: 0))
      query.limit = .max
      return query
    }
  }

  private func parameters(limit: Int, offset: Int) -> Parameters {
    var values: [(String, String)] = [
      "search", "status", "creator", "preset", "pricing", "tag", "client", "project", "training_file", "sort", "order",
      "hidden",
    ]
    .compactMap { key in form[key].map { (key, key == "creator" && $0 == JobFilter.me ? person ?? "" : $0) } }
    if list == .history, form["status"] == nil { values.append(("status", "over")) }
    if let days = form["days"].flatMap({ Int64($0) }), (1...36_500).contains(days), form["from"] == nil {
      values.append(("from", Wording.stamp(at - .days(days)) ?? ""))
    }
    if let value = form["from"] { values.append(("from", value)) }
    if let value = form["until"] { values.append(("until", JobFilter.throughDay(value))) }
    if let parts = form["cost"]?.split(separator: "-", omittingEmptySubsequences: false), parts.count == 2 {
      if !parts[0].isEmpty { values.append(("cost_from", String(parts[0]))) }
      if !parts[1].isEmpty { values.append(("cost_to", String(parts[1]))) }
    }
    values += [("limit", "\(limit)"), ("offset", "\(offset)")]
    return Parameters(values.map { (Substring($0.0), Substring($0.1)) })
  }

  /// People mean the whole of the day that they name last; programs name an instant that comes after.
  static func throughDay(_ text: String) -> String {
    guard text.count == 10, let day = InstantText.instant(text) else { return text }
    return Wording.stamp(day + .days(1)) ?? text
  }

  func path(page: Int) -> String {
    var form = form
    form["page"] = page > 1 ? "\(page)" : nil
    return "\(path)?\(form.query)"
  }

  /// The table's head: a click sorts, another one turns the order round.
  var columns: [JobsPage.Sort] {
    let (by, isAscending) = (form["sort"] ?? "created", form["order"] == "ascending")
    func column(_ label: String, _ key: String?, isNumber: Bool = false) -> JobsPage.Sort {
      guard let key else { return .init(label: label, path: nil, isNumber: isNumber, order: nil) }
      var form = form
      (form["sort"], form["page"]) = (key, nil)
      form["order"] = by == key && !isAscending ? "ascending" : nil
      return .init(
        label: label, path: "\(path)?\(form.query)", isNumber: isNumber,
        order: by == key ? (isAscending ? "ascending" : "descending") : nil)
    }
    if list == .history {
      return [
        column("Job name", nil), column("Status", "status"), column("Configuration", nil),
        column("Created by", "creator"), column("Started at", "created"),
        column("Duration", "duration", isNumber: true), column("Cost", "cost", isNumber: true),
        column("Final loss", "quality", isNumber: true),
      ]
    }
    return [
      column("Job name", nil), column("Status", "status"), column("Configuration", nil),
      column("Created by", "creator"),
      column("Started at", "created"), column("Duration", "duration", isNumber: true),
      column("Cost", "cost", isNumber: true), column("Actions", nil),
    ]
  }
}
