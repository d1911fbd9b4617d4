import Calibration
import Foundation
import Journal
import Live
import Scenarios
import Testing

@testable import Web

/// Templates, storage, help, and what clients cost.
@Suite struct LibraryPageTests {
  @Test func threeTemplatesComeWithTheProgram() async throws {
    let office = try Office(limit: nil, pods: .always)
    let page = try await office.page("templates")
    for name in ["Quick Test", "Standard Production", "Maximum Quality"] { #expect(page.contains("<h2>\(name)</h2>")) }
    #expect(!page.contains("Edit or delete"), "nobody changes them")
    let form = try await office.page("training-jobs/new?template=Quick%20Test")
    #expect(form.contains("name=\"template\" value=\"Quick Test\"") && form.contains("id=\"epochs\""))
    var job = Office.job("from a template")
    job.template = "Quick Test"
    try await office.complete(1, job, training: 0.5, validation: 0.625)
    let quick = try #require(
      try await office.ask("GET", office.api("templates")).value(TemplateList.self).templates.first)
    #expect(quick.template.name == "Quick Test" && quick.is_default && quick.uses == 1 && quick.success_rate == 1)
    #expect(quick.mean_final_loss == 0.625 && quick.template.configuration.epochs == 1)
    let after = try await office.page("templates?sort=uses")
    #expect(after.contains("<dd>0.625</dd>"))
    #expect(after.contains("<dd>\(Wording.duration(try #require(quick.mean_duration_s)))</dd>"))
    #expect(try await office.ask("DELETE", office.api("templates/Quick%20Test")).status == 403)
    let taken = NewTemplate(
      name: "Quick Test", purpose: nil, isShared: true, tags: [], configuration: job.configuration)
    #expect(try await office.ask("POST", office.api("templates"), taken).status == 409)
  }

  @Test func aTemplateIsEditedByItsCreator() async throws {
    let office = try Office(limit: nil)
    let emil = try await office.token("emil", .engineer)
    let edda = try await office.token("edda", .engineer)
    let new = NewTemplate(
      name: "Mine", purpose: "old", isShared: true, tags: ["one"], configuration: Office.job("x y z").configuration)
    #expect(try await office.ask("POST", office.api("templates"), new, token: emil).status == 201)
    func send(_ path: String, _ text: String, _ token: String) async throws -> Int {
      try await office.ask("POST", "/dashboard/templates\(path)", token: token, bytes: Data(text.utf8)).status
    }
    _ = try await office.ask("POST", office.api("jobs"), Office.job("a job"), token: emil)
    let long = String(repeating: "x", count: 501)
    #expect(try await send("", "from=job-1&name=Long&purpose=\(long)", emil) == 400)
    #expect(try await send("", "from=job-1&name=Long&tags=\(long)", emil) == 400)
    let change = "name=Mine&purpose=%3Cnew%3E&tags=two,+three&visibility=private"
    #expect(try await send("/edit", change, edda) == 403)
    #expect(try await send("/edit", change, emil) == 303)
    let kept = try await office.ask("GET", office.api("templates"), token: emil).value(TemplateList.self).templates
      .first { !$0.is_default }
    #expect(kept?.template.purpose == "<new>" && kept?.template.tags == ["two", "three"])
    #expect(kept?.template.is_shared == false && kept?.template.configuration == new.configuration)
    let filtered = try await office.ask("GET", "/dashboard/templates?tag=two", token: emil).text
    #expect(filtered.contains("&lt;new&gt;") && !filtered.contains("<h2>Quick Test</h2>"))
    #expect(try await office.page("templates?creator=emil").contains("No template is like that"), "it is private")
    #expect(try await send("/remove", "name=Mine", emil) == 400, "not confirmed")
    #expect(try await send("/remove", "name=Mine&confirmed=yes", emil) == 303)
  }

