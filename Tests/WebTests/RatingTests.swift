import DiscreteEvent
import Engine
import Foundation
import Journal
import Testing
import Validation

@testable import Web

/// People score answers blind, and what they gave becomes the job's validation.
@Suite struct RatingTests {
  static let suite = "emotional-intelligence"

  /// Answers of both models to every item of a shipped suite; the trained one's name themselves where nobody sees it.
  static func answers(_ name: String = suite) throws -> (Suite, NewRatings) {
    let suite = try #require(try ShippedSuites.read(name))
    var lines = [#"{"format":"lora-train-answers","version":1,"suite":"\#(name)","digest":"\#(suite.digest)"}"#]
    for item in suite.items {
      for (model, text) in [("base", "Plain words."), ("trained", "Warm words <b>.")] {
        lines.append(#"{"item":"\#(item.id)","model":"\#(model)","answer":"\#(text)"}"#)
      }
    }
    return (suite, NewRatings(suite: name, answers: lines.joined(separator: "\n")))
  }

  private func office() async throws -> (Office, Suite) {
    let office = try Office(limit: nil)
    _ = try await office.ask("POST", office.api("jobs"), Office.job("a job"))
    let (suite, new) = try Self.answers()
    let made = try await office.ask("POST", office.api("jobs/1/ratings"), new)
    #expect(made.status == 201, "\(made.text)")
    return (office, suite)
  }

  @Test func severalScoreBlindAndTheirAgreementIsReported() async throws {
    let (office, suite) = try await office()
    let path = office.api("jobs/1/ratings/\(Self.suite)")
    var orders: [[String]] = []
    for name in ["anna", "ben"] {
      let token = try await office.token(name, .engineer)
      var (order, isWarmFirst): ([String], [Bool]) = ([], [])
      while true {
        let answer = try await office.ask("GET", path, token: token)
        let sheet = try answer.value(RatingSheet.self)
        #expect(!answer.text.contains("\"trained\"") && !answer.text.contains("\"base\""), "blind")
        guard let number = sheet.number else { break }
        #expect(sheet.done == order.count && sheet.pairs == suite.items.count && sheet.answers.count == 2)
        order.append(sheet.prompt ?? "")
        let warm = sheet.answers[0].hasPrefix("Warm")
        isWarmFirst.append(warm)
        // Ben sees a little less in every other one.
        let best = name == "ben" && order.count % 2 == 0 ? 4 : 5
        let scores = { (value: Int) in Dictionary(uniqueKeysWithValues: sheet.scales.map { ($0.id, value) }) }
        let given = NewScores(number: number, first: scores(warm ? best : 3), second: scores(warm ? 3 : best))
        #expect(try await office.ask("POST", path, given, token: token).status == 201)
      }
      #expect(order.count == suite.items.count)
      #expect((10...40).contains(isWarmFirst.count { $0 }), "which stands first is by chance")
      orders.append(order)
    }
    #expect(orders[0] != orders[1] && Set(orders[0]) == Set(orders[1]))
    let list = try await office.ask("GET", office.api("jobs/1/ratings")).value(RatingList.self)
    #expect(list.rounds[0].raters.map(\.done) == [50, 50])
    let alpha = try #require(list.rounds[0].agreement.first?.alpha)
    #expect(alpha > 0.7 && alpha < 1)
    let page = try await office.ask("GET", "/dashboard/training-jobs/job-1/ratings").text
    #expect(page.contains("anna") && page.contains("50 of 50") && page.contains(String(format: "%.2f", alpha)))
    // What they gave is the validation, as if it had come as verdicts in a file.
    let done = try await office.ask("POST", path + "/finish").value(JobValidationDocument.self)
    let document = try #require(done.documents.first)
    #expect(document.judges?.names == ["person:anna", "person:ben"] && document.judges?.verdicts == 100)
    #expect(document.judges?.agreement == list.rounds[0].agreement)
    let overall = try #require(document.overall)
    #expect(abs(overall.base - 3) < 1e-9 && overall.trained > 4.5 && overall.badge?.code == "exceptional")
  }

  /// What cannot be read is said, and not left out of the figure.
  @Test func aScoreThatCannotBeReadIsSaid() async throws {
    let (office, suite) = try await office()
    let catalogue = office.runner.catalogue
    let round = try #require(try catalogue.rounds(of: JobIndex(0)).first)
    try catalogue.put(
      .init(person: "anna", verdict: #"{"of":"the future"}"#), on: suite.items[0].id, draw: 0, in: round.id, at: .zero)
    let answer = try await office.ask("POST", office.api("jobs/1/ratings/\(Self.suite)/finish"))
    #expect(answer.status == 409 && answer.text.contains("anna") && answer.text.contains("cannot be read"))
    #expect(try await office.ask("GET", office.api("jobs/1/ratings")).status == 409)
    #expect(try catalogue.validations(of: JobIndex(0)).isEmpty)
  }

  @Test func thePageTakesScoresWithoutAScript() async throws {
    let (office, suite) = try await office()
    let path = "/dashboard/training-jobs/job-1/ratings/\(Self.suite)"
    let page = try await office.ask("GET", path).text
    #expect(page.contains("Answer A") && page.contains("Answer B") && page.contains("0 of 50 scored"))
    #expect(page.contains("Warm words &lt;b&gt;.") && !page.contains("trained") && !page.contains("baseline"))
    let number = try #require(page.firstMatch(of: #/name="number" value="(\d+)"/#)).1
    func send(_ scales: some Sequence<String>, _ score: Int) async throws -> Int {
      let fields = scales.flatMap { ["first.\($0)=\(score)", "second.\($0)=\(score)"] }
      return try await office.ask(
        "POST", path, bytes: Data("number=\(number)&\(fields.joined(separator: "&"))&remark=so".utf8)
      ).status
    }
    let scales = suite.rubric.map(\.id)
    #expect(try await send(scales.dropFirst(), 4) == 422, "a scale is missing")
    #expect(try await send(scales, 6) == 422)
    #expect(try await send(scales, 4) == 303)
    #expect(try await office.ask("GET", path).text.contains("1 of 50 scored"))
    // Whoever may look at a job may score it; what the scores come to is an engineer's to take.
    let vera = try await office.token("vera", .viewer)
    #expect(try await office.ask("POST", "\(path)/finish", token: vera).status == 403)
    #expect(try await office.ask("POST", "\(path)/finish").status == 303)
    let log = try await office.ask("GET", office.api("audit?subject=job-1")).value(AuditLog.self).lines
    #expect(Set(log.map(\.action)).isSuperset(of: ["rating.ask", "validation.put"]))
  }

  @Test func aViewerScoresToo() async throws {
    let (office, suite) = try await office()
    let path = office.api("jobs/1/ratings/\(Self.suite)")
    let otto = try await office.token("otto", .viewer)
    let sheet = try await office.ask("GET", path, token: otto).value(RatingSheet.self)
    let scores = Dictionary(uniqueKeysWithValues: suite.rubric.map { ($0.id, 4) })
    let given = NewScores(number: try #require(sheet.number), first: scores, second: scores)
    let next = try await office.ask("POST", path, given, token: otto)
    #expect(try next.status == 201 && next.value(RatingSheet.self).done == 1)
    // In a browser with the form's token, and not without it.
    let link = try await office.ask("POST", "/api/v1/people/otto/links").value(NewLink.self)
    let browser = Browser(office)
    #expect(try await browser.send("/sign-in/first", browser.choice(link.path, name: "otto")).status == 303)
    let page = "/dashboard/training-jobs/job-1/ratings/\(Self.suite)"
    #expect(
      try await browser.get("/dashboard/training-jobs/job-1/ratings").text.contains(#"href="\#(page)">Score</a>"#))
    let number = try #require(try await browser.get(page).text.firstMatch(of: #/name="number" value="(\d+)"/#)).1
    var fields = ["number": String(number)]
    for scale in suite.rubric { (fields["first.\(scale.id)"], fields["second.\(scale.id)"]) = ("4", "3") }
    #expect(try await browser.send(page, fields).status == 403)
    fields["_csrf"] = browser.formToken
    #expect(try await browser.send(page, fields).status == 303)
    #expect(try await browser.get(page).text.contains("2 of 50 scored"))
    #expect(try await browser.send("\(page)/finish", ["_csrf": browser.formToken]).status == 403)
    #expect(try await office.ask("POST", office.api("jobs/1/ratings"), Self.answers().1, token: otto).status == 403)
  }

  @Test func whatCannotBeScoredIsRefused() async throws {
    let office = try Office(limit: nil)
    _ = try await office.ask("POST", office.api("jobs"), Office.job("a job"))
    let (_, good) = try Self.answers()
    func ask(_ change: (inout NewRatings) -> Void) async throws -> Office.Answer {
      var new = good
      change(&new)
      return try await office.ask("POST", office.api("jobs/1/ratings"), new)
    }
    #expect(try await ask { $0.suite = "nowhere" }.status == 404)
    #expect(try await ask { $0.suite = "../../etc/passwd" }.status == 404)
    #expect(try await ask { $0.suite = "financial-knowledge" }.status == 422)
    #expect(try await ask { $0.answers = "" }.status == 422)
    let wrong = try await ask { $0.answers = $0.answers.replacing("trained", with: "better") }
    #expect(wrong.status == 422 && wrong.text.contains("answers:3"), "\(wrong.text)")
    #expect(try await office.ask("GET", office.api("jobs/1/ratings/\(Self.suite)")).status == 404)
    #expect(try await office.ask("GET", "/dashboard/training-jobs/job-1/ratings").text.contains("Nobody was asked"))
    // A client's own suite comes with its text.
    let (suite, own) = try Self.answers("example-client")
    var new = own
    new.suite_text = String(decoding: try suite.json(), as: UTF8.self)
    let made = try await office.ask("POST", office.api("jobs/1/ratings"), new)
    #expect(made.status == 201, "\(made.text)")
    #expect(try made.value(RatingDocument.self).pairs == suite.items.count)
    #expect(try await office.ask("POST", office.api("jobs/1/ratings/example-client/finish")).status == 409)
  }
}
