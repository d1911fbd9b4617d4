import DiscreteEvent
import Foundation
import Hummingbird
import Journal
import Live
import Scenarios

/// All jobs that are over: filters, totals, how months went, and who did what (story 5.2.1).
struct HistoryPage: Page {
  static let name = "history"
  let title = "Training history"
  let section = Section.history

  struct Row: Sendable {
    var id, name, status, statusText, configuration, creator, duration, cost, loss: String
    var started: Moment?
  }

  let rows: [Row]
  let hasRows, isFiltered: Bool
  let total, from, to: String
  let filter: JobFilter
  let columns: [JobsPage.Sort]
  let csvPath: String
  let previousPath, nextPath: String?
  let cards: [BudgetPage.Card]
  let charts: [String]
  let people: [MemberRow]
  let hasPeople: Bool

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    router.get("history") { request, context in
      let view = await desk.runner.view
      let filter = try desk.filter(request, context, view, .history)
      let finals = try await desk.finals.finals(view)
      let found = try filter.everything.find(view, desk.catalogue, finals)
      let statistics = StatisticsDocument(found.jobs.lazy.map(\.index), view, finals)
      let list = try await desk.finals.list(filter.query, view)
      return await desk.answer(HistoryPage(filter, list, statistics), request, context)
    }
    router.get("history.csv") { request, context in
      let view = await desk.runner.view
      let list = try await desk.finals.list(try desk.filter(request, context, view, .history).everything, view)
      return Reply.download(CSVText.history(list.jobs), "text/csv; charset=utf-8", as: "training-history.csv")
    }
  }

  init(_ filter: JobFilter, _ list: JobList, _ statistics: StatisticsDocument) {
    self.filter = filter
    rows = list.jobs.map(Row.init)
    (hasRows, isFiltered, columns) = (!rows.isEmpty, filter.isFiltered, filter.columns)
    total = Wording.count(list.total, "job")
    (from, to) = (Wording.group(filter.offset + 1), Wording.group(filter.offset + rows.count))
    csvPath = "/dashboard/history.csv?\(filter.form.query)"
    previousPath = filter.page > 1 ? filter.path(page: filter.page - 1) : nil
    nextPath = list.next_offset != nil ? filter.path(page: filter.page + 1) : nil
    cards = HistoryPage.cards(statistics.figures)
    charts =
      rows.isEmpty
      ? []
      : [
        MonthCharts.jobs(statistics.months), MonthCharts.cost(statistics.months),
        MonthCharts.success(statistics.months),
      ].compactMap { $0 }
    people = statistics.people.prefix(50).map(MemberRow.init)
    hasPeople = !people.isEmpty
  }

  static func cards(_ figures: JobFigures) -> [BudgetPage.Card] {
    [
      .init(figure: Wording.group(figures.jobs), label: "Total jobs"),
      .init(
        figure: figures.success_rate.map(Wording.per) ?? Wording.nothing,
        label:
          "Success rate of those that complete or fail (\(figures.completed) completed, \(figures.failed) failed, \(figures.cancelled) cancelled)"
      ),
      .init(
        figure: Wording.money(figures.total_cost_usd),
        label: "Total cost" + (figures.mean_cost_usd.map { ", \(Wording.money($0)) a job on average" } ?? "")),
      .init(
        figure: Wording.duration(figures.training_s),
        label: "Total training time"
          + (figures.mean_duration_s.map { ", \(Wording.duration($0)) a completed job on average" } ?? "")),
      .init(
        figure: figures.mean_final_loss.map(Wording.loss) ?? Wording.nothing,
        label: "Mean final validation loss of completed jobs"),
    ]
  }
}

extension HistoryPage.Row {
  init(_ job: JobDocument) {
    let row = JobsPage.Row(job)
    (id, name, status, statusText) = (row.id, row.name, row.status, row.statusText)
    (configuration, creator, duration, cost, started) = (
      row.configuration, row.creator, row.duration, row.cost, row.started
    )
    loss = (job.finals?.validation_loss ?? job.finals?.training_loss).map(Wording.loss) ?? Wording.nothing
  }
}

/// One person's jobs, as a table shows them.
struct MemberRow: Sendable {
  var person, created, over, success, cost, loss: String
  /// To this person's jobs; nil: nobody is named.
  var path: String?

  init(_ member: StatisticsDocument.Member) {
    person = member.person.isEmpty ? "nobody named" : member.person
    (created, over) = (Wording.group(member.created), Wording.group(member.figures.jobs))
    success = member.figures.success_rate.map(Wording.per) ?? Wording.nothing
    cost = member.figures.mean_cost_usd.map { Wording.money($0) } ?? Wording.nothing
    loss = member.figures.mean_final_loss.map(Wording.loss) ?? Wording.nothing
    path = member.person.isEmpty ? nil : "/dashboard/training-jobs?creator=\(Address.escaped(member.person))"
  }
}

extension CSVText {
  /// What ``jobs(_:)`` has, with what they were measured at last.
  static func history(_ jobs: [JobDocument]) -> String {
    func number(_ value: Double?) -> String { value.map(Wording.digits) ?? "" }
    return table(
      [
        "id", "name", "client", "project", "creator", "status", "failure", "preset", "pricing", "training_file", "tags",
        "template", "interruptions", "cost_usd", "duration_s", "final_training_loss", "final_validation_loss",
        "perplexity", "submitted_at", "admitted_at", "ended_at", "notes", "paused_s",
      ],
      jobs.map { job in
        [
          job.id, job.name, job.client ?? "", job.project ?? "", job.creator ?? "", job.status, job.failure ?? "",
          job.preset, job.pricing, job.training_file ?? "", job.tags?.joined(separator: " ") ?? "", job.template ?? "",
          "\(job.interruptions)", Wording.digits(job.cost_usd), number(job.duration_s),
          number(job.finals?.training_loss), number(job.finals?.validation_loss), number(job.finals?.perplexity),
          job.submitted_at, job.admitted_at ?? "", job.ended_at ?? "", allNotes(job), number(job.paused_s),
        ]
      })
  }
}
