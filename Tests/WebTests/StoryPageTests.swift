import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Live
import Testing

@testable import Web

/// What the stories want to read on the pages of a new job and of one that runs, fails or waits.
@Suite struct StoryPageTests {
  private static let pod = PodName(store: "office", epoch: 1, request: 1)

  private func report(_ office: Office, _ sequence: Int, _ event: String, of pod: PodName = Self.pod) async throws {
    #expect(try await office.say(pod, "", #"{"sequence":\#(sequence),\#(event)}"#).status == 200)
  }

  private func finish(_ office: Office, _ sequence: Int, _ stage: String, of pod: PodName = Self.pod) async throws {
    try await report(office, sequence, #""event":"stage_finished","stage":"\#(stage)""#, of: pod)
  }

  /// A training file of 60 conversations, pretty-printed, one pair each.
  static func file(target: (Int) -> String = { _ in #""target_response": "welcome""# }) -> String {
    let conversations = (1...60).map { i in
      """
        {
          "conversation_metadata": {
            "conversation_id": "conv_\(i)",
            "scaffolding": {"persona_archetype": "Anxious Investor", "emotional_arc_key": "triumph", "training_topic_key": "roth_ira"}
          },
          "training_pairs": [
            {
              "id": "pair_\(i)", "turn_number": 1, "system_prompt": "s", "conversation_history": [],
              "current_user_input": "hello", "training_metadata": {"quality_score": \(0.5 + Double(i) / 200)},
              \(target(i))
            }
          ]
        }
      """
    }
    return "{\"training_file_metadata\": {},\n\"conversations\": [\n\(conversations.joined(separator: ",\n"))\n]}\n"
  }

  @Test func cardsHaveIconsAndSayHowSpotWentForUs() async throws {
    let office = try Office(limit: nil, pods: .always)
    let before = try await office.page("training-jobs/new")
    #expect(before.components(separatedBy: "class=\"choice-icon\"").count - 1 == 5)
    #expect(before.contains("Success rate: no spot job of ours is over yet"))
    #expect(before.contains("Resume time: none of our jobs was interrupted yet"))
    try await office.complete(1, Office.job("on spot"))
    let after = try await office.page("training-jobs/new")
    #expect(after.contains("100% of our spot jobs complete successfully (1 of 1; goal: 95%)"))
    let analytics = try await office.ask("GET", office.api("analytics")).value(AnalyticsDocument.self)
    #expect(analytics.spot_success_rate == 1)
    #expect(
      NewJobCards.resumption(
        .init(recovered: 4, failed: 1, success_rate: 0.8, median_downtime_s: 840, within_10_minutes: 1))
        == "Resume time: 14 min in the middle case of 4 recoveries of ours, of which 1 within 10 min; 80% of recoveries succeed"
    )
  }

  @Test func theEstimateIsBrokenDownAndSaysHowGoodOthersWere() async throws {
    let office = try Office(limit: nil)
    var page = try await office.page("training-jobs/new")
    #expect(page.contains("<dt>GPU cost</dt><dd>$28.50</dd>"))
    #expect(page.contains("<dt>Estimated spot interruptions</dt><dd>+$3.25</dd>"))
    #expect(page.contains("<dt>Total estimate, the mean</dt><dd>$31.75</dd>"))
    // Computed once, off the path of any request.
    while !page.contains("Past estimates") { page = try await office.page("training-jobs/new") }
    #expect(
      page.contains(
        "Past estimates within ±4% for balanced preset in half of 8 jobs; the 8-in-10 range held 7 of them."))
    #expect(office.past.count == 1)
  }

  @Test func dearOnDemandTakesAYesOfItsOwn() async throws {
    let office = try Office(limit: nil)
    func send(_ path: String, _ text: String) async throws -> Office.Answer {
      try await office.ask("POST", "/dashboard/training-jobs\(path)", bytes: Data(text.utf8))
    }
    let fields = "preset=balanced&pairs=60000&tokens_per_pair=1000&name=a+dear+one"
    let checks = "&reviewed=yes&understood=yes&approved=yes"
    let review = try await send("/review", fields + "&pricing=on_demand").text
    #expect(review.contains("On-demand for an estimated $300.00, more than $150.00: are you sure?"))
    #expect(review.contains("H100 PCIe 80GB, on-demand, $7.99/hr"))
    #expect(review.contains("<dt>Risk of an interruption</dt><dd>18 %"))
    #expect(try await send("", fields + checks + "&pricing=on_demand").status == 400)
    #expect(!(try await send("/review", fields + "&pricing=spot").text.contains("are you sure?")))
    #expect(try await send("", fields + checks + "&pricing=on_demand&expensive=yes").status == 303)
    #expect(try await send("", fields + checks + "&pricing=spot").status == 303)
  }

