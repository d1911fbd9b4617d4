import DiscreteEvent
import Engine
import Foundation
import Journal
import Live
import Scenarios
import Validation

/// Takes in what pods answered to the suites that were ordered with their jobs: questions are scored at once, free answers wait for judges.
public struct SuiteAnswers: Sendable {
  private let runner: LiveRunner
  private var catalogue: Catalogue { runner.catalogue }

  public init(_ runner: LiveRunner) { self.runner = runner }

  /// Said twice, it is the same. What cannot be read is said in the job's log, and holds nothing up.
  ///
  /// - Parameter files: what the pod left, by name below the job's folder: `evaluation.json`, `answers/SUITE.jsonl`.
  /// - Throws: `InputError` where the store cannot be written now: then it is tried again.
  public func take(_ job: JobIndex, _ files: [String: Data]) async throws {
    let view = await runner.view
    let description = view.descriptions[Int(job.rawValue)]
    let target = Target(job, view)
    for (number, order) in (description.suites ?? []).enumerated() {
      do {
        try await take(order, files["answers/\(order.name).jsonl"], description, target)
      } catch let error as InputError where error.kind == .badData || error.kind == .noInput {
        try await warn("\(order.name): \(SuiteDeeds.place(of: error))", number + 1, description.id, job)
      }
    }
    guard let data = files["evaluation.json"] else { return }
    do {
      try await keep(
        PerplexityResults.assess(try PerplexityResults.read(data, file: "evaluation.json"), job: description.id),
        of: target)
    } catch let error as InputError where error.kind == .badData {
      try await warn(SuiteDeeds.place(of: error), 0, description.id, job)
    } catch is EncodingError {
      try await warn("evaluation.json: its figures are no numbers", 0, description.id, job)
    }
  }

  /// Whose model answered.
  private struct Target {
    let job: JobIndex
    let id: String
    /// What was found since is newer: an examination that is looked at again, after a start, takes nothing back. nil: it is the job's own.
    var since: Instant?

    init(_ job: JobIndex, _ view: LiveView) {
      let own = view.descriptions[Int(job.rawValue)]
      let examined = own.examines.flatMap { view.job($0) }
      self.job = examined ?? job
      id = own.examines ?? own.id
      since = examined == nil ? nil : view.fleet[job].ended
    }

    func isPassed(by at: Instant?) -> Bool { at.map { $0 >= since ?? .distantFuture } ?? false }
  }

  private func take(
    _ order: JobDescription.SuiteOrder, _ data: Data?, _ description: JobDescription, _ target: Target
  ) async throws {
    guard let record = try catalogue.suite(order.name, digest: order.digest) else {
      throw InputError(.noInput, "its text is not kept any more")
    }
    guard let data else { throw InputError(.noInput, "the pod left no answers") }
    let suite = try SuiteReader.decode(Data(record.document.utf8), as: .json, file: order.name)
    let text = try TextFile.text(data, file: "the answers to \(order.name)")
    let answers = try AnswerFile.decode(text, file: "the answers to \(order.name)", suite: suite)
    if suite.kind == .questions {
      return try await keep(QuestionResults.assess(suite, answers: answers, job: target.id), of: target)
    }
    guard !answers.pairs(suite).isEmpty else { throw InputError(.badData, "no item was answered by both models") }
    let round = try catalogue.rounds(of: target.job).first { $0.suite == suite.name }
    guard round?.answers != text, !target.isPassed(by: round?.at) else { return }
    let asker = description.creator ?? SuiteAnswers.name
    try await log("rating.ask", target.id, "\(suite.name) \(suite.digest)")
    try catalogue.addRound(
      of: target.job, suite: suite.name, document: record.document, answers: text, by: asker, at: await runner.view.at)
  }

  private func keep(_ document: ValidationDocument, of target: Target) async throws {
    let name = document.suite?.name ?? document.part.rawValue
    let json = String(decoding: try document.json(), as: UTF8.self)
    let before = try catalogue.validations(of: target.job).first { $0.name == name }
    guard before?.document != json, !target.isPassed(by: before?.at) else { return }
    try await log("validation.put", target.id, "\(name): \(document.gate.verdict.rawValue)")
    try catalogue.put(
      Catalogue.ValidationRecord(name: name, document: json, person: SuiteAnswers.name, at: await runner.view.at),
      of: target.job)
  }

  private static let name = "lora-train"

  private func log(_ action: String, _ subject: String, _ change: String) async throws {
    let act = PersonAct(
      person: SuiteAnswers.name, role: "system", action: action, subject: subject, change: change)
    _ = try await runner.ask(.record, as: act)
  }

  private func warn(_ text: String, _ number: Int, _ id: String, _ job: JobIndex) async throws {
    let at = await runner.view.at
    let message = Catalogue.Message(
      kind: .warning, code: "suites_failed", message: text, at: at.microseconds)
    try catalogue.record([
      .init(job: job, metrics: [], message: (Int64(number), "validation of \(id)", message), at: at)
    ])
  }
}
