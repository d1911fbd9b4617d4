import DiscreteEvent
import Engine
import Foundation
import Hummingbird
import Journal
import Live

/// A job's event log: the journal's entries and what its workers said, in one order (story 2.1.3).
struct EventLogPage: Page {
  static let name = "events"
  let section = Section.jobs
  let scripts = ["live.js"]

  struct Row: Sendable {
    var type, typeText, message, payload: String
    var fold: String
    var at: Moment?
  }
  struct Tab: Sendable {
    var label, path: String
    var isCurrent: Bool
  }

  let title, id, path, search, type: String
  let rows: [Row]
  let hasRows, isFiltered: Bool
  let tabs: [Tab]
  let shown: String
  let query: String
  let newerPath, olderPath: String?

  private static let perPage = 50
  static let types = [
    ("all", "All"), ("status", "Status"), ("metrics", "Metrics"), ("warning", "Warnings"), ("error", "Errors"),
  ]

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    router.get("training-jobs/:id/events") { request, context in
      let view = await desk.runner.view
      let job = try desk.job(context, view)
      return await desk.answer(try EventLogPage(desk, view, job, FormFields(query: request)), request, context)
    }
    for (suffix, type) in [("csv", "text/csv; charset=utf-8"), ("json", "application/json")] {
      router.get("training-jobs/:id/events.\(suffix)") { request, context in
        let view = await desk.runner.view
        let job = try desk.job(context, view)
        let form = FormFields(query: request)
        let events = try EventLog.read(desk, job, from: view.descriptions[Int(job.rawValue)].firstStep).filter {
          EventLog.matches($0, form["type"], form["search"])
        }
        let name = "\(view.descriptions[Int(job.rawValue)].name)-events.\(suffix)"
        return Reply.download(suffix == "csv" ? EventLog.csv(events) : try EventLog.json(events), type, as: name)
      }
    }
  }

  init(_ desk: PageDesk, _ view: LiveView, _ job: JobIndex, _ form: FormFields) throws {
    let text = view.descriptions[Int(job.rawValue)]
    (title, id) = (text.name, text.id)
    path = "/dashboard/training-jobs/\(text.id)"
    (search, type) = (form["search"] ?? "", form["type"] ?? "all")
    isFiltered = form.has("search") || type != "all"
    let page = max(1, min(100_000, form["page"].flatMap { Int($0) } ?? 1))
    let first = (page - 1) * EventLogPage.perPage
    // The newest first: what has just happened is at the top. Only what is searched through is read as a whole.
    let found: [EventDocument]
    let resumed = view.descriptions[Int(job.rawValue)].firstStep
    let total: Int
    if isFiltered {
      found = try EventLog.read(desk, job, from: resumed).reversed().filter {
        EventLog.matches($0, form["type"], form["search"])
      }
      total = found.count
    } else {
      (found, total) = try EventLog.newest(first + EventLogPage.perPage, desk, job, from: resumed)
    }
    rows = found.dropFirst(first).prefix(EventLogPage.perPage).enumerated().map {
      Row($0.element, number: total - first - $0.offset)
    }
    hasRows = !rows.isEmpty
    shown =
      "\(Wording.group(first + 1)) to \(Wording.group(first + rows.count)) of \(Wording.count(total, "event")), the newest first"
    query = form.query
    let base = path
    func address(_ change: (inout FormFields) -> Void) -> String {
      var form = form
      change(&form)
      return "\(base)/events?\(form.query)"
    }
    let chosen = type
    tabs = EventLogPage.types.map { key, label in
      Tab(
        label: label,
        path: address {
          $0["type"] = key == "all" ? nil : key
          $0["page"] = nil
        }, isCurrent: key == chosen)
    }
    newerPath = page > 1 ? address { $0["page"] = "\(page - 1)" } : nil
    olderPath = total > first + EventLogPage.perPage ? address { $0["page"] = "\(page + 1)" } : nil
  }
}

extension EventLogPage.Row {
  init(_ event: EventDocument, number: Int) {
    (type, typeText) = EventLog.type(of: event)
    message = EventLog.message(of: event)
    payload = EventLog.payload(of: event)
    fold = "event-\(number)"
    at = Moment(event.at)
  }
}
