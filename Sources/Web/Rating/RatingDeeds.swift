import Engine
import Foundation
import Hummingbird
import Journal
import Live
import Scenarios
import Validation

/// People score answers blind: the same for programs and for the dashboard.
struct RatingDeeds: Sendable {
  let runner: LiveRunner
  private var catalogue: Catalogue { runner.catalogue }

  init(runner: LiveRunner) { self.runner = runner }

  /// A round with what it holds, read.
  struct Round {
    var record: Catalogue.RatingRound
    var suite: Suite
    var answers: AnswerFile
    var verdicts: [(person: String, verdict: Verdict)]

    func sheet(for person: String) -> BlindSheet { BlindSheet(answers, suite: suite, rater: person) }
  }

  func list(of job: JobIndex) throws -> RatingList {
    RatingList(rounds: try catalogue.rounds(of: job).map { RatingDocument(try read($0)) })
  }

  /// - Throws: ``Problem`` where nobody was asked to score that suite.
  func round(_ suite: String, of job: JobIndex) throws -> Round {
    guard let record = try catalogue.rounds(of: job).first(where: { $0.suite == suite }) else {
      throw Problem(
        .notFound, "nobody is asked to score '\(suite)' of \(job.id)",
        hint: "lora-train evaluate raters \(job.id) SUITE --answers FILE")
    }
    return try read(record)
  }

  private func read(_ record: Catalogue.RatingRound) throws -> Round {
    let suite = try SuiteReader.decode(Data(record.document.utf8), as: .json, file: record.suite)
    let verdicts = try catalogue.ratings(in: record.id).map { rating in
      // A figure that leaves some out without a word would be another one.
      guard let verdict = try? JSONDecoder().decode(Verdict.self, from: Data(rating.verdict.utf8)) else {
        throw Problem(
          .conflict, "a score that \(rating.person) gave answers to '\(record.suite)' cannot be read",
          hint: "a newer lora-train may have written it: update, or ask people to score that suite anew")
      }
      return (rating.person, verdict)
    }
    return Round(
      record: record, suite: suite,
      answers: try AnswerFile.decode(record.answers, file: "the answers to \(record.suite)", suite: suite),
      verdicts: verdicts)
  }

  /// Asks people to score the answers; an earlier round of the same suite is kept, and counts no more.
  func ask(_ new: NewRatings, of job: JobIndex, _ context: LiveContext) async throws -> RatingDocument {
    let person = try context.require(.engineer)
    let (suite, answers) = try RatingDeeds.checked(new)
    try await record(person.act("rating.ask", job.id, change: "\(suite.name) \(suite.digest)"))
    try await Reply.orUnavailable {
      try catalogue.addRound(
        of: job, suite: suite.name, document: String(decoding: try suite.json(), as: UTF8.self), answers: answers,
        by: person.name, at: await runner.view.at)
    }
    return RatingDocument(try round(suite.name, of: job))
  }

  private static func checked(_ new: NewRatings) throws -> (Suite, answers: String) {
    do {
      let suite: Suite
      if let text = new.suite_text {
        suite = try SuiteReader.decode(Data(text.utf8), as: .json, file: new.suite, name: new.suite)
      } else {
        guard ShippedSuites.names.contains(new.suite), let shipped = try ShippedSuites.read(new.suite) else {
          throw Problem(
            .notFound, "there is no suite '\(new.suite)'",
            hint: "shipped: \(ShippedSuites.names.joined(separator: ", "))", place: "suite")
        }
        suite = shipped
      }
      guard suite.kind != .questions else {
        throw Problem(
          .unprocessableContent, "\(suite.name) holds questions with one right answer each: there is nothing to score")
      }
      let answers = try AnswerFile.decode(new.answers, file: "answers", suite: suite)
      guard !answers.pairs(suite).isEmpty else {
        throw Problem(.unprocessableContent, "no item was answered by both models")
      }
      return (suite, new.answers)
    } catch let error as InputError {
      throw Problem(.unprocessableContent, error.description, hint: error.hint)
    }
  }

