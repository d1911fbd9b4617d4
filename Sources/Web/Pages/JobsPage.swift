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
    var configuration, creator, initials, duration, cost: String
    let paused: String?
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

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    router.get("training-jobs") { request, context in
      let view = await desk.runner.view
      let filter = try desk.filter(request, context, view)
      return await desk.answer(JobsPage(filter, try filter.query.answer(view, desk.catalogue)), request, context)
    }
    router.get("training-jobs.csv") { request, context in
      let view = await desk.runner.view
      let list = try desk.filter(request, context, view).everything.answer(view, desk.catalogue)
      return Reply.download(CSVText.jobs(list.jobs), "text/csv; charset=utf-8", as: "training-jobs.csv")
    }
  }

  init(_ filter: JobFilter, _ list: JobList) {
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
    self.filter = filter
  }
}

extension PageDesk {
  /// The filters of a list, as they stand in its address.
  func filter(_ request: Request, _ context: LiveContext, _ view: LiveView, _ list: JobFilter.List = .jobs) throws
    -> JobFilter
  {
    JobFilter(
      FormFields(query: request), view, list, person: context.person?.name,
      files: try catalogue.fileNames())
  }
}

extension JobsPage.Row {
  init(_ job: JobDocument) {
    (id, name, status, statusText) = (job.id, job.name, job.status, Wording.badge(job.status))
    note =
      job.interruptions > 0
      ? "Interrupted \(job.interruptions)×" + (job.isOver && job.status != "completed" ? "" : " (auto-recovered)") : nil
    configuration = "\(Wording.capital(job.preset)), \(Wording.pricing(job.pricing))"
    (creator, initials) = (job.creator ?? Wording.nothing, Wording.initials(job.creator ?? ""))
    duration = job.active_s.map(Wording.duration) ?? Wording.nothing
    paused = job.paused_s.map { "and \(Wording.duration($0)) paused" }
    cost = Wording.money(job.cost_usd)
    started = Moment(job.admitted_at)
    isOver = job.isOver
  }
}

extension JobsPage {
  /// A place that a line leads to.
  struct Link: Sendable { var path, label: String }
}
