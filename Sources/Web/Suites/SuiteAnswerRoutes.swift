// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Engine
import Foundation
import Hummingbird
import Journal
import Live
import Scenarios
import Validation

/// What both models of a job answered to a suite.
public struct SuiteAnswerList: Codable, Sendable {
  public var job: String
  public var suite: String
  /// Of the version that was answered.
  public var digest: String
  /// In the order in which the pod wrote them.
  public var answers: [SuiteAnswer]
}

public struct SuiteAnswer: Codable, Sendable, Hashable {
  public var item: String
  public var category: String?
  public var difficulty: String?
  public var prompt: String
  /// The label of the right option; nil: free answers, which people or a judge score.
  public var expected: String?
  public var model: ModelSide
  /// Which of several answers to the same prompt; 0 where there is one.
  public var draw: Int
  /// The options' labels in the order in which they were shown; nil: there are none.
  public var order: [String]?
  /// The text; of a question what the model chose.
  public var answer: String
}

/// Answers to suites, to be taken away. Not for raters: they say whose each answer is.
struct SuiteAnswerRoutes {
  let runner: LiveRunner
  let shelf: ArtifactShelf

  func add(to router: RouterGroup<LiveContext>) {
    router.get("jobs/:id/suites/:suite/answers") { _, context in try Reply.json(try await list(context)) }
    router.get("jobs/:id/suites/:suite/answers.csv") { _, context in
      let list = try await list(context)
      return Reply.download(
        SuiteAnswerRoutes.csv(list), "text/csv; charset=utf-8", as: "\(list.job)-\(list.suite)-answers.csv")
    }
  }

  private func list(_ context: LiveContext) async throws -> SuiteAnswerList {
    _ = try context.require(.engineer)
    let view = await runner.view
    let job = try view.known(context)
    let name = (context.parameters.get("suite") ?? "").removingPercentEncoding ?? ""
    let description = view.descriptions[Int(job.rawValue)]
    // What was taken in last: an examination's, or the job's own.
    let later = view.answeringExaminations(of: description.id).last {
      view.fleet[$0].phase == .completed
        && view.descriptions[Int($0.rawValue)].suites?.contains { $0.name == name } == true
    }
    if let answered = try await answered(name, by: later.map { view.descriptions[Int($0.rawValue)] } ?? description) {
      return SuiteAnswerList(answered.file, to: answered.suite, of: description.id)
    }
    // What nobody's pod left here was handed in, for people to score.
    if try runner.catalogue.rounds(of: job).contains(where: { $0.suite == name }) {
      let round = try RatingDeeds(runner: runner).round(name, of: job)
      return SuiteAnswerList(round.answers, to: round.suite, of: description.id)
    }
    throw Problem(
      .notFound, "there are no answers to '\(name.prefix(60))' of \(description.id)",
      hint: "lora-train evaluate status \(description.id)")
  }

  /// What the job's pod left; nil: nothing, or it was made without that suite.
  private func answered(_ name: String, by description: JobDescription) async throws -> (
    suite: Suite, file: AnswerFile
  )? {
    guard let order = description.suites?.first(where: { $0.name == name }),
      let record = try runner.catalogue.suite(order.name, digest: order.digest),
      let text = try await text(order, description.id)
    else { return nil }
    let suite = try SuiteDeeds.read(record)
    do {
      return (suite, try AnswerFile.decode(text, file: "the answers to \(name)", suite: suite))
    } catch { throw Problem(.conflict, SuiteDeeds.place(of: error), hint: error.hint) }
  }

  /// nil: there are none.
  private func text(_ order: JobDescription.SuiteOrder, _ job: String) async throws -> String? {
    let data: Data?
    do { data = try await shelf.keeper.answers(to: order.name, ofJob: job) } catch let error as InputError {
      throw Problem(.serviceUnavailable, error.problem, hint: error.hint ?? "ask again in a moment")
    }
    guard let data else { return nil }
    do { return try TextFile.text(data, file: "the answers to \(order.name)") } catch {
      throw Problem(.conflict, SuiteDeeds.place(of: error))
    }
  }

  static func csv(_ list: SuiteAnswerList) -> String {
    CSVText.table(
      ["item", "category", "difficulty", "prompt", "expected", "model", "draw", "order", "answer"],
      list.answers.map { one in
        [
          one.item, one.category ?? "", one.difficulty ?? "", one.prompt, one.expected ?? "", one.model.rawValue,
          "\(one.draw)", one.order?.joined(separator: " ") ?? "", one.answer,
        ]
      })
  }
}

extension SuiteAnswerList {
  fileprivate init(_ file: AnswerFile, to suite: Suite, of job: String) {
    let items = Dictionary(suite.items.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    (self.job, self.suite, digest) = (job, suite.name, suite.digest)
    answers = file.answers.compactMap { answer in items[answer.item].map { SuiteAnswer(answer, $0) } }
  }
}

extension SuiteAnswer {
  fileprivate init(_ answer: Answer, _ item: Suite.Item) {
    (self.item, category, difficulty) = (item.id, item.category, item.difficulty?.rawValue)
    (prompt, expected, model) = (item.prompt, item.answer, answer.model)
    (draw, order, self.answer) = (answer.draw ?? 0, answer.order, answer.answer)
  }
}
