import Engine
import Foundation
import Journal
import Live
import Scenarios
import Testing
import Validation

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
    await settle(office, 1, .completed)
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
    await settle(office, pod, .failed)
  }

  /// Until its pod is known to be gone: what was asked for is carried out beside the answer.
  private func settle(_ office: Office, _ job: UInt32, _ phase: Phase) async {
    while await office.runner.view.fleet.jobs[Int(job) - 1].phase != phase { await Task.yield() }
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
    #expect(page.contains("while the suites were answered") && !page.contains("batch_size="))
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

  private func answered(_ office: Office, _ job: String) throws {
    let suite = try #require(try ShippedSuites.read("financial-knowledge"))
    try orders.leave(office, "answers/financial-knowledge.jsonl", orders.answers(suite, losing: []), job: job)
  }

  /// An examination has no model to hold back, and what it found stands where it is looked for.
  @Test func anExaminationsOwnPagesSpeakOfNoTraining() async throws {
    let office = try await office()
    _ = try await make(office, wish())
    let pod = PodName(store: "office", epoch: 1, request: 2)
    try await orders.report(office, of: pod, upTo: "training")
    let path = "training-jobs/job-2"
    let page = try await office.page(path)
    for part in ["Answering the suites...", "Nothing is trained: it is done", "usually as long as the suites take"] {
      #expect(page.contains(part), "\(part)")
    }
    for part in ["Training epoch", "Saving adapters", "Step 0 of 1", "all four stages"] {
      #expect(!page.contains(part), "\(part)")
    }
    #expect(try await office.page("\(path)/cancel").contains("permanently stop the examination"))
    let pause = try await office.page("\(path)/do/pause")
    #expect(pause.contains("It keeps what is answered,") && !pause.contains("saves a checkpoint"))

    try answered(office, "job-2")
    try await orders.report(office, of: pod)
    await settle(office, 2, .completed)
    await office.keeper.tend()
    let done = try await office.page(path)
    #expect(done.contains(#"<a href="/dashboard/training-jobs/job-1/validation">Validation of job-1</a>"#))
    for part in ["Save as Template", "Add to Knowledge Base", "report.pdf", "delivery needs a review"] {
      #expect(!done.contains(part), "\(part)")
    }
    let own = try await office.ask("GET", office.api("jobs/2/validation")).value(JobValidationDocument.self)
    #expect(own.suites.map(\.state) == [.scored] && own.gate == nil && own.may_be_delivered && own.documents.isEmpty)
    let template = Data("from=job-2&name=of+one+step".utf8)
    #expect(try await office.ask("POST", "/dashboard/templates", bytes: template).status == 409)
    #expect(try await !office.page("compare").contains(#"value="job-2""#))
  }

  /// What is broken off says nothing, and takes nothing away from what another said.
  @Test func whatFailsInTheMiddleLeavesWhatThereWas() async throws {
    let office = try await office()
    func suites() async throws -> [OrderedSuite] {
      try await office.ask("GET", office.api("jobs/1/validation")).value(JobValidationDocument.self).suites
    }
    // Cancelled in the middle, with answers that are put away: they are not taken in.
    _ = try await make(office, wish())
    #expect(try await suites().map(\.state) == [.ordered])
    try answered(office, "job-2")
    #expect(try await office.ask("POST", office.api("jobs/2/cancel")).status == 200)
    await settle(office, 2, .cancelled)
    await office.keeper.tend()
    #expect(try await suites().map(\.state) == [.unanswered])
    let answers = office.api("jobs/1/suites/financial-knowledge/answers")
    #expect(try await office.ask("GET", answers).status == 404)
    // Another answers, and the next fails: who answered is not who failed.
    _ = try await make(office, wish { $0.name = "second" })
    let second = PodName(store: "office", epoch: 1, request: 3)
    try answered(office, "job-3")
    try await orders.report(office, of: second)
    await settle(office, 3, .completed)
    await office.keeper.tend()
    _ = try await make(office, wish { $0.name = "third" })
    let open = try await suites().first
    #expect(open?.state == .ordered && open?.examination == "job-4")
    try await fail(office, 4, "worker_crash")
    let found = try await suites().first
    #expect(found?.state == .scored && found?.examination == "job-3")
    #expect(try await office.ask("GET", answers).status == 200)
  }

  /// Whoever may not make jobs makes no examination, and what the budget does not hold is blocked as any job is.
  @Test func rolesAndBudgetHoldForExaminations() async throws {
    let office = try await office(limit: 50)
    let vera = try await office.token("vera", .viewer)
    let fields = Data("examines=job-1&name=later&suite=financial-knowledge".utf8)
    for path in ["review", "estimate"] {
      let answer = try await office.ask("POST", "/dashboard/training-jobs/\(path)", token: vera, bytes: fields)
      #expect(answer.status == 403, "\(path)")
    }
    #expect(
      try await !office.ask("GET", "/dashboard/training-jobs/job-1/validation", token: vera).text.contains(
        "Examine with"))
    // The paper quote of 40 dollars fits once.
    _ = try await make(office, wish())
    let blocked = try await make(office, wish { $0.name = "beyond" })
    #expect(blocked.status == "blocked")
    let page = try await office.page("training-jobs/job-3")
    #expect(page.contains("Blocked by the") && page.contains("Examines"))
    // Adapters that are deleted meanwhile are examined by nobody who asks later.
    let adapters = try #require(try office.runner.catalogue.artifacts(of: JobIndex(0)).first { $0.kind == .adapters })
    try await office.keeper.delete(adapters)
    let late = try await office.ask("POST", office.api("jobs"), wish { $0.name = "late" })
    #expect(late.status == 409 && late.text.contains("are not kept"), "\(late.text)")
    #expect(try await !office.page("training-jobs/job-1/validation").contains("Examine with"))
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
