import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Journal
import Live
import NIOCore
import Reports
import Scenarios

/// Two to four jobs beside each other (story 5.1.1), or, where none are named, which to choose from.
struct ComparePage: Page {
  static let name = "compare"
  let title: String
  let section = Section.compare
  let scripts = ["curves.js", "select.js"]

  struct Candidate: Sendable {
    var id, name, detail: String
    var isChosen: Bool
  }
  struct Cell: Sendable {
    var text: String
    var isBest: Bool
  }
  struct Row: Sendable {
    var id, name, status, statusText: String
    var cells: [Cell]
    var gpu, preset: String
  }
  struct Setting: Sendable {
    var name: String
    var values: [String]
    var differs: Bool
  }

  let problem: String?
  let candidates: [Candidate]
  let hasCandidates, hasJobs: Bool
  let rows: [Row]
  let settings: [Setting]
  let differences: [String]
  let hasDifferences: Bool
  let recommended, reason, noRecommendation: String?
  let query: String
  let svg: String
  let hasCurves: Bool
  let shown: [Choice]
  let jobs: String

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    router.get("compare") { request, context in
      let form = FormFields(query: request)
      let view = await desk.runner.view
      let ids = JobComparison.ids(form["jobs"]) + form.all("job")
      guard !ids.isEmpty else {
        return await desk.answer(ComparePage(choosing: [], nil, view), request, context)
      }
      do {
        let comparison = try await JobComparison(ids, view, desk.curves, desk.catalogue)
        return await desk.answer(ComparePage(comparison, CurveChoice(form)), request, context)
      } catch let problem as Problem {
        let page = ComparePage(choosing: ids, problem.document.detail, view)
        return await desk.answer(page, request, context, status: problem.status)
      }
    }
    // The list's checkboxes are sent with its form's token, which belongs into no address.
    router.post("compare") { request, _ in
      let ids = try await FormFields(request).all("job")
      return Reply.see("/dashboard/compare?jobs=\(Address.escaped(ids.joined(separator: ",")))")
    }
    router.get("compare.csv") { request, _ in
      let comparison = try await asked(request, desk)
      return Reply.download(
        CSVText.comparison(comparison.document), "text/csv; charset=utf-8", as: "comparison.csv")
    }
    router.get("compare/curves.svg") { request, _ in
      let form = FormFields(query: request)
      let chart = chart(try await asked(request, desk), CurveChoice(form))
      return Response(
        status: .ok, headers: [.contentType: "image/svg+xml"],
        body: .init(byteBuffer: ByteBuffer(string: chart.svg(viewport: CurveQuery(form).viewport))))
    }
    router.get("compare/curves.png") { request, _ in
      let form = FormFields(query: request)
      let chart = chart(try await asked(request, desk), CurveChoice(form))
      guard let png = try? chart.png(viewport: CurveQuery(form).viewport) else {
        throw Problem(.serviceUnavailable, "the image cannot be drawn now", hint: "try again in a moment")
      }
      return Response(
        status: .ok,
        headers: [.contentType: "image/png", .contentDisposition: "attachment; filename=\"comparison.png\""],
        body: .init(byteBuffer: ByteBuffer(bytes: png)))
    }
  }

  private static func asked(_ request: Request, _ desk: PageDesk) async throws -> JobComparison {
    let form = FormFields(query: request)
    let ids = JobComparison.ids(form["jobs"]) + form.all("job")
    return try await JobComparison(ids, await desk.runner.view, desk.curves, desk.catalogue)
  }

  private static func chart(_ comparison: JobComparison, _ choice: CurveChoice) -> Chart {
    var chart = comparison.runs.chart(
      showsTraining: choice != .validation, showsValidation: choice != .training)
    chart.size = ChartSize(width: 960, height: 400)
    return chart
  }

  /// Which of the two curves of each job are drawn.
  enum CurveChoice: String, CaseIterable {
    case both, training, validation

    init(_ form: FormFields) { self = form["curves"].flatMap(CurveChoice.init) ?? .both }

    var label: String { Wording.capital(rawValue) }
  }

  // MARK: What it shows

  private init(choosing ids: [String], _ problem: String?, _ view: LiveView) {
    title = "Compare jobs"
    self.problem = problem
    let newest = view.fleet.jobs.indices.reversed().lazy
      .filter {
        view.descriptions[$0].examines == nil
          && (view.fleet.jobs[$0].durableStep > 0 || view.fleet.jobs[$0].phase == .completed)
      }.prefix(30)
    candidates = newest.map { i in
      let (job, text) = (view.fleet.jobs[i], view.descriptions[i])
      return Candidate(
        id: text.id, name: text.name,
        detail:
          "\(text.id), \(Wording.capital(text.configuration.preset.rawValue)), \(Wording.badge(JobWords.word(job.phase))), "
          + Wording.money(job.cost(at: view.at)), isChosen: ids.contains(text.id))
    }
    hasCandidates = candidates.count > 1
    (hasJobs, hasCurves, hasDifferences) = (false, false, false)
    (rows, settings, differences, shown) = ([], [], [], [])
    (recommended, reason, noRecommendation) = (nil, nil, nil)
    (query, svg, jobs) = ("", "", "")
  }

  private init(_ comparison: JobComparison, _ choice: CurveChoice) {
    let document = comparison.document
    title = "Compare \(document.jobs.count) jobs"
    (problem, candidates, hasCandidates, hasJobs) = (nil, [], false, true)
    rows = document.jobs.map(Row.init)
    settings = document.settings.map { Setting(name: $0.name, values: $0.values, differs: $0.differs) }
    differences = document.differences
    hasDifferences = !differences.isEmpty
    recommended = document.recommendation?.text
    reason = document.recommendation?.reason
    noRecommendation =
      recommended == nil ? "Fewer than two of these jobs completed with a validation loss: no recommendation." : nil
    jobs = comparison.ids.joined(separator: ",")
    query = "jobs=\(jobs)" + (choice == .both ? "" : "&curves=\(choice.rawValue)")
    hasCurves = comparison.runs.runs.contains { !$0.trainingLoss.isEmpty || !$0.validationLoss.isEmpty }
    svg = hasCurves ? ComparePage.chart(comparison, choice).svg() : ""
    shown = Choice.list(nil, CurveChoice.allCases.map { ($0.rawValue, $0.label) }, chosen: choice.rawValue)
  }
}

