import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Live
import Testing

@testable import Web

/// A failed job whose checkpoint another goes on from, with another configuration: story 3.2.2.
@Suite struct ResumptionTests {
  /// A job of 300 steps that ran out of memory; its checkpoint is of step 150.
  private func failed(_ office: Office, checkpoint: Bool = true) async throws -> NewJob {
    let file = try JSONDecoder().decode(
      Catalogue.FileRecord.self,
      from: Data(
        """
        {"id": "file-1", "name": "data.json", "sha256": "1", "bytes": 1, "conversations": 60, "pairs": 500, "training_pairs": 400,
         "tokens_per_pair": 1000, "human_reviewed": 0, "scaffolding": {"personas": {}, "emotional_arcs": {}, "topics": {}},
         "warnings": [], "added_at": "", "added_by": "owner"}
        """.utf8))
    try office.runner.catalogue.add(file, at: Instant(microseconds: 1))
    var job = Office.job("First job")
    job.training_file = "file-1"
    #expect(try await office.ask("POST", "/api/v1/jobs", job).value(JobDocument.self).steps == 300)
    let pod = PodName(store: "office", epoch: 1, request: 1)
    var reports = ["boot", "preprocessing", "model_loading"].map { #""event":"stage_finished","stage":"\#($0)""# }
    if checkpoint { reports.append(#""event":"checkpoint_saved","step":150,"age_s":0,"blocked_s":0"#) }
    reports.append(#""event":"failed","failure":"out_of_memory""#)
    for (number, report) in reports.enumerated() {
      #expect(try await office.say(pod, "", #"{"sequence":\#(number + 1),\#(report)}"#).status == 200)
    }
    #expect(try await office.ask("GET", "/api/v1/jobs/1").value(JobDocument.self).status == "failed")
    job.resume_of = "job-1"
    return job
  }

  @Test func whatIsLeftIsQuotedAndTrained() async throws {
    let office = try Office(pods: .always)
    var job = try await failed(office)
    (job.configuration.batchSize, job.configuration.gradientAccumulation) = (1, 2)
    let resume = try #require(try await office.ask("POST", "/api/v1/quotes", job).value(QuoteDocument.self).resume)
    #expect(resume.step == 150 && resume.done == 0.5 && resume.remaining_epochs == 1.5 && resume.remaining_steps == 300)
    let made = try await office.ask("POST", "/api/v1/jobs", job).value(JobDocument.self)
    #expect(made.resumed_from == "job-1" && made.resumed_at_step == 150 && made.retry_of == "job-1")
    #expect(made.steps == 450 && made.durable_step == 150)
    // A step of what is left is as large as one of the whole.
    #expect(made.configuration.steps == 300 && abs(made.configuration.tokensPerStep - 2_000) < 1e-9)
    // What the first one measured is the second one's, too, up to where it goes on.
    for (request, steps) in [(UInt32(1), [140, 150, 160]), (2, [160, 170])] {
      let rows = steps.map { #"{"step":\#($0),"training_loss":\#(request)}"# }.joined(separator: ",")
      let pod = PodName(store: "office", epoch: 1, request: request)
      _ = try await office.say(pod, "/metrics", #"{"event":"metrics","rows":[\#(rows)]}"#)
    }
    try office.runner.catalogue.record([
      .init(
        job: JobIndex(0), metrics: [140, 150, 160].map { .init(step: $0, at: 0) }, message: nil,
        at: Instant(microseconds: 1))
    ])
    let csv = try await office.ask("GET", "/api/v1/jobs/2/metrics.csv").text.split(separator: "\n").dropFirst()
    #expect(csv.map { $0.split(separator: ",")[0] } == ["140", "150", "160", "170"])
  }

  /// Steps are counted once: on the page, in the event log and in the report.
  @Test func whatGoesOnCountsOnEverywhere() async throws {
    let office = try Office(pods: .always)
    let job = try await failed(office)
    #expect(try await office.ask("POST", "/api/v1/jobs", job).status == 201)
    let pod = PodName(store: "office", epoch: 1, request: 2)
    let reports =
      ["boot", "preprocessing", "model_loading"].map { #""event":"stage_finished","stage":"\#($0)""# } + [
        #""event":"checkpoint_saved","step":50,"age_s":0,"blocked_s":0"#
      ]
    for (number, report) in reports.enumerated() {
      #expect(try await office.say(pod, "", #"{"sequence":\#(number + 1),\#(report)}"#).status == 200)
    }
    for (index, steps) in [[140, 150, 160], [160, 200]].enumerated() {
      try office.runner.catalogue.record([
        .init(
          job: JobIndex(index),
          metrics: steps.map {
            var metric = Catalogue.Metric(step: $0, at: 0)
            metric.training_loss = 1
            return metric
          }, message: nil, at: Instant(microseconds: 1))
      ])
    }
    let made = try await office.ask("GET", "/api/v1/jobs/2").value(JobDocument.self)
    #expect(made.durable_step == 200 && made.steps == 300)
    let page = try await office.page("training-jobs/job-2")
    #expect(page.contains("<th scope=\"row\">200</th>"), "the checkpoint")
    let log = try await office.page("training-jobs/job-2/events")
    #expect(log.contains("Checkpoint saved at step 200") && !log.contains("at step 50"))
    let (report, _) = try await office.composer().training(JobIndex(1), await office.runner.view)
    #expect(report.steps == 200 && report.checkpoints.map(\.step) == [200] && report.stepsPerEpoch == 100)
    #expect(report.trainingLoss.map(\.x) == [140, 150, 160, 200])
  }

  /// The button, the form with what is left, the review's question, and the job that goes on.
  @Test func theDashboardResumesFromTheCheckpoint() async throws {
    let office = try Office(pods: .always)
    _ = try await failed(office)
    let page = "/dashboard/training-jobs/job-1"
    #expect(try await office.ask("GET", page).text.contains("href=\"\(page)/resume\""))
    let form = try await office.ask("GET", "\(page)/resume").text
    #expect(form.contains("<h1>Resume from checkpoint</h1>") && form.contains("name=\"resume_of\" value=\"job-1\""))
    #expect(form.contains("Resume from Step 150 (50% complete). Remaining: 1.5 epochs (~"))
    let fields =
      "resume_of=job-1&training_file=file-1&name=First+job+(Resumed)&preset=balanced&pricing=on_demand&epochs=3"
    let review = try await office.ask("POST", "/dashboard/training-jobs/review", bytes: Data(fields.utf8)).text
    #expect(review.contains("Resume training from last checkpoint with adjusted configuration?"))
    #expect(review.contains("job-1, step 150"))
    let made = try await office.ask(
      "POST", "/dashboard/training-jobs", bytes: Data((fields + "&reviewed=yes&understood=yes&approved=yes").utf8))
    #expect(made.status == 303)
    let job = try await office.ask("GET", "/api/v1/jobs/2").value(JobDocument.self)
    #expect(job.resumed_from == "job-1" && job.resumed_at_step == 150)
    #expect(try await office.ask("GET", "/dashboard/training-jobs/job-2").text.contains("job-1, step 150"))
  }

  /// Without a checkpoint there is no button.
  @Test func nothingIsResumedFromNothing() async throws {
    let office = try Office(pods: .always)
    _ = try await failed(office, checkpoint: false)
    #expect(!(try await office.ask("GET", "/dashboard/training-jobs/job-1").text.contains("/resume\"")))
    let form = try await office.ask("GET", "/dashboard/training-jobs/job-1/resume")
    #expect(form.text.contains("job-1 has no checkpoint"))
  }

  @Test func whatCannotGoOnIsRefused() async throws {
    let office = try Office(pods: .always)
    let job = try await failed(office)
    var other = job
    other.configuration.rank = 8
    #expect(try await office.ask("POST", "/api/v1/jobs", other).text.contains("rank 16 cannot go on with rank 8"))
    other = job
    other.configuration.epochs = 1
    #expect(try await office.ask("POST", "/api/v1/jobs", other).text.contains("1.5 of 1 epochs"))
    other = job
    other.training_file = nil
    #expect(try await office.ask("POST", "/api/v1/jobs", other).status == 400)
    other = job
    other.resume_of = "job-9"
    #expect(try await office.ask("POST", "/api/v1/quotes", other).status == 404)
    other = job
    other.resume_of = nil
    #expect(try await office.ask("POST", "/api/v1/jobs", other).status == 201)
    other.resume_of = "job-2"
    #expect(try await office.ask("POST", "/api/v1/jobs", other).text.contains("not over"))
  }

  @Test func withoutACheckpointThereIsNothingToGoOnFrom() async throws {
    let office = try Office(pods: .always)
    let job = try await failed(office, checkpoint: false)
    #expect(try await office.ask("POST", "/api/v1/jobs", job).text.contains("has no checkpoint"))
  }
}
