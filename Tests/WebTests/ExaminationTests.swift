import Engine
import Foundation
import Journal
import Live
import Scenarios
import Testing

@testable import Web

/// A job that has completed is examined by another, whatever becomes of that one.
@Suite struct ExaminationTests {
  private let orders = SuiteOrderTests()

  /// An office in which job-1 has completed, and its adapters are kept.
  private func office(
    limit: Double? = nil, _ advise: (inout WebServer.Advice) -> Void = { _ in }
  ) async throws -> Office {
    let (office, _) = try await SuiteOrderTests.office(limit: limit, advise)
    let made = try await office.ask("POST", office.api("jobs"), SuiteOrderTests.job(nil))
    #expect(made.status == 201, "\(made.text)")
    try orders.leave(office, "downloads/examined-metrics.csv", "step\n")
    try orders.leave(office, "downloads/examined-adapters-1.zip", "zip")
    try await orders.report(office)
    await office.keeper.tend()
    return office
  }

  private func wish(_ change: (inout NewJob) -> Void = { _ in }) -> NewJob {
    var wish = Office.job("later")
    (wish.suites, wish.examines) = (["financial-knowledge"], "job-1")
    change(&wish)
    return wish
  }

  private func make(_ office: Office, _ job: NewJob) async throws -> JobDocument {
    let made = try await office.ask("POST", office.api("jobs"), job)
    #expect(made.status == 201, "\(made.text)")
    return try made.value(JobDocument.self)
  }

  private func fail(_ office: Office, _ pod: UInt32, _ failure: String) async throws {
    let report = #"{"sequence":1,"event":"failed","failure":"\#(failure)"}"#
    #expect(try await office.say(PodName(store: "office", epoch: 1, request: pod), "", report).status == 200)
  }

