import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Testing

@testable import Web

/// What is asked before a failed job is tried again, and what helps (stories 3.1.2, 3.3.1 and 3.3.2).
@Suite struct RetryStoryTests {
  /// A job that failed so, 15 minutes after it had its slot.
  private func failed(_ failure: Failure, advise: (inout WebServer.Advice) -> Void = { _ in }) throws -> Office {
    let past = Past(span: .minutes(15)) { days in
      var job = Office.job("transient")
      (job.configuration.batchSize, job.configuration.epochs, job.client) = (4, 4, "Acme")
      try days.submit(job, quote: 77)
      try days.grant("a")
      try days.finish((.boot, .minutes(2)))
      try days.pass(.minutes(13))
      try days.say(.failed(failure))
      try days.leave()
    }
    return try Office(limit: nil, after: past, advise: advise)
  }

  private func suggesting(_ advice: inout WebServer.Advice) {
    advice.fixes = { c, _ in
      var smaller = c
      (smaller.batchSize, smaller.gradientAccumulation) = (2, 2)
      return [FixDocument(kind: "batch", text: "Reduce batch_size to 2", configuration: smaller)]
    }
  }

  @Test func theOriginalIsNamedAndEverythingMayBeEdited() async throws {
    let office = try failed(.workerCrash)
    let page = try await office.page("training-jobs/job-1")
    #expect(page.contains("href=\"/dashboard/training-jobs/job-1/retry\">Retry job</a>"))
    let retry = try await office.page("training-jobs/job-1/retry")
    #expect(retry.contains("Original job: transient (job-1): failed (worker crash) after 15 min"))
    #expect(retry.contains("The same configuration again.") && !retry.contains("<del>"))
    for part in [
      "name=\"retry_of\" value=\"job-1\"", "value=\"transient (Retry #1)\"", "value=\"balanced\" checked",
      "value=\"spot\" checked", "name=\"batch_size\" inputmode=\"decimal\" value=\"4\"",
      "name=\"epochs\" inputmode=\"decimal\" value=\"4\"", "name=\"client\" value=\"Acme\"",
      // Estimated anew: what was quoted in the past is another figure.
      "<b>$30.00</b><span>Estimated cost, 8 in 10 between $20.00–$45.00",
    ] { #expect(retry.contains(part), "\(part)") }
    // What is edited before it starts is what starts.
    let fields =
      "retry_of=job-1&preset=balanced&pricing=on_demand&batch_size=4&epochs=2&pairs=100&tokens_per_pair=1000&name=again"
    let checks = "&reviewed=yes&understood=yes&approved=yes"
    let sent = try await office.ask("POST", "/dashboard/training-jobs", bytes: Data((fields + checks).utf8))
    #expect(sent.status == 303)
    let job = try await office.ask("GET", office.api("jobs/2")).value(JobDocument.self)
    #expect(job.retry_of == "job-1" && job.configuration.epochs == 2 && job.pricing == "on_demand")
  }

  @Test func aFixIsStruckOutAndInsertedAndCanBeChanged() async throws {
    let office = try failed(.outOfMemory, advise: suggesting)
    let page = try await office.page("training-jobs/job-1")
    #expect(page.contains(">Retry with suggested fix</a>") && page.contains(">Retry with batch_size=2</a>"))
    let retry = try await office.page("training-jobs/job-1/retry?fix=batch")
    #expect(retry.contains("<li><code>batch_size</code>: <del>4</del> → <ins>2</ins></li>"))
    #expect(!retry.contains("<code>epochs</code>") && !retry.contains("The same configuration again."))
    // Another value in its field, before anything starts.
    let edited =
      "retry_of=job-1&fix=batch&preset=balanced&pricing=spot&batch_size=1&epochs=4&pairs=100&tokens_per_pair=1000"
    let again = try await office.ask("POST", "/dashboard/training-jobs/estimate", bytes: Data(edited.utf8)).text
    #expect(again.contains("<li><code>batch_size</code>: <del>4</del> → <ins>1</ins></li>"))
    let form = try await office.page("training-jobs/job-1/retry?fix=first")
    #expect(form.contains("<del>4</del> → <ins>2</ins>") && form.contains("name=\"fix\" value=\"batch\""))
  }

  @Test func aFileThatCannotBeReadSaysHowToMendIt() async throws {
    let page = try await failed(.datasetFormat).page("training-jobs/job-1")
    let steps = ["conversation editor", "regenerate the training file", "upload it", "retry"]
    let error = try #require(
      page.components(separatedBy: "id=\"error\"").last?.components(separatedBy: "class=\"two\"")[0])
    var from = error.startIndex
    for step in steps {
      let place = try #require(error.range(of: step, range: from..<error.endIndex), "\(step)")
      from = place.upperBound
    }
    #expect(error.contains("Training data validation failed during preprocessing"))
    #expect(error.contains("href=\"/dashboard/help/training-files\"") && error.contains(">Retry job</a>"))
  }
}
