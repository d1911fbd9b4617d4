import Engine
import Foundation
import Journal
import Testing
import Validation

@testable import Web

/// What validation found, on paper, on its page and over jobs.
@Suite struct ValidationReportTests {
  private func office(_ jobs: Int) async throws -> (Office, ValidationDocument) {
    let office = try Office(limit: nil)
    let suite = try #require(try ShippedSuites.read(RatingTests.suite))
    var document: ValidationDocument?
    for i in 1...jobs {
      _ = try await office.ask("POST", office.api("jobs"), Office.job("<job> \(i)"))
      let (_, new) = try RatingTests.answers()
      let verdicts = suite.items.enumerated().map { k, item in
        let scores = { (value: Int) in Dictionary(uniqueKeysWithValues: suite.rubric.map { ($0.id, value) }) }
        // One that is worse, all others better; the jobs get better and better.
        return Verdict(
          item: item.id, judge: "person:anna", first: k % 2 == 0 ? .base : .trained,
          scores: ["base": scores(k == 3 ? 5 : 3), "trained": scores(k == 3 ? 2 : i > 1 ? 5 : 4)])
      }
      let answers = try AnswerFile.decode(new.answers, file: "a", suite: suite)
      let found = OpenAnswers.assess(suite, answers: answers, verdicts: verdicts, job: "job-\(i)")
      #expect(try await office.ask("POST", office.api("jobs/\(i)/validation"), found).status == 201)
      document = found
    }
    return (office, try #require(document))
  }

  @Test func thePageTheTableAndThePaperSayTheSame() async throws {
    let (office, document) = try await office(1)
    let overall = try #require(document.overall)
    let page = try await office.ask("GET", "/dashboard/training-jobs/job-1/validation").text
    #expect(page.contains(try #require(document.line)) && page.contains("Validation of &lt;job&gt; 1"))
    #expect(page.contains("<td class=\"number\">\(String(format: "%.1f %%", overall.improvement_percent))</td>"))
    // What it means, how likely luck gives as much, how it was found; and the examples' notes.
    for line in document.meaning + [document.method] { #expect(page.contains(Markdown.escaped(line)), "\(line)") }
    #expect(document.meaning.contains { $0.hasPrefix("Chance that an unchanged model") } && !document.worst.isEmpty)
    for example in document.best.prefix(10) + document.worst.prefix(10) {
      #expect(page.contains(Markdown.escaped(example.notes)), "\(example.item)")
    }
    for reason in document.gate.reasons { #expect(page.contains(Markdown.escaped(reason)), "\(reason)") }
    #expect(page.contains("improvement by persona and emotional arc") && page.contains(">worst</span>"))
    #expect(!page.contains("job by job"), "one job is no trend")
    let csv = try await office.ask("GET", "/dashboard/training-jobs/job-1/validation.csv?part=\(RatingTests.suite)")
    #expect(csv.text == document.csv && csv.text.split(separator: "\n").count > 50)
    #expect(try await office.ask("GET", "/dashboard/training-jobs/job-1/validation.csv?part=x").status == 404)
    let pdf = try await office.ask("GET", office.api("jobs/1/validation.pdf"))
    #expect(
      pdf.status == 200 && pdf.body.starts(with: Data("%PDF".utf8)) && pdf.headers[.contentType] == "application/pdf")
    let composer = ReportComposer(
      runner: office.runner, storePath: "",
      advice: .init(
        quote: { _ in throw Problem(.notFound, "") }, forecast: { _ in throw Problem(.notFound, "") },
        foresight: .paper(PaperPast())),
      curves: CurveShelf(office.runner.catalogue), branding: .plain)
    let view = await office.runner.view
    let (report, _) = try composer.validation(JobIndex(0), view)
    let first = try #require(report.sections.first?.estimates.first)
    #expect(first.baseline == overall.base && first.trained == overall.trained && first.n == 50)
    #expect(report.isDeliverable == (document.gate.verdict != .block))
    #expect(report.sections[0].estimates.count > 4 && report.examples.count > 5)
    for line in document.meaning { #expect(report.sections[0].findings.contains(line), "\(line)") }
    #expect(report.gates[0].badge == document.badge?.text && report.sections[0].heatMap != nil)
    // A line of it stands in the training report.
    #expect(try composer.validationFacts(JobIndex(0)).map(\.value) == [document.headline])
    #expect(try await office.ask("GET", office.api("jobs/1/report.pdf")).status == 200)
  }

  /// Documents are read once, and again where another took their place.
  @Test func theTrendReadsADocumentOnce() async throws {
    let (office, document) = try await office(2)
    let (shelf, view) = (TrendShelf(office.runner.catalogue), await office.runner.view)
    let first = try await shelf.trend(view).points
    #expect(first.count == 2)
    let read = await shelf.documentsRead
    #expect(try await shelf.trend(view).points.map(\.percent) == first.map(\.percent))
    #expect(await shelf.documentsRead == read)
    #expect(try await office.ask("POST", office.api("jobs/2/validation"), document).status == 201)
    #expect(try await shelf.trend(view).points.count == 2)
    #expect(await shelf.documentsRead == read + 1)
  }

  @Test func whatWasNotValidatedHasNoPaper() async throws {
    let office = try Office(limit: nil)
    _ = try await office.ask("POST", office.api("jobs"), Office.job("a job"))
    #expect(try await office.ask("GET", office.api("jobs/1/validation.pdf")).status == 409)
    let page = try await office.ask("GET", "/dashboard/training-jobs/job-1/validation").text
    #expect(page.contains("Nothing was validated yet"))
  }

  @Test func jobsAreHeldAgainstEachOther() async throws {
    let (office, _) = try await office(3)
    let trend = try await office.ask("GET", office.api("validations")).value(ValidationTrend.self).points
    #expect(trend.map(\.job) == ["job-1", "job-2", "job-3"] && Set(trend.map(\.what)) == [RatingTests.suite])
    #expect(trend[0].percent < trend[1].percent && trend[1].percent == trend[2].percent)
    let page = try await office.ask("GET", "/dashboard/training-jobs/job-2/validation").text
    #expect(page.contains("job by job") && page.contains("<svg"))
    for job in ["1", "2"] { _ = try await office.ask("POST", office.api("jobs/\(job)/cancel")) }
    _ = try await office.ask("POST", office.api("jobs/1/hide"))
    let rest = try await office.ask("GET", office.api("validations")).value(ValidationTrend.self).points
    #expect(rest.map(\.job) == ["job-2", "job-3"])
  }
}