  @Test func aRetryOfAnExaminationIsAnExamination() async throws {
    let office = try await office { advice in
      advice.fixes = { c, _ in
        var (smaller, onDemand) = (c, c)
        (smaller.batchSize, onDemand.pricing) = (1, .onDemand)
        return [
          FixDocument(kind: "batch", text: "a smaller batch", configuration: smaller),
          FixDocument(kind: "on_demand", text: "on demand", configuration: onDemand),
        ]
      }
    }
    #expect(try await make(office, wish()).id == "job-2")
    try await fail(office, 2, "out_of_memory")
    let path = "training-jobs/job-2"
    let page = try await office.page(path)
    #expect(page.contains("did not fit in the GPU's memory") && !page.contains("batch_size="))
    // Only what its pods are is its own: no smaller batch is trained.
    let fixes = try await office.ask("GET", office.api("jobs/2/fixes")).value(FixList.self).fixes
    #expect(fixes.map(\.kind) == ["on_demand"])

    // The form has what can be chosen, and no more.
    let form = try await office.page("\(path)/retry")
    for part in [
      "<h1>Retry an examination</h1>", #"name="examines" value="job-1""#, #"name="retry_of" value="job-2""#,
      #"value="financial-knowledge" checked"#, "The same configuration again.", "Start Examination",
    ] { #expect(form.contains(part), "\(part)") }
    for part in [#"name="preset""#, #"name="epochs""#, "<dt>Steps</dt>", "Start Training"] {
      #expect(!form.contains(part), "\(part)")
    }
    let onDemand = try await office.page("\(path)/retry?fix=first")
    #expect(onDemand.contains("<code>pricing</code>") && !onDemand.contains("<code>preset</code>"))
    // What is sent from it, without what names the other job.
    let fields = "retry_of=job-2&name=again&pricing=spot&suite=financial-knowledge"
    let review = try await office.ask("POST", "/dashboard/training-jobs/review", bytes: Data(fields.utf8)).text
    #expect(review.contains("Review &amp; start examination") && review.contains("<dt>Examines</dt><dd>job-1</dd>"))
    #expect(!review.contains("<dt>Hyperparameters</dt>"))
    let checks = "&reviewed=yes&understood=yes&approved=yes"
    let sent = try await office.ask("POST", "/dashboard/training-jobs", bytes: Data((fields + checks).utf8))
    #expect(sent.status == 303, "\(sent.text)")
    let again = try await office.ask("GET", office.api("jobs/3")).value(JobDocument.self)
    #expect(again.examines == "job-1" && again.retry_of == "job-2" && again.steps == 1)

    // So it is for programs, with the suites of the one that failed.
    try await fail(office, 3, "worker_crash")
    let bare = try await make(
      office,
      wish {
        ($0.examines, $0.suites, $0.retry_of, $0.name) = (nil, nil, "job-3", "once more")
        $0.configuration.epochs = 9
      })
    #expect(bare.examines == "job-1" && bare.suites == ["financial-knowledge"] && bare.configuration.epochs != 9)
    #expect(await office.runner.view.descriptions[3].simulated.isExamination)
    // Neither of another job, nor of a training, nor a training that goes on where nothing was trained.
    #expect(try await make(office, SuiteOrderTests.job(nil)).id == "job-5")
    let wrong = [
      wish { ($0.examines, $0.retry_of) = ("job-5", "job-3") }, wish { $0.retry_of = "job-1" },
      wish { ($0.examines, $0.resume_of, $0.training_file) = (nil, "job-3", "file-1") },
    ]
    for job in wrong { #expect(try await office.ask("POST", office.api("jobs"), job).status == 409) }
  }

  /// What is spent on examining a job stands beside its own cost, and is no part of it.
  @Test func whatExaminationsCostStandsOnTheOthersPage() async throws {
    let office = try await office()
    let path = "training-jobs/job-1"
    #expect(try await !office.page(path).contains("Examinations cost"))
    #expect(try await office.ask("GET", office.api("jobs/1")).value(JobDocument.self).examinations == nil)
    _ = try await make(office, wish())
    try await fail(office, 2, "worker_crash")
    _ = try await make(office, wish { $0.name = "another" })
    let job = try await office.ask("GET", office.api("jobs/1")).value(JobDocument.self)
    let spent = try #require(job.examinations)
    #expect(spent.jobs.map(\.id) == ["job-2", "job-3"] && spent.jobs[0].status == "failed")
    let own = try await office.ask("GET", office.api("jobs/2")).value(JobDocument.self)
    #expect(spent.jobs[0].cost_usd == own.cost_usd && own.examinations == nil)
    let sum = spent.jobs.reduce(0) { $0 + $1.cost_usd }
    #expect(abs(spent.cost_usd - sum) < 1e-6)
    let page = try await office.page(path)
    for part in [
      "Examinations cost $", #"<a href="/dashboard/training-jobs/job-2">later</a> ("#,
      #"<a href="/dashboard/training-jobs/job-3">another</a> ("#, ", failed)",
    ] { #expect(page.contains(part), "\(part)") }
    // Lists, which may be long, leave it out.
    let list = try await office.ask("GET", office.api("jobs")).value(JobList.self)
    #expect(list.jobs.count == 3 && list.jobs.allSatisfy { $0.examinations == nil })
  }

  /// The page behind a link in a mail stops what it says it stops.
  @Test func aLinkInAMailSaysWhatItStops() async throws {
    let office = try await office()
    _ = try await make(office, wish())
    let until = Int(LiveTime.machine.microseconds / 1_000_000) + 600
    func page(_ job: String) async throws -> String {
      let path = NoticeLink(.cancel, job, of: "owner", until: until).path(Office.keys)
      return try await office.ask("GET", path, token: nil).text
    }
    #expect(try await page("job-2").contains("permanently stop the examination"))
    #expect(try await page("job-1").contains("permanently stop training"))
  }

  /// Where pods cost money a job without a training file is refused; an examination is said none, for it has the other's.
  @Test func anExaminationNamesNoTrainingFile() async throws {
    let office = try await office { advice in
      advice.allows = { (new) throws(InputError) in
        if new.training_file == nil { throw InputError(.badData, "there is nothing to train") }
      }
    }
    #expect(try await make(office, wish()).training_file == "file-1")
  }
}
