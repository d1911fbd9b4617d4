import DiscreteEvent
import Engine
import Foundation
import Hummingbird
import Journal
import Live
import Scenarios

/// All jobs: filters in the address, search, order, pages, and what can be done to several at once (story 2.3.1).
struct JobsPage: Page {
  static let name = "jobs"
  let title = "Training jobs"
  let section = Section.jobs
  let scripts = ["live.js", "select.js"]

  struct Row: Sendable {
    var id, name, status, statusText: String
    var note: String?
    var configuration, creator, duration, cost: String
    var started: Moment?
    var isOver: Bool
  }
  struct Sort: Sendable {
    var label: String
    /// nil: the list cannot be sorted by it.
    var path: String?
    var isNumber: Bool
    /// `ascending`, `descending`, or nil where it is not by this.
    var order: String?
  }

  let rows: [Row]
  let hasRows: Bool
  let isFiltered: Bool
  let total, totalCost, from, to: String
  let filter: JobFilter
  let columns: [Sort]
  let csvPath: String
  let previousPath, nextPath: String?
  let canCompare: Bool

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    router.get("training-jobs") { request, context in
      await desk.answer(
        try JobsPage(FormFields(query: request), await desk.runner.view, desk.catalogue), request, context)
    }
    router.get("training-jobs.csv") { request, _ in
      let view = await desk.runner.view
      let filter = JobFilter(FormFields(query: request), view)
      let list = try filter.everything.answer(view, desk.catalogue)
      return Reply.download(CSVText.jobs(list.jobs), "text/csv; charset=utf-8", as: "training-jobs.csv")
    }
  }

  init(_ form: FormFields, _ view: LiveView, _ catalogue: Catalogue) throws {
    let filter = JobFilter(form, view)
    let list = try filter.query.answer(view, catalogue)
    rows = list.jobs.map(Row.init)
    hasRows = !rows.isEmpty
    isFiltered = filter.isFiltered
    total = Wording.count(list.total, "job")
    totalCost = Wording.money(list.total_cost_usd)
    let first = filter.offset + 1
    (from, to) = (Wording.group(first), Wording.group(filter.offset + rows.count))
    columns = filter.columns
    csvPath = "/dashboard/training-jobs.csv?\(filter.form.query)"
    previousPath = filter.page > 1 ? filter.path(page: filter.page - 1) : nil
    nextPath = list.next_offset != nil ? filter.path(page: filter.page + 1) : nil
    canCompare = Section.shown.contains(.compare)
    self.filter = filter
  }
}

extension JobsPage.Row {
  init(_ job: JobDocument) {
    (id, name, status, statusText) = (job.id, job.name, job.status, Wording.badge(job.status))
    note =
      job.interruptions > 0
      ? "Interrupted \(job.interruptions)×" + (job.isOver && job.status != "completed" ? "" : " (auto-recovered)") : nil
    configuration = "\(Wording.capital(job.preset)), \(Wording.pricing(job.pricing))"
    creator = job.creator ?? Wording.nothing
    duration = job.duration_s.map(Wording.duration) ?? Wording.nothing
    cost = Wording.money(job.cost_usd)
    started = Moment(job.admitted_at)
    isOver = job.isOver
  }
}
