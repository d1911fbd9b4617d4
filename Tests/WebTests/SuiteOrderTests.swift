import DiscreteEvent
import Engine
import Foundation
import HTTPTypes
import Journal
import Live
import Scenarios
import Testing
import Validation

@testable import Web

/// Suites are uploaded, ordered with jobs, handed to pods, and what those answered is taken in.
@Suite struct SuiteOrderTests {
  private static let csv = """
    id,category,difficulty,prompt,A,B,C,D,answer,critical
    q-1,tax,easy,Which?,one,two,three,four,A,true
    q-2,tax,easy,Which?,one,two,three,four,B,
    """
  private static let pod = PodName(store: "office", epoch: 1, request: 1)

  /// An office with a training file in it, and the file's id.
  static func office(
    limit: Double? = nil, _ advise: (inout WebServer.Advice) -> Void = { _ in }
  ) async throws -> (Office, String) {
    let office = try Office(limit: limit, pods: .always, advise: advise)
    let json = """
      {"id": "file-1", "name": "data.json", "sha256": "00", "bytes": 1, "conversations": 60, "pairs": 240, "training_pairs": 192, \
      "tokens_per_pair": 900, "human_reviewed": 0, "scaffolding": {"personas": {}, "emotional_arcs": {}, "topics": {}}, \
      "warnings": [], "added_at": "", "added_by": "owner"}
      """
    let record = try JSONDecoder().decode(Catalogue.FileRecord.self, from: Data(json.utf8))
    try office.runner.catalogue.add(record, at: office.runner.time.reading.wall)
    return (office, "file-1")
  }

  static func job(_ suites: [String]?, file: String? = "file-1") -> NewJob {
    var job = Office.job("examined")
    (job.suites, job.training_file) = (suites, file)
    return job
  }

  func report(_ office: Office, of pod: PodName = pod, upTo last: String = "finalization") async throws {
    let stages = ["boot", "preprocessing", "model_loading", "training", "finalization"]
    for (number, stage) in stages.enumerated() {
      let report = #"{"sequence":\#(number + 1),"event":"stage_finished","stage":"\#(stage)"}"#
      #expect(try await office.say(pod, "", report).status == 200)
      if stage == last { break }
    }
  }

  func leave(_ office: Office, _ name: String, _ text: String, job: String = "job-1") throws {
    let path = office.folder.appendingPathComponent("store.objects/\(job)/\(name)")
    try FileManager.default.createDirectory(at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: path)
  }