extension ComparePage.Row {
  init(_ run: ComparisonDocument.Run) {
    (id, name, status, statusText) = (run.job, run.name, run.status, Wording.badge(run.status))
    func cell(_ key: String, _ value: Double?, _ text: (Double) -> String) -> ComparePage.Cell {
      .init(text: value.map(text) ?? Wording.nothing, isBest: run.best.contains(key))
    }
    cells = [
      cell("final_training_loss", run.final_training_loss, Wording.loss),
      cell("final_validation_loss", run.final_validation_loss, Wording.loss),
      cell("perplexity", run.perplexity, Wording.loss), cell("duration_s", run.duration_s, Wording.duration),
      cell("cost_usd", run.cost_usd, { Wording.money($0) }),
    ]
    (gpu, preset) = (run.gpu, run.preset)
  }
}

extension Wording {
  /// A loss, to four digits.
  static func loss(_ value: Double) -> String { String(format: "%.4g", value) }
}

extension CSVText {
  /// A line for each figure and each setting, a column for each job.
  static func comparison(_ document: ComparisonDocument) -> String {
    func number(_ value: Double?) -> String { value.map(Wording.digits) ?? "" }
    func line(_ name: String, _ value: (ComparisonDocument.Run) -> String) -> [String] {
      [name] + document.jobs.map(value)
    }
    let figures: [[String]] = [
      line("name", \.name), line("status", \.status), line("preset", \.preset), line("gpu", \.gpu),
      line("final_training_loss", { number($0.final_training_loss) }),
      line("final_validation_loss", { number($0.final_validation_loss) }),
      line("perplexity", { number($0.perplexity) }), line("duration_s", { number($0.duration_s) }),
      line("cost_usd", { number($0.cost_usd) }),
    ]
    return table(["figure"] + document.jobs.map(\.job), figures + document.settings.map { [$0.name] + $0.values })
  }
}