  /// The next pair that somebody has not scored yet.
  func next(_ round: Round, for person: String) -> (RatingSheet, BlindPair?) {
    let own = Set(round.verdicts.filter { $0.person == person }.map { RatingDeeds.key($0.verdict) })
    let pairs = round.sheet(for: person).pairs
    let next = pairs.first { !own.contains("\($0.pair.item.id)/\($0.pair.draw)") }
    return (
      RatingSheet(
        round, pairs: pairs.count, done: pairs.count { own.contains("\($0.pair.item.id)/\($0.pair.draw)") }, next), next
    )
  }

  private static func key(_ verdict: Verdict) -> String { "\(verdict.item)/\(verdict.draw ?? 0)" }

  /// Takes what somebody gave a pair.
  func score(_ scores: NewScores, suite: String, of job: JobIndex, _ context: LiveContext) async throws {
    let person = try context.require(.viewer)
    let round = try self.round(suite, of: job)
    let sheet = round.sheet(for: person.name)
    guard let pair = sheet.pairs.first(where: { $0.number == scores.number }) else {
      throw Problem(.unprocessableContent, "there is no pair \(scores.number)", place: "number")
    }
    for (place, given) in [("first", scores.first), ("second", scores.second)] {
      guard Set(given.keys) == Set(round.suite.rubric.map(\.id)), given.values.allSatisfy({ (1...5).contains($0) })
      else {
        throw Problem(
          .unprocessableContent, "each answer gets 1 to 5 on each scale",
          hint: round.suite.rubric.map(\.id).joined(separator: ", "), place: place)
      }
    }
    if let remark = scores.remark, remark.unicodeScalars.count > 2_000 {
      throw Problem(.badRequest, "a remark has 2,000 characters at most", place: "remark")
    }
    let verdict = sheet.verdict(pair, first: scores.first, second: scores.second, reason: scores.remark)
    let at = await runner.view.at
    try await Reply.orUnavailable {
      try catalogue.put(
        Catalogue.Rating(person: person.name, verdict: try VerdictFile.line(verdict)), on: verdict.item,
        draw: verdict.draw ?? 0, in: round.record.id, at: at)
    }
  }

  /// What the scores come to, kept as the job's validation: from then on its gate decides.
  func finish(_ suite: String, of job: JobIndex, _ context: LiveContext) async throws {
    _ = try context.require(.engineer)
    let round = try self.round(suite, of: job)
    guard !round.verdicts.isEmpty else { throw Problem(.conflict, "nobody has scored anything yet") }
    let document = OpenAnswers.assess(
      round.suite, answers: round.answers, verdicts: round.verdicts.map(\.verdict), job: job.id)
    try await ValidationRoutes(runner: runner).keep(document, of: job, context)
  }

  private func record(_ act: PersonAct) async throws {
    try JobDeed.check(try await Reply.orUnavailable { try await runner.ask(.record, as: act) })
  }
}

extension RatingDocument {
  init(_ round: RatingDeeds.Round) {
    (suite, title) = (round.suite.name, round.suite.title)
    pairs = round.answers.pairs(round.suite).count
    raters = Dictionary(grouping: round.verdicts, by: \.person).map { Rater(person: $0.key, done: $0.value.count) }
      .sorted { $0.person < $1.person }
    agreement = RaterAgreement.of(round.verdicts.map(\.verdict), round.suite)
    (asked_by, asked_at) = (round.record.person, Wording.stamp(round.record.at) ?? "")
  }
}

extension RatingSheet {
  fileprivate init(_ round: RatingDeeds.Round, pairs: Int, done: Int, _ next: BlindPair?) {
    (suite, title, self.pairs, self.done) = (round.suite.name, round.suite.title, pairs, done)
    (number, prompt) = (next?.number, next?.pair.item.prompt)
    (expects, answers) = (next?.pair.item.expects ?? [], next?.answers ?? [])
    scales = round.suite.rubric.map { scale in
      Scale(
        id: scale.id, title: scale.title, question: scale.question,
        anchors: Dictionary(uniqueKeysWithValues: scale.anchors.map { ("\($0.key)", $0.value) }))
    }
  }
}