  @Test func storedFilesAreListedAndDeletedTogether() async throws {
    let office = try Office(limit: nil, pods: .always)
    #expect(try await office.page("storage").contains("Nothing is stored yet"))
    try await office.complete(1, Office.job("First job"))
    let folder = office.folder.appendingPathComponent("store.objects/job-1")
    for (name, bytes) in [
      ("downloads/First-job-adapters-job-1.zip", 2_000_000), ("downloads/First-job-metrics.csv", 500),
      ("checkpoints/step-4/state.bin", 3_000_000),
    ] {
      let path = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(count: bytes).write(to: path)
    }
    await office.keeper.tend()
    let storage = try await office.ask("GET", office.api("storage")).value(StorageDocument.self)
    let page = try await office.page("storage")
    #expect(storage.bytes == 5_000_500 && page.contains("<b>\(JobHandover.size(storage.bytes))</b>"))
    #expect(page.contains("<b>\(Wording.money(try #require(storage.cost_usd_per_month)))</b>"))
    #expect(page.contains("job-1/downloads/First-job-adapters-job-1.zip") && page.contains("job-1/checkpoints"))
    let artifacts = try await office.ask("GET", office.api("artifacts")).value(ArtifactList.self).artifacts
    #expect(try await office.csv("storage.csv") == CSVText.artifacts(artifacts))
    func send(_ text: String) async throws -> Office.Answer {
      try await office.ask("POST", "/dashboard/storage/delete", bytes: Data(text.utf8))
    }
    let both = "job=job-1/adapters&job=job-1/checkpoints"
    let question = try await send(both)
    #expect(question.status == 200 && question.text.contains("2 files, 5 MB"))
    #expect(FileManager.default.fileExists(atPath: folder.path + "/checkpoints/step-4/state.bin"), "only asked")
    #expect(try await send("").status == 400)
    #expect(try await send(both + "&confirmed=yes&justification=old").status == 303)
    let after = try await office.ask("GET", office.api("storage")).value(StorageDocument.self)
    #expect(after.bytes == 500 && after.checkpoint_bytes == 0)
    let audit = try await office.ask("GET", office.api("audit?subject=job-1")).value(AuditLog.self).lines
    #expect(Set(audit.map(\.action)).isSuperset(of: ["artifact.delete", "checkpoints.delete"]))
    #expect(audit.contains { $0.justification == "old" })
    let viewer = try await office.token("vera", .viewer)
    #expect(
      try await office.ask("POST", "/dashboard/storage/delete", token: viewer, bytes: Data(both.utf8)).status == 403)
  }

  @Test func everyHelpPageIsThereAndEveryLinkToOneLeadsSomewhere() async throws {
    let office = try Office()
    let index = try await office.page("help")
    for topic in HelpTopic.all {
      #expect(index.contains(HelpPage.path(topic.slug)))
      let page = try await office.page("help/\(topic.slug)")
      #expect(page.contains("<h1>\(topic.title)</h1>") && !page.contains("**"), "\(topic.slug)")
      for other in topic.related { #expect(HelpTopic.named(other) != nil, "\(other)") }
    }
    #expect(try await office.ask("GET", "/dashboard/help/nothing").status == 404)
    let slugs = Set(HelpTopic.all.map(\.slug))
    for page in PageLibrary.pages {
      for part in page.template.split(separator: "\"") where part.hasPrefix("/dashboard/help/") {
        #expect(slugs.contains(String(part.dropFirst("/dashboard/help/".count))), "\(part) in \(page.name)")
      }
    }
    #expect(try await office.page("training-jobs/new").contains("Understanding LoRA Hyperparameters"))
  }

  @Test func aPriceHasItsDateAndItsSource() async throws {
    let office = try Office(limit: nil, pods: .always)
    #expect(!(try await office.page("training-jobs/new").contains("/hr, as")), "nobody has said")
    try await office.complete(1, Office.job("the first one"))
    let job = try await office.ask("GET", office.api("jobs/1")).value(JobDocument.self)
    let day = try #require(job.admitted_at).prefix(10)
    #expect(try await office.page("training-jobs/new").contains("$2.49/hr, as job-1 paid on \(day)"))
  }

  @Test func whereNobodySellsSpotItsCardSaysSo() async throws {
    let office = try Office(limit: nil)
    func cards(spot: Bool) async throws -> [NewJobPage.Card] {
      let advice = WebServer.Advice(
        quote: { configuration in
          guard spot || configuration.pricing == .onDemand else {
            throw InputError(.unavailable, "this account sells no spot pods")
          }
          let band = QuoteDocument.Band(p10: 1, p50: 2, p80: 3, p90: 4)
          return QuoteDocument(
            cost_usd: band, duration_s: band, p_completes: 0.9, reservation_usd: 3, source: "a test", warnings: [])
        }, forecast: { _ in throw CancellationError() }, foresight: .paper(PaperPast()))
      let signIn = SignIn(
        catalogue: office.runner.catalogue, runner: office.runner,
        passwords: try PasswordHash(cost: .init(power: 1, parallelism: 1)), store: "office", clock: { LiveTime.machine }
      )
      let desk = PageDesk(
        runner: office.runner, storePath: "", signIn: signIn, advice: advice,
        finals: FinalShelf(office.runner.catalogue),
        curves: CurveShelf(office.runner.catalogue),
        replays: ReplayShelf(path: office.folder.appendingPathComponent("store").path),
        signed: LinkDeeds(runner: office.runner, keys: Office.keys, shelf: nil))
      let chosen = Office.job("x y z").configuration
      return await NewJobCards.cards(desk, chosen, await office.runner.view, PresetBook()).1
    }
    let without = try await cards(spot: false)
    #expect(without.map(\.isDisabled) == [true, false] && without.map(\.isChosen) == [false, true])
    #expect(without[0].figures == ["Not to be had: this account sells no spot pods"])
    #expect(try await cards(spot: true).map(\.isDisabled) == [false, false])
  }

  @Test func whatClientsCostIsTheAPIs() async throws {
    let office = try Office(limit: nil, pods: .always)
    #expect(try await office.page("attribution").contains("No job names a client or a project yet"))
    for (number, project) in [(UInt32(1), "Q1"), (2, "Q1"), (3, nil)] {
      var job = Office.job("job number \(number)")
      (job.client, job.project) = ("A & B", project)
      try await office.complete(number, job)
    }
    let account = NewProjectAccount(client: "A & B", project: "Q1", revenue_usd: 25_000, other_costs_usd: 2_000)
    let engineer = try await office.token("emil", .engineer)
    #expect(try await office.ask("PUT", office.api("attribution"), account, token: engineer).status == 403)
    #expect(try await office.ask("PUT", office.api("attribution"), account).status == 200)
    let document = try await office.ask("GET", office.api("attribution")).value(AttributionDocument.self)
    let row = try #require(document.rows.first { $0.project == "Q1" })
    #expect(row.jobs == 2 && row.revenue_usd == 25_000 && row.other_costs_usd == 2_000)
    let (profit, margin) = (try #require(row.profit_usd), try #require(row.margin))
    #expect(abs(profit - (23_000 - row.cost_usd)) < 1e-6 && abs(margin - profit / 25_000) < 1e-9)
    let sum = document.rows.map(\.cost_usd).reduce(0, +)
    #expect(abs(document.total_cost_usd - sum) < 1e-6)
    let page = try await office.page("attribution")
    #expect(page.contains("A &amp; B") && page.contains(">\(Wording.money(profit))</td>"))
    #expect(try await office.csv("attribution.csv") == CSVText.attribution(document))
    let form = "client=A+%26+B&project=Q1&revenue=%241,000&other_costs=2000"
    #expect(try await office.ask("POST", "/dashboard/attribution", bytes: Data(form.utf8)).status == 303)
    let loss = try await office.ask("GET", office.api("attribution")).value(AttributionDocument.self)
    #expect(try #require(loss.rows.first { $0.project == "Q1" }?.profit_usd) < 0)
    #expect(try await office.ask("POST", "/dashboard/attribution", bytes: Data("revenue=1".utf8)).status == 422)
    #expect(try await office.ask("GET", "/dashboard/attribution?from=yesterday").status == 400)
  }
}