  /// Answers to questions: the base knows all, the trained model all but those that are named.
  func answers(_ suite: Suite, losing lost: Set<String>) -> String {
    var lines = [#"{"format":"lora-train-answers","version":1,"suite":"\#(suite.name)","digest":"\#(suite.digest)"}"#]
    for item in suite.items {
      let (right, all) = (item.answer ?? "A", item.options.map(\.label))
      for model in ["base", "trained"] {
        let chosen = model == "trained" && lost.contains(item.id) ? (right == "A" ? "B" : "A") : right
        for turn in all.indices {
          let order = Array(all[turn...] + all[..<turn])
          let scores = all.map { "\"\($0)\":\($0 == chosen ? -0.1 : -3)" }.joined(separator: ",")
          lines.append(
            #"{"item":"\#(item.id)","model":"\#(model)","order":\#(order),"answer":"\#(chosen)","scores":{\#(scores)}}"#
          )
        }
      }
    }
    return lines.joined(separator: "\n")
  }

  @Test func whatWasOrderedIsAnsweredOnThePodAndTakenIn() async throws {
    let (office, _) = try await Self.office()
    let names = ["financial-knowledge", RatingTests.suite, "elena-morales-voice"]
    let quote = try await office.ask("POST", office.api("quotes"), Self.job(names)).value(QuoteDocument.self)
    // 100 questions in four orders, and 80 open prompts of 400 tokens, with both models: 64,800 passes of 0.15 s.
    let time = try #require(quote.suites)
    #expect(time.prompts == 180 && abs(time.duration_s - 9_720) < 1e-6 && time.limit_s == 29_160)
    #expect(abs(time.cost_usd - 6.723) < 1e-6 && abs(quote.reservation_usd - 46.723) < 1e-6)
    #expect(
      Wording.suites(time).hasPrefix("answers to 180 suite prompts: about ")
        && Wording.suites(time).hasSuffix(", $6.72"))
    let made = try await office.ask("POST", office.api("jobs"), Self.job(names))
    #expect(made.status == 201, "\(made.text)")
    #expect(try made.value(JobDocument.self).suites == names)
    // What is set aside holds them, and the pod is told when to stop.
    let view = await office.runner.view
    #expect(view.fleet[JobIndex(0)].spec.reservation == 46_723_000_000)
    #expect(view.descriptions[0].configuration.suitePasses == 64_800 && view.descriptions[0].suiteLimit == 29_160)
    let before = try await office.ask("GET", office.api("jobs/1/validation")).value(JobValidationDocument.self)
    #expect(before.suites.map(\.name) == names && before.suites.allSatisfy { $0.state == .ordered })

    // The pod asks for what it has to answer, and is given the very versions that were ordered.
    try await report(office, upTo: "training")
    // Another pod under its name, with its secret, is given nothing, and nothing that it says counts.
    for (path, body) in [
      ("/suites", #"{"action":"suites","pod":"another"}"#),
      ("/uploads", #"{"action":"list","name":"job-1/","pod":"another"}"#),
      ("/metrics", #"{"event":"log","number":1,"message":"here, too","pod":"another"}"#),
      ("", #"{"sequence":5,"event":"stage_finished","stage":"finalization","pod":"another"}"#),
    ] {
      let answer = try await office.say(Self.pod, path, body)
      #expect(answer.status == 200 && answer.text.contains(#""directive":"leave""#), "\(path) \(answer.text)")
    }
    #expect(try await office.ask("GET", office.api("jobs/1")).value(JobDocument.self).status == "finalizing")
    let given = try await office.say(Self.pod, "/suites", #"{"action":"suites"}"#)
    struct Given: Decodable {
      struct One: Decodable {
        var digest: String
        var suite: SuiteDocument
      }
      var suites: [One]
    }
    let suites = try given.value(Given.self).suites
    #expect(suites.map(\.suite.name) == names && suites.map(\.digest) == before.suites.map(\.digest))
    #expect(suites.map(\.suite.items.count) == [100, 50, 30])
    #expect(
      try await office.ask("POST", "/v1/reports/\(Self.pod)/suites", token: nil, bytes: Data("{}".utf8)).status == 401)

    // It answers, and is done: the time is part of its last stage.
    let knowledge = try #require(try ShippedSuites.read("financial-knowledge"))
    let lost = Set(knowledge.items.prefix(7).map(\.id))
    try leave(office, "answers/financial-knowledge.jsonl", answers(knowledge, losing: lost))
    try leave(office, "answers/\(RatingTests.suite).jsonl", RatingTests.answers().1.answers)
    try leave(office, "answers/elena-morales-voice.jsonl", RatingTests.answers("elena-morales-voice").1.answers)
    try leave(office, "evaluation.json", Self.evaluation(base: 2, trained: 1.5))
    try leave(office, "downloads/examined-metrics.csv", "step\n")
    #expect(try await office.ask("GET", office.api("jobs/1")).value(JobDocument.self).status != "completed")
    try await report(office)
    await office.keeper.tend()
    let found = try await office.ask("GET", office.api("jobs/1/validation")).value(JobValidationDocument.self)
    #expect(found.suites.map(\.state) == [.scored, .answered, .answered])
    let questions = try #require(found.documents.first { $0.part == .questions })
    #expect(questions.retention[0].base_correct == 100 && questions.retention[0].trained_correct == 93)
    #expect(questions.gate.verdict == .review && questions.job == "job-1")
    let perplexity = try #require(found.documents.first { $0.part == .perplexity }?.overall)
    #expect(abs(perplexity.improvement_percent - 100 * (1 - exp(-0.5))) < 0.1)
    // People are asked for the others.
    let rounds = try await office.ask("GET", office.api("jobs/1/ratings")).value(RatingList.self).rounds
    #expect(rounds.map(\.suite) == ["elena-morales-voice", RatingTests.suite] && rounds.map(\.pairs) == [30, 50])
    #expect(rounds.allSatisfy { $0.asked_by == "owner" })
    let page = try await office.ask("GET", "/dashboard/training-jobs/job-1/validation").text
    #expect(page.contains("answered, waits for scores") && page.contains(">scored</span>"))
    let log = try await office.ask("GET", office.api("audit?subject=job-1")).value(AuditLog.self).lines
    let own = log.filter { $0.person == "lora-train" && $0.role == "system" }
    #expect(own.count { $0.action == "validation.put" } == 2 && own.count { $0.action == "rating.ask" } == 2)
    // A judge that is asked elsewhere gets them, too: from an engineer, not from a rater.
    let path = office.api("jobs/1/ratings/\(RatingTests.suite)/answers")
    #expect(try await office.ask("GET", path).text == RatingTests.answers().1.answers)
    let vera = try await office.token("vera", .viewer)
    #expect(try await office.ask("GET", path, token: vera).status == 403)
    // All of them can be taken away, by those who score nothing blind.
    let taken = office.api("jobs/1/suites/financial-knowledge/answers")
    let list = try await office.ask("GET", taken).value(SuiteAnswerList.self)
    #expect(list.answers.count == 800 && list.digest == knowledge.digest && list.job == "job-1")
    let missed = list.answers.filter { $0.model == .trained && $0.answer != $0.expected }
    #expect(Set(missed.map(\.item)) == lost && missed.allSatisfy { $0.order?.count == 4 && !$0.prompt.isEmpty })
    let csv = try await office.ask("GET", taken + ".csv")
    #expect(csv.headers[.contentDisposition] == "attachment; filename=\"job-1-financial-knowledge-answers.csv\"")
    #expect(csv.text.hasPrefix("item,category,difficulty,prompt,expected,model,draw,order,answer\n"))
    #expect(csv.text.contains(",trained,0,A B C D,"))
    let free = try await office.ask("GET", office.api("jobs/1/suites/\(RatingTests.suite)/answers"))
    #expect(try free.value(SuiteAnswerList.self).answers.allSatisfy { $0.expected == nil && $0.order == nil })
    #expect(try await office.ask("GET", taken, token: vera).status == 403)
    #expect(try await office.ask("GET", office.api("jobs/1/suites/other/answers")).status == 404)
    #expect(page.contains("href=\"/api/v1/jobs/job-1/suites/financial-knowledge/answers.csv\""))
    // Told twice, it is the same.
    let files = ["answers/\(RatingTests.suite).jsonl": Data(try RatingTests.answers().1.answers.utf8)]
    try await SuiteAnswers(office.runner).take(JobIndex(0), files)
    #expect(
      try await office.ask("GET", office.api("audit?subject=job-1")).value(AuditLog.self).lines.count == log.count)
  }

  /// The pod of a completed job is gone: another answers with its adapters, and what it says is that job's.
  @Test func aCompletedJobIsExaminedByAnother() async throws {
    let (office, _) = try await Self.office { advice in
      let quote = advice.quote
      advice.quote = { asked in
        var answer = try await quote(asked)
        // What the simulator says of an examination is none of a training's.
        if asked.isExamination { answer.reservation_usd -= 39 }
        return answer
      }
    }
    func wish(_ suites: [String]?, of job: String = "job-1", name: String = "later") -> NewJob {
      var wish = Office.job(name)
      (wish.suites, wish.examines) = (suites, job)
      return wish
    }
    func ask(_ job: NewJob, token: String = Office.ownToken) async throws -> Office.Answer {
      try await office.ask("POST", office.api("jobs"), job, token: token)
    }
    #expect(try await ask(Self.job(nil)).status == 201)
    #expect(try await ask(wish(["financial-knowledge"], of: "job-7")).status == 404)
    let early = try await ask(wish(["financial-knowledge"]))
    #expect(early.status == 409 && early.text.contains("only what has completed can be examined"), "\(early.text)")
    try leave(office, "downloads/examined-metrics.csv", "step\n")
    try await report(office)
    let bare = try await ask(wish(["financial-knowledge"]))
    #expect(bare.status == 409 && bare.text.contains("are not kept"), "\(bare.text)")
    try leave(office, "downloads/examined-adapters-1.zip", "zip")
    await office.keeper.tend()
    #expect(try await ask(wish(nil)).status == 422)
    let vera = try await office.token("vera", .viewer)
    #expect(try await ask(wish(["financial-knowledge"]), token: vera).status == 403)
    var draft = wish(["financial-knowledge"])
    draft.draft = true
    #expect(try await ask(draft).status == 400)

    // What it costs is said, and what it is asked to do follows from the job that it examines.
    let page = try await office.ask("GET", "/dashboard/training-jobs/job-1/validation").text
    #expect(page.contains("Examine with a suite") && page.contains(#"name="examines" value="job-1""#))
    let fields =
      "examines=job-1&name=by+form&training_file=file-1&preset=balanced&pricing=spot&suite=financial-knowledge"
    let review = try await office.ask("POST", "/dashboard/training-jobs/review", bytes: Data(fields.utf8)).text
    #expect(review.contains("<dt>Examines</dt><dd>job-1</dd>") && review.contains("Start Examination"))
    #expect(!review.contains("Save as draft"))
    let made = try await ask(wish(["financial-knowledge", RatingTests.suite]))
    #expect(made.status == 201, "\(made.text)")
    let job = try made.value(JobDocument.self)
    #expect(job.id == "job-2" && job.examines == "job-1" && job.steps == 1 && job.training_file == "file-1")
    let text = await office.runner.view.descriptions[1]
    #expect(text.examines == "job-1" && text.configuration.suitePasses == 800 + 40_000 && text.suiteLimit != nil)
    #expect(text.configuration.statedSteps == 1 && text.simulated.isExamination)
    let reserved = await office.runner.view.fleet[JobIndex(1)].spec.reservation
    // 40,800 passes of 0.15 s at $2.49 an hour, and what is left of the paper's quote.
    #expect(abs(Double(reserved) / 1e9 - 5.233) < 1e-6)
    let status = office.api("jobs/1/validation")
    let before = try await office.ask("GET", status).value(JobValidationDocument.self)
    #expect(before.suites.map(\.state) == [.ordered, .ordered] && before.suites[0].examination == "job-2")
    // Nothing that was not ordered with the job holds its delivery back.
    #expect(before.may_be_delivered)

    // Its pod reads what it examines, and writes nothing there.
    let pod = PodName(store: "office", epoch: 1, request: 2)
    try await report(office, of: pod, upTo: "training")
    let theirs = try await office.say(pod, "/uploads", #"{"action":"list","name":"job-1/"}"#)
    #expect(theirs.status == 200 && theirs.text.contains("job-1/downloads/examined-adapters-1.zip"), "\(theirs.text)")
    let wrong = #"{"action":"begin","name":"job-1/answers/x.jsonl","bytes":1,"sha256":"00"}"#
    #expect(try await office.say(pod, "/uploads", wrong).status == 403)
    let knowledge = try #require(try ShippedSuites.read("financial-knowledge"))
    let lost = Set(knowledge.items.prefix(20).map(\.id))
    try leave(office, "answers/financial-knowledge.jsonl", answers(knowledge, losing: lost), job: "job-2")
    try leave(office, "answers/\(RatingTests.suite).jsonl", RatingTests.answers().1.answers, job: "job-2")
    try await report(office, of: pod)
    await office.keeper.tend()
    let found = try await office.ask("GET", status).value(JobValidationDocument.self)
    #expect(found.suites.map(\.state) == [.scored, .answered] && found.documents.map(\.job) == ["job-1"])
    // A delivered job that a later suite blocks.
    #expect(found.gate?.verdict == .block && !found.may_be_delivered)
    #expect(try await office.ask("GET", office.api("jobs/1/artifacts/adapters")).status == 409)
    let list = try await office.ask("GET", office.api("jobs/1/suites/financial-knowledge/answers"))
    #expect(try list.value(SuiteAnswerList.self).job == "job-1")
    #expect(try await office.ask("GET", office.api("jobs/1/ratings")).value(RatingList.self).rounds.count == 1)
    #expect(
      try await office.ask("GET", office.api("jobs/2/validation")).value(JobValidationDocument.self).documents.isEmpty)
    // An examination is no job to learn from, and cannot be examined.
    let statistics = try await office.ask("GET", office.api("statistics")).value(StatisticsDocument.self)
    #expect(statistics.figures.jobs == 1)
    #expect(try await ask(wish(["financial-knowledge"], of: "job-2")).status == 409)

    // What was found since is not taken back by looking at the examination again.
    let files = ["answers/financial-knowledge.jsonl": Data(answers(knowledge, losing: []).utf8)]
    try await SuiteAnswers(office.runner).take(JobIndex(1), files)
    #expect(try await office.ask("GET", status).value(JobValidationDocument.self).gate?.verdict == .block)
  }

  static func evaluation(base: Double, trained: Double) -> String {
    let rows = (0..<30).map { i in
      let persona = ["anxious", "bold"][i % 2]
      return
        #"{"id":"c-\#(i)","persona":"\#(persona)","emotional_arc":"calm","topic":"tax","base_loss":\#(base * 10),"trained_loss":\#(trained * 10 + Double(i % 3) * 0.01),"tokens":10}"#
    }
    return #"{"conversations":[\#(rows.joined(separator: ","))]}"#
  }

  @Test func whatCannotBeReadIsSaidAndHoldsNothingUp() async throws {
    let (office, _) = try await Self.office()
    let made = try await office.ask("POST", office.api("jobs"), Self.job(["financial-knowledge", RatingTests.suite]))
    #expect(made.status == 201)
    try leave(office, "answers/financial-knowledge.jsonl", #"{"format":"other"}"#)
    try leave(office, "downloads/examined-metrics.csv", "step\n")
    try await report(office)
    await office.keeper.tend()
    let found = try await office.ask("GET", office.api("jobs/1/validation")).value(JobValidationDocument.self)
    #expect(
      found.suites.map(\.state) == [.unanswered, .unanswered] && found.gate?.verdict == .review
        && !found.may_be_delivered)
    // Said as it is, and not as if there were none.
    let torn = try await office.ask("GET", office.api("jobs/1/suites/financial-knowledge/answers"))
    #expect(torn.status == 409 && torn.text.contains("the answers to financial-knowledge:1"))
    #expect(try await office.ask("GET", office.api("jobs/1/suites/\(RatingTests.suite)/answers")).status == 404)
    let log = try await office.ask("GET", office.api("jobs/1/events")).text
    #expect(log.contains("financial-knowledge") && log.contains("the pod left no answers"))
    #expect(try await office.ask("GET", office.api("jobs/1/artifacts")).value(ArtifactList.self).artifacts.count == 1)
  }

  @Test func onlyWhatCanBeAnsweredIsOrdered() async throws {
    let (office, _) = try await Self.office()
    func ask(_ job: NewJob) async throws -> Office.Answer { try await office.ask("POST", office.api("jobs"), job) }
    let unknown = try await ask(Self.job(["finacial-knowledge"]))
    #expect(unknown.status == 404 && unknown.text.contains("did you mean financial-knowledge?"), "\(unknown.text)")
    #expect(try await ask(Self.job(["financial-knowledge"], file: nil)).status == 422)
    #expect(try await ask(Self.job(["financial-knowledge", "financial-knowledge"])).status == 422)
    #expect(try await ask(Self.job(Array(repeating: "x", count: 11))).status == 400)
    #expect(try await office.ask("POST", office.api("quotes"), Self.job(["nowhere"])).status == 404)
    #expect(try await ask(Self.job(nil)).value(JobDocument.self).suites == nil, "none unless they are named")
    // A pod whose job answers nothing is given nothing.
    let given = try await office.say(Self.pod, "/suites", "{}")
    #expect(given.status == 200 && given.text.contains(#""suites":[]"#))
    // The form has them, and a clone takes them over.
    #expect(try await ask(Self.job([RatingTests.suite])).status == 201)
    let form = try await office.ask("GET", "/dashboard/training-jobs/new?from=job-2").text
    #expect(form.contains("Answers to 50 suite prompts: about ") && form.contains(", $4.15, in both figures"))
    // What a program says of the passes is not believed.
    var lies = Self.job(nil)
    lies.configuration.suitePasses = 9_000_000
    #expect(try await ask(lies).status == 201)
    #expect(await office.runner.view.descriptions.last?.configuration.suitePasses == nil)
    #expect(form.contains(#"name="suite" value="\#(RatingTests.suite)" checked"#))
    #expect(form.contains(#"name="suite" value="financial-knowledge">"#) && !form.contains("example-client"))
    let fields = "training_file=file-1&preset=balanced&pricing=spot&name=by+form&suite=financial-knowledge"
    let review = try await office.ask("POST", "/dashboard/training-jobs/review", bytes: Data(fields.utf8)).text
    #expect(
      review.contains("<dt>Validation</dt><dd>financial-knowledge</dd>")
        && review.contains("Answers to 100 suite prompts"))
  }

  @Test func aClientsSuiteIsCheckedAndVersioned() async throws {
    let (office, _) = try await Self.office()
    let path = office.api("suites")
    func put(_ text: String, _ file: String = "our questions.csv", token: String = Office.ownToken) async throws
      -> Office.Answer
    {
      try await office.ask("POST", path, NewSuite(file: file, text: text), token: token)
    }
    let wrong = try await put(Self.csv.replacing("four,B,", with: "four,E,"))
    #expect(wrong.status == 422 && wrong.text.contains("our questions.csv:3"), "\(wrong.text)")
    let first = try await put(Self.csv)
    #expect(first.status == 201, "\(first.text)")
    let kept = try first.value(SuiteSummary.self)
    #expect(kept.name == "our-questions" && kept.version == 1 && kept.items == 2 && kept.by == "owner")
    #expect(try await put(Self.csv).value(SuiteSummary.self).version == 1, "the same text is the same version")
    _ = try await office.ask("POST", office.api("jobs"), Self.job(["our-questions"]))
    let second = try await put(Self.csv.replacing("Which?", with: "Which one?")).value(SuiteSummary.self)
    #expect(second.version == 2 && second.is_newest && second.digest != kept.digest)
    let own = try await office.ask("GET", path).value(SuiteList.self).suites.filter { $0.version != nil }
    #expect(own.map(\.version) == [2, 1] && own.map(\.is_newest) == [true, false])
    // The job keeps the version that it was made with, and its pod is given that one.
    let given = try await office.say(Self.pod, "/suites", "{}").text
    #expect(given.contains(kept.digest) && given.contains("\"Which?\"") && !given.contains("Which one?"))
    let old = try await office.ask("GET", "\(path)/our-questions?digest=\(kept.digest)").value(SuiteVersion.self)
    #expect(old.content.items[0].prompt == "Which?" && !old.suite.is_newest && old.content.items[0].critical == true)
    let newest = try await office.ask("GET", "\(path)/our-questions").value(SuiteVersion.self)
    #expect(newest.suite.version == 2)
    #expect(try await office.ask("GET", "\(path)/our-questions?digest=0").status == 404)
    #expect(
      try await office.ask("GET", "\(path)/emotional-intelligence").value(SuiteVersion.self).content.items.count == 50)
    // Nobody passes theirs off as a shipped one, and viewers keep nothing.
    #expect(try await put(Self.csv, "financial-knowledge.csv").status == 409)
    #expect(try await put(Self.csv, "perplexity.csv").status == 409)
    #expect(try await put(Self.csv, ".hidden.csv").status == 409)
    let vera = try await office.token("vera", .viewer)
    #expect(try await put(Self.csv, token: vera).status == 403)
    let log = try await office.ask("GET", office.api("audit?action=suite")).value(AuditLog.self).lines
    #expect(Set(log.map(\.action)) == ["suite.add", "suite.change"] && log.count == 2)
  }

  @Test func theUploadPageSaysWhatIsWrongWithItsLine() async throws {
    let (office, _) = try await Self.office()
    func send(_ text: String) async throws -> Office.Answer {
      let body =
        "--b\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\nx\r\n--b\r\n"
        + "Content-Disposition: form-data; name=\"file\"; filename=\"client.csv\"\r\n\r\n\(text)\r\n--b--\r\n"
      return try await office.ask(
        "POST", "/dashboard/suites", bytes: Data(body.utf8),
        headers: ["Content-Type": "multipart/form-data; boundary=b"])
    }
    let wrong = try await send(Self.csv.replacing("q-2,tax", with: "q-1,tax"))
    #expect(wrong.status == 422 && wrong.text.contains("client.csv:3") && wrong.text.contains("was not kept"))
    let kept = try await send(Self.csv)
    #expect(kept.status == 303 && kept.headers[.location] == "/dashboard/suites?notice=added", "\(kept.text)")
    let page = try await office.ask("GET", "/dashboard/suites").text
    #expect(page.contains("Your own") && page.contains("client") && page.contains("2 questions"))
    #expect(page.contains("10 characteristics") && page.contains("100 questions"))
    let vera = try await office.token("vera", .viewer)
    let seen = try await office.ask("GET", "/dashboard/suites", token: vera).text
    #expect(seen.contains("Shipped with") && !seen.contains("Upload a suite"))
  }

  @Test func aWithdrawnSuiteIsChosenByNobodyAndStaysWithItsJobs() async throws {
    let (office, _) = try await Self.office()
    let path = office.api("suites")
    let (ada, eve) = (try await office.token("ada", .engineer), try await office.token("eve", .engineer))
    func put(_ text: String) async throws -> SuiteSummary {
      try await office.ask("POST", path, NewSuite(file: "ours.csv", text: text), token: ada).value()
    }
    let first = try await put(Self.csv)
    let second = try await put(Self.csv.replacing("Which?", with: "Which one?"))
    #expect(try await office.ask("POST", office.api("jobs"), Self.job(["ours"])).status == 201)
    #expect(try await office.page("training-jobs/new").contains("value=\"ours\""))
    // Its uploader may, or a manager; nobody what is shipped.
    #expect(try await office.ask("DELETE", "\(path)/ours", token: eve).status == 403)
    #expect(try await office.ask("DELETE", "\(path)/financial-knowledge").status == 403)
    #expect(try await office.ask("DELETE", "\(path)/nobodys").status == 404)
    #expect(try await office.ask("GET", "/dashboard/suites", token: ada).text.contains("Withdraw<span"))
    #expect(!(try await office.ask("GET", "/dashboard/suites", token: eve).text.contains("Withdraw<span")))
    let sent = try await office.ask("POST", "/dashboard/suites/withdraw", token: ada, bytes: Data("name=ours".utf8))
    #expect(sent.status == 303)
    #expect(!(try await office.ask("GET", path).value(SuiteList.self).suites.contains { $0.name == "ours" }))
    #expect(!(try await office.page("training-jobs/new").contains("value=\"ours\"")))
    #expect(try await office.ask("POST", office.api("jobs"), Self.job(["ours"])).status == 404)
    #expect(try await office.ask("DELETE", "\(path)/ours", token: ada).status == 404, "once is enough")
    // The job's pod is given what it was made with, and the version can be read.
    let given = try await office.say(Self.pod, "/suites", "{}").text
    #expect(given.contains(second.digest) && given.contains("Which one?"))
    #expect(
      try await office.ask("GET", "\(path)/ours?digest=\(second.digest)").value(SuiteVersion.self).content.items.count
        == 2)
    // The first text again: that version is there again, the second is not.
    #expect(try await put(Self.csv).version == 1)
    let own = try await office.ask("GET", path).value(SuiteList.self).suites.filter { $0.name == "ours" }
    #expect(own.map(\.digest) == [first.digest] && own.map(\.is_newest) == [true])
    let log = try await office.ask("GET", office.api("audit?action=suite")).value(AuditLog.self).lines
    #expect(log.map(\.action) == ["suite.add", "suite.withdraw", "suite.change", "suite.add"])
    #expect(log[1].person == "ada" && log[1].subject == "ours")
  }
}
