import DiscreteEvent
import Engine
import Foundation
import Journal
import Live
import Reports

/// Jobs that are compared: the same for the page, the API and the PDF.
struct JobComparison: Sendable {
  let runs: RunComparison
  /// In the order in which they were asked for.
  let ids: [String]
  let statuses: [String]

  var document: ComparisonDocument { ComparisonDocument(runs, ids: ids, statuses: statuses) }

  /// `job-1,job-2`, or `1,2`.
  static func ids(_ text: String?) -> [String] { (text ?? "").split(separator: ",").map(String.init) }

  /// - Throws: ``Problem`` for unknown jobs, or fewer than two or more than four.
  init(_ asked: [String], _ view: LiveView, _ curves: CurveShelf, _ catalogue: Catalogue) async throws {
    let jobs = try asked.map { id in
      guard let job = view.job(id) else {
        throw Problem(.notFound, "there is no job '\(id.prefix(60))'", hint: "lora-train job list")
      }
      return job
    }
    guard (2...4).contains(jobs.count), Set(jobs).count == jobs.count else {
      throw Problem(
        .unprocessableContent, "two to four different jobs are compared, not \(Set(jobs).count)",
        hint: "?jobs=job-1,job-2")
    }
    let files = try catalogue.fileNames()
    let finals = try catalogue.finals(of: jobs)
    var runs: [RunComparison.Run] = []
    for (index, final) in zip(jobs, finals) {
      let text = view.descriptions[Int(index.rawValue)]
      let file = text.trainingFile.map { id in files.first { $0.id == id }?.name ?? id }
      runs.append(
        JobComparison.run(
          index, view, try await curves.curves(of: index, view), final, file))
    }
    ids = jobs.map { view.descriptions[Int($0.rawValue)].id }
    statuses = jobs.map { JobWords.word(view.fleet[$0].phase) }
    self.runs = try RunComparison(runs)
  }

  private static func run(
    _ index: JobIndex, _ view: LiveView, _ curves: CurveShelf.Curves, _ finals: Catalogue.Finals, _ file: String?
  ) -> RunComparison.Run {
    let (job, text) = (view.fleet[index], view.descriptions[Int(index.rawValue)])
    let about: [(String, String?)] = [
      ("Training file", file), ("Created by", text.creator), ("Client", text.client), ("Project", text.project),
      ("Tags", text.tags?.joined(separator: ", ")), ("Description", text.purpose),
    ]
    return RunComparison.Run(
      name: text.name, preset: text.configuration.preset.rawValue.capitalized,
      gpu: "\(text.gpuType) \(job.spec.pricing == .spot ? "spot" : "on demand")", isCompleted: job.phase == .completed,
      trainingLoss: curves.training, validationLoss: curves.validation, perplexity: finals.perplexity,
      duration: job.admitted < .distantFuture ? (min(job.ended, view.at) - job.admitted).seconds : nil,
      cost: job.cost(at: view.at),
      configuration: ReportComposer.configuration(text)
        + about.compactMap { name, value in value.map { ReportFact(name, $0) } })
  }
}