  @Test func anotherFileIsShownOnceItIsChosen() async throws {
    let office = try Office(limit: nil)
    let sent = try await office.ask("POST", office.api("files?name=good.json"), bytes: Data(Self.file().utf8))
    let file = try sent.value(Catalogue.FileRecord.self)
    #expect(file.quality?.scored == 60 && file.quality?.least == 0.505 && file.quality?.greatest == 0.8)
    // What the script asks for, and what the button does without one.
    let asked = "training_file=\(file.id)&preset=balanced&pricing=spot"
    let page = try await office.ask("POST", "/dashboard/training-jobs/estimate", bytes: Data(asked.utf8)).text
    let part = try #require(page.split(separator: "<div id=\"file\"").last?.prefix(900))
    #expect(
      part.contains("from 0.51 to 0.80, of 60 scored pairs") || part.contains("from 0.50 to 0.80, of 60 scored pairs"))
    #expect(part.contains("personas: Anxious Investor 60") && part.contains("0 conversations"))
    #expect(try await office.page("files").contains("of 60 scored pairs"))
  }

  @Test func stagesSayWhatTheStoriesSay() async throws {
    let office = try Office(limit: nil, pods: .always)
    let sent = try await office.ask("POST", office.api("files?name=good.json"), bytes: Data(Self.file().utf8))
    var job = Office.job("with a file")
    job.training_file = try sent.value(Catalogue.FileRecord.self).id
    let made = try await office.ask("POST", office.api("jobs"), job).value(JobDocument.self)
    try await finish(office, 1, "boot")
    #expect(try await office.page("training-jobs/job-1").contains("Tokenizing 60 conversations..."))
    try await finish(office, 2, "preprocessing")
    var page = try await office.page("training-jobs/job-1")
    #expect(page.contains("took ") && page.contains("usually 10-15 min") && page.contains("Over all four stages: 2%"))
    try await finish(office, 3, "model_loading")
    // A step behind the first epoch of three.
    let step = made.steps / 3 + 1
    let rows =
      #"{"event":"metrics","rows":[{"step":\#(step),"epoch":1.02,"training_loss":0.521,"learning_rate":0.0002,"gpu_utilization":89}]}"#
    #expect(try await office.say(Self.pod, "/metrics", rows).status == 200)
    page = try await office.page("training-jobs/job-1")
    #expect(page.contains("Training epoch 2/3 - Step \(step)/\(made.steps)..."))
    #expect(page.contains("Over all four stages: \(10 + Int(85 * Double(step) / Double(made.steps)))%"))
    // On the page and in its exports; the API has the measured rows themselves, under `metrics`.
    let file = try await office.ask("GET", "/dashboard/training-jobs/job-1/events.json").value(EventList.self).events
    #expect(file.contains { $0.details == "Step \(step): loss=0.521, lr=0.0002, epoch=1.02, gpu_util=89%" })
    #expect(try await office.page("training-jobs/job-1/events?type=metrics").contains("loss=0.521"))
  }

  @Test func aPausedJobGoesOnWithOtherPodsAndItsPauseIsKeptApart() async throws {
    let office = try Office(limit: 100, pods: .always)
    #expect(try await office.ask("POST", office.api("jobs"), Office.job("to be paused")).status == 201)
    for (i, stage) in ["boot", "preprocessing", "model_loading"].enumerated() { try await finish(office, i + 1, stage) }
    #expect(try await office.ask("POST", office.api("jobs/1/pause")).status == 200)
    try await report(office, 4, #""event":"stopped""#)
    while await office.runner.view.fleet.jobs[0].phase != .paused { await Task.yield() }
    let page = try await office.page("training-jobs/job-1")
    #expect(page.contains("Resume Job (spot)") && page.contains("/do/resume-on-demand\""))
    #expect(page.contains("Paused, beside that"))
    // The list keeps it apart, too: what it took is not what it lay.
    let row = try #require(try await office.ask("GET", office.api("jobs")).value(JobList.self).jobs.first)
    #expect(try #require(row.paused_s) > 0 && #require(row.paused_s) <= #require(row.duration_s))
    #expect(try #require(row.active_s) == #require(row.duration_s) - #require(row.paused_s))
    #expect(try await office.page("training-jobs").contains(" paused</span></td>"))
    #expect(try await office.page("training-jobs/job-1/do/resume-on-demand").contains("costs more by the hour"))
    // Another job takes what is left of the budget: what on-demand would cost does not fit any more.
    _ = try await office.ask("PUT", office.api("budget"), NewLimit(limit_usd: 39, justification: "a test"))
    let refused = try await office.ask("POST", office.api("jobs/1/resume-on-demand"))
    #expect(refused.status == 409 && refused.text.contains("exceeds remaining monthly budget"))
    _ = try await office.ask("PUT", office.api("budget"), NewLimit(limit_usd: 100, justification: "a test"))
    let sent = try await office.ask("POST", "/dashboard/training-jobs/job-1/do/resume-on-demand", bytes: Data())
    #expect(sent.status == 303)
    let job = try await office.ask("GET", office.api("jobs/1")).value(JobDocument.self)
    #expect(job.pricing == "on_demand" && job.status != "paused" && (job.paused_s ?? 0) > 0)
    #expect(job.reserved_usd >= 40)
    let line = try await office.ask("GET", office.api("audit?subject=job-1")).value(AuditLog.self).lines.first
    #expect(line?.action == "job.resume-on-demand")
    #expect(try await office.ask("POST", office.api("jobs/1/resume-on-demand")).status == 409, "it is not paused")
  }

  @Test func anOutOfMemoryErrorSaysHowMuchAndWhatMayHelp() async throws {
    let office = try Office(limit: nil, pods: .always)
    #expect(try await office.ask("POST", office.api("jobs"), Office.job("too large")).status == 201)
    try await report(office, 1, #""event":"failed","failure":"out_of_memory""#)
    while await office.runner.view.fleet.jobs[0].phase != .failed { await Task.yield() }
    let page = try await office.page("training-jobs/job-1")
    #expect(
      page.contains("Likely cause: batch_size=2 with r=16 and sequences of up to 4,096 tokens requires ~92GB VRAM"))
    #expect(page.contains("a smaller batch (recommended)") && page.contains("not tried yet"))
    #expect(page.contains("href=\"/dashboard/training-jobs/job-1/retry?fix=smaller\""))
    // A model that had held it for small enough says so.
    #expect(
      MemoryDocument(peak_gb: 70, low_gb: 66, high_gb: 75, capacity_gb: 80).sentence.contains(
        "was expected to take ~70GB"))
  }

  @Test func suggestionsLearnFromHowTheyWent() {
    func fix(_ kind: String, _ tried: Int, _ worked: Int) -> FixDocument {
      var fix = FixDocument(kind: kind, text: kind, configuration: .init(preset: .balanced, pricing: .spot))
      (fix.tried, fix.worked) = (tried, worked)
      return fix
    }
    // Too few tries say nothing; many say it beyond doubt.
    #expect(FixList.learnt([fix("a", 4, 0), fix("b", 4, 4)]).map(\.kind) == ["a", "b"])
    #expect(FixList.learnt([fix("a", 12, 1), fix("b", 12, 11), fix("c", 0, 0)]).map(\.kind) == ["b", "a", "c"])
    #expect(fix("a", 12, 9).record == "9 of 12 such retries completed (75%)")
  }

  @Test func aMalformedPairIsShownWithItsConversation() async throws {
    let links = WebServer.Links(editorTemplate: "https://app.example/conversations/{conversation_id}?from=lora")
    let office = try Office(limit: nil, pods: .always, links: links)
    let text = Self.file { $0 == 47 ? #""target": "<wrong>""# : #""target_response": "welcome""# }
    let body =
      "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"bad.json\"\r\nContent-Type: application/json\r\n\r\n"
      + text + "\r\n--xyz--\r\n"
    let refused = try await office.ask(
      "POST", "/dashboard/files", bytes: Data(body.utf8), headers: ["Content-Type": "multipart/form-data; boundary=xyz"]
    )
    #expect(refused.status == 422)
    let expected = [
      "Conversation #47 (ID: conv_47), pair #1 (ID: pair_47): field &#39;target_response&#39; is missing",
      "<dt>Persona</dt><dd>Anxious Investor</dd>", "<dt>Emotional arc</dt><dd>triumph</dd>",
      "<dt>Training topic</dt><dd>roth_ira</dd>", "<mark>{", "&quot;target&quot;",
      "href=\"https://app.example/conversations/conv_47?from=lora\">Open Conversation Editor",
    ]
    for part in expected { #expect(refused.text.contains(part), "\(part)") }
    // The same of a file that was kept, and that a worker could not read: its own reader may know more than ours.
    let sent = try await office.ask("POST", office.api("files?name=good.json"), bytes: Data(Self.file().utf8))
    var job = Office.job("with a file")
    job.training_file = try sent.value(Catalogue.FileRecord.self).id
    #expect(try await office.ask("POST", office.api("jobs"), job).status == 201)
    let said =
      "DatasetFormatError: /data/good.json:10:7: Conversation #1 (ID: conv_1), pair #1: field 'turn_number' is odd"
    // Only a pod that works for somebody is listened to.
    while await !office.runner.view.fleet.jobs[0].lease.isOpen { await Task.yield() }
    let message =
      #"{"event":"log","level":"error","number":1,"at":1795787374.5,"code":"dataset_format","message":"\#(said)"}"#
    #expect(try await office.say(Self.pod, "/metrics", message).status == 200)
    try await report(office, 1, #""event":"failed","failure":"dataset_format""#)
    while await office.runner.view.fleet.jobs[0].phase != .failed { await Task.yield() }
    let page = try await office.page("training-jobs/job-1")
    for part in ["field &#39;turn_number&#39; is odd", "Anxious Investor", "<mark>", "/conversations/conv_1?from=lora"]
    {
      #expect(page.contains(part), "\(part)")
    }
  }

  @Test func theQueueListsWhoWaitsForAGPUAndSaysWhenItIsFull() async throws {
    let office = try Office(limit: nil, { ($0.maxConcurrent, $0.maxQueued) = (1, 1) })
    for name in ["has a slot", "waits", "comes too late"] {
      #expect(try await office.ask("POST", office.api("jobs"), Office.job(name)).status == 201)
    }
    let queue = try await office.page("training-jobs/queue")
    let waiting = try #require(
      queue.split(separator: "Waiting for a GPU</h2>").last?.split(separator: "Waiting for a slot").first)
    #expect(waiting.contains("has a slot") && waiting.contains("Waiting for GPU") && !waiting.contains(">waits<"))
    let words = "Queue full (1/1 active jobs, 1 of 1 waiting). Wait for completion or cancel an active job."
    #expect(try await office.page("training-jobs/job-3").contains(words))
    #expect(try await office.ask("GET", office.api("jobs/3")).value(JobDocument.self).refusal_text == words)
  }

  @Test func podsAndRetriesAreCounted() async throws {
    let hour = 3_600.0
    let figures = PodFigures(
      [
        .init(hour: 14, pricing: "spot", attempts: 20, failed: 19),
        .init(hour: 14, pricing: "on_demand", attempts: 1, failed: 0),
        .init(hour: 3, pricing: "spot", attempts: 40, failed: 1),
      ],
      [300.0, hour, 900].map { .init(downtime: .seconds(Int64($0)), hasFailed: false) } + [
        .init(downtime: nil, hasFailed: true), .init(downtime: nil, hasFailed: false),
      ])
    #expect(figures.provisioning[14].attempts == 21 && figures.provisioning[14].failed == 19)
    #expect(
      figures.recoveries.recovered == 3 && figures.recoveries.failed == 1 && figures.recoveries.success_rate == 0.75)
    #expect(figures.recoveries.median_downtime_s == 900 && figures.recoveries.within_10_minutes == 1)
    let (rows, text) = AnalyticsPage.attempts(figures.provisioning)
    #expect(rows.map(\.hour) == ["03:00", "14:00"] && text.contains("20 of 61 attempts"))
    #expect(text.contains("Most often in the hour from 14:00 UTC: 19 of 21."))
    // From a store's own rows: nobody had a pod, and a job was tried again.
    let office = try Office(limit: nil)
    #expect(try await office.ask("POST", office.api("jobs"), Office.job("in vain")).status == 201)
    let empty = try await office.ask("GET", office.api("analytics")).value(AnalyticsDocument.self)
    #expect(empty.provisioning.reduce(0) { $0 + $1.failed } == 1 && empty.recoveries.success_rate == nil)
    #expect(empty.retries.success_rate == nil)
    let lucky = try Office(limit: nil, pods: .always)
    try await lucky.complete(1, Office.job("first"))
    var again = Office.job("again")
    again.retry_of = "job-1"
    try await lucky.complete(2, again)
    let counted = try await lucky.ask("GET", lucky.api("analytics")).value(AnalyticsDocument.self)
    #expect(counted.retries.jobs == 1 && counted.retries.success_rate == 1)
    #expect(try await lucky.page("analytics").contains("100% (1 of 1)"))
  }

  @Test func theBudgetIsPartedAndItsGateIsOpened() async throws {
    let office = try Office(limit: 100)
    let engineer = try await office.token("emil", .engineer)
    func send(_ path: String, _ text: String, token: String = Office.ownToken) async throws -> Int {
      try await office.ask("POST", "/dashboard/training-budget\(path)", token: token, bytes: Data(text.utf8)).status
    }
    let part = "name=Priority+A&limit=50&tags=priority-a,+vip&clients=Acme&justification=as+agreed"
    #expect(try await send("/allocations", part, token: engineer) == 403)
    #expect(try await send("/allocations", "name=x&limit=5&justification=y") == 422, "nobody's")
    #expect(try await send("/allocations", part) == 303)
    var job = Office.job("of Acme")
    job.client = "Acme"
    #expect(try await office.ask("POST", office.api("jobs"), job).value(JobDocument.self).status != "blocked")
    let list = try await office.ask("GET", office.api("budget/allocations")).value(AllocationList.self).allocations
    #expect(list.map(\.reserved_usd) == [40] && list.map(\.limit_usd) == [50] && list[0].tags == ["priority-a", "vip"])
    // The limit of all would hold it, the part does not; another client's job passes.
    job = Office.job("tagged")
    job.tags = ["vip"]
    let quote = try await office.ask("POST", office.api("quotes"), job).value(QuoteDocument.self)
    #expect(
      quote.fits_budget == false && quote.warnings.contains { $0.contains("allocation Priority A ($10.00 of $50.00)") })
    let blocked = try await office.ask("POST", office.api("jobs"), job).value(JobDocument.self)
    #expect(blocked.status == "blocked" && blocked.refusal == "allocation")
    #expect(
      try await office.ask("POST", office.api("jobs"), Office.job("other")).value(JobDocument.self).status != "blocked")
    let page = try await office.page("training-budget")
    #expect(page.contains("Acme, #priority-a, #vip") && page.contains("name=\"blocks\" value=\"yes\" checked"))
    // The toggle: now what exceeds is only warned of.
    #expect(try await send("", "limit=100&gate=yes&justification=a+busy+month") == 303)
    let budget = try await office.ask("GET", office.api("budget")).value(BudgetDocument.self)
    #expect(!budget.blocks_when_exceeded && budget.limit_usd == 100)
    let beyond = try await office.ask("POST", office.api("quotes"), job).value(QuoteDocument.self)
    #expect(beyond.fits_budget == true && beyond.warnings.contains { $0.contains("does not block") })
    #expect(try await office.ask("POST", office.api("jobs"), job).value(JobDocument.self).status != "blocked")
    let log = try await office.ask("GET", office.api("audit")).value(AuditLog.self).lines
    #expect(log.contains { $0.action == "budget.gate" && $0.justification == "a busy month" })
    #expect(log.contains { $0.action == "budget.allocate" && $0.change?.contains("$50.00 for Acme") == true })
    #expect(try await send("/allocations/1/close", "") == 303)
    #expect(
      try await office.ask("GET", office.api("budget/allocations")).value(AllocationList.self).allocations.isEmpty)
    #expect(try await office.ask("DELETE", office.api("budget/allocations/1")).status == 404)
  }

  @Test func creatorsHaveAMailAddressAndInitials() async throws {
    let office = try Office(limit: nil, pods: .always)
    _ = try await office.ask(
      "POST", "/api/v1/people", Catalogue.Person(name: "john.smith", email: "john@brightrun.ai", role: .engineer))
    let token = try await office.ask("POST", "/api/v1/people/john.smith/tokens").value(NewToken.self).token
    #expect(try await office.ask("POST", office.api("jobs"), Office.job("john's"), token: token).status == 201)
    let page = try await office.page("training-jobs/job-1")
    #expect(page.contains("john.smith (john@brightrun.ai)") && page.contains("<dt>Created on</dt>"))
    #expect(!page.contains("Save as Template"), "it has not gone well yet")
    #expect(
      try await office.page("training-jobs").contains(
        "<span class=\"avatar\" aria-hidden=\"true\">JS</span> john.smith"))
    try await office.complete(2, Office.job("a good one"))
    #expect(try await office.page("training-jobs/job-2").contains("Save as Template"))
  }
}
