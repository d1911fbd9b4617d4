import Engine
import Foundation
import Journal
import Testing

@testable import Web

/// What was learnt: written down from jobs, found again, suggested for the next one.
@Suite struct KnowledgeTests {
  private func office() async throws -> Office {
    let office = try Office(limit: nil)
    var job = Office.job("Retirement <planning>")
    (job.tags, job.client, job.notes) = (["emotion", "poc"], "Acme", "a low rate works")
    #expect(try await office.ask("POST", office.api("jobs"), job).status == 201)
    _ = try await office.ask("POST", office.api("jobs/1/notes"), NewNote(text: "plateaued at 2.5"))
    return office
  }

  @Test func aDraftSaysWhatTheJobWas() async throws {
    let office = try await office()
    let draft = try await office.ask("GET", office.api("jobs/1/knowledge")).value(KnowledgeDraft.self)
    let job = try await office.ask("GET", office.api("jobs/1")).value(JobDocument.self)
    #expect(draft.draft.title == job.name && draft.draft.tags == job.tags && draft.draft.jobs == ["job-1"])
    #expect(draft.draft.category == .clientDeliveries && draft.entries.isEmpty)
    for part in [
      "r=\(job.configuration.rank)", "100 training pairs", "a low rate works", "plateaued at 2.5", "Key learnings",
      Wording.money(job.cost_usd),
    ] { #expect(draft.draft.content.contains(part), "\(part)") }
    // The form is filled in with it, and what is sent back is kept.
    let form = try await office.ask("GET", "/dashboard/knowledge/new?from=job-1").text
    #expect(form.contains("value=\"Retirement &lt;planning&gt;\"") && form.contains("plateaued at 2.5"))
    let kept = try await office.ask("POST", office.api("knowledge"), draft.draft)
    #expect(kept.status == 201)
    let again = try await office.ask("GET", office.api("jobs/1/knowledge")).value(KnowledgeDraft.self)
    #expect(again.entries.map(\.number) == [1])
  }

  @Test func anEntryIsReadFoundAndRevised() async throws {
    let office = try await office()
    let (emil, vera) = (try await office.token("emil", .engineer), try await office.token("vera", .viewer))
    func send(_ path: String, _ text: String, token: String = Office.ownToken) async throws -> Office.Answer {
      try await office.ask("POST", "/dashboard/knowledge\(path)", token: token, bytes: Data(text.utf8))
    }
    #expect(try await office.ask("GET", "/dashboard/knowledge").text.contains("Nothing was written down yet"))
    let text =
      "title=Low+%3Crates%3E&category=best_practices&tags=emotion,+lr&content=**Three**+epochs+%3Cb%3E&jobs=job-1"
    #expect(try await send("", text, token: vera).status == 403)
    #expect(try await send("", text).headers[.location] == "/dashboard/knowledge/1?notice=saved")
    let entry = try await office.ask("GET", office.api("knowledge/1")).value(KnowledgeDocument.self)
    #expect(entry.tags == ["emotion", "lr"] && entry.jobs.map(\.name) == ["Retirement <planning>"])
    let page = try await office.ask("GET", "/dashboard/knowledge/1").text
    #expect(page.contains("Low &lt;rates&gt;") && page.contains("<strong>Three</strong> epochs &lt;b&gt;"))
    #expect(page.contains("/dashboard/training-jobs/job-1") && !page.contains("Revisions"))
    // What cannot be kept is shown again with what was written.
    let refused = try await send("", "title=x&category=experiments&content=mine&jobs=job-99")
    #expect(refused.status == 404 && refused.text.contains("there is no job") && refused.text.contains("mine"))
    #expect(try await send("/1", text.replacing("Three", with: "Four"), token: emil).status == 303)
    #expect(try await send("/7", text).status == 404)
    let second = try await office.ask("GET", "/dashboard/knowledge/1").text
    #expect(second.contains("Four") && second.contains("Revisions") && second.contains("emil"))
    let first = try await office.ask("GET", "/dashboard/knowledge/1?revision=1").text
    #expect(first.contains("Three") && first.contains("there is a newer one"))
    let history = try await office.ask("GET", office.api("knowledge/1/revisions")).value(KnowledgeList.self)
    #expect(history.entries.map(\.person) == ["owner", "emil"])
    for (query, count) in [
      ("search=epoch", 1), ("search=nowhere", 0), ("category=experiments", 0), ("tag=lr", 1), ("tag=x", 0),
      ("search=how+many+epochs+are+enough", 1),
    ] {
      let list = try await office.ask("GET", office.api("knowledge?\(query)")).value(KnowledgeList.self).entries
      #expect(list.count == count, "\(query)")
      let page = try await office.ask("GET", "/dashboard/knowledge?\(query)").text
      #expect(page.contains("Low &lt;rates&gt;") == (count == 1), "\(query)")
    }
    #expect(
      try await office.ask("GET", office.api("search?q=epoch")).value(SearchList.self).results.first?.kind == .knowledge
    )
    #expect(try await office.ask("GET", office.api("knowledge/9")).status == 404)
    let log = try await office.ask("GET", office.api("audit?action=knowledge.")).value(AuditLog.self).lines
    #expect(log.map(\.action) == ["knowledge.edit", "knowledge.add"])
  }

  @Test func whatMayHelpIsSuggested() async throws {
    let office = try await office()
    for (title, tags) in [("On emotional data", ["emotion", "poc"]), ("On taxes", ["tax"])] {
      let new = NewKnowledge(title: title, category: .experiments, tags: tags, content: "It works.", jobs: ["job-1"])
      #expect(try await office.ask("POST", office.api("knowledge"), new).status == 201)
    }
    func suggested(_ job: NewJob) async throws -> [String] {
      try await office.ask("POST", office.api("knowledge/suggestions"), job).value(KnowledgeSuggestions.self)
        .suggestions
        .map(\.entry.title)
    }
    var job = Office.job("quite another")
    #expect(try await suggested(job).isEmpty)
    job.tags = ["emotion", "poc"]
    #expect(try await suggested(job) == ["On emotional data"])
    job.tags = nil
    job.name = "Capital gains taxes"
    #expect(try await suggested(job) == ["On taxes"])
    let form = try await office.ask("GET", "/dashboard/training-jobs/new?name=Taxes").text
    #expect(form.contains("href=\"/dashboard/knowledge/2\"") && form.contains("id=\"related\""))
  }

  @Test func theSetupsLikenessIsOfWhatMatters() {
    func setup(_ change: (inout NewJob) -> Void) -> KnowledgeDrafts.Setup {
      var job = Office.job("a job")
      change(&job)
      return KnowledgeDrafts.Setup(job)
    }
    let plain = setup { _ in }
    #expect(plain.likeness(plain) == 1, "the preset alone")
    let full = setup { ($0.training_file, $0.client, $0.project, $0.tags) = ("f", "c", "p", ["a", "b"]) }
    #expect(full.likeness(full) == 9 && full.likeness(plain) == 1)
  }

  @Test func anEntryIsRemovedByItsAuthorOrAManager() async throws {
    let office = try await office()
    let (emil, ada) = (try await office.token("emil", .engineer), try await office.token("ada", .engineer))
    let vera = try await office.token("vera", .viewer)
    for title in ["Slow warming", "Slow cooling"] {
      let new = NewKnowledge(title: title, category: .experiments, tags: [], content: "text", jobs: ["job-1"])
      #expect(try await office.ask("POST", office.api("knowledge"), new, token: emil).status == 201)
    }
    // Who wrote the second revision is not its author.
    let second = NewKnowledge(title: "Slow warming", category: .experiments, tags: [], content: "more", jobs: [])
    #expect(try await office.ask("PUT", office.api("knowledge/1"), second, token: ada).status == 200)
    for (token, status) in [(vera, 403), (ada, 403)] {
      #expect(try await office.ask("DELETE", office.api("knowledge/1"), token: token).status == status)
    }
    #expect(try await office.ask("GET", "/dashboard/knowledge/1", token: emil).text.contains("Remove this entry"))
    #expect(!(try await office.ask("GET", "/dashboard/knowledge/1", token: ada).text.contains("Remove this entry")))
    let left = try await office.ask("DELETE", office.api("knowledge/1"), token: emil).value(KnowledgeList.self)
    #expect(left.entries.map(\.number) == [2])
    // A manager removes any, on the page.
    let gone = try await office.ask("POST", "/dashboard/knowledge/2/remove")
    #expect(gone.headers[.location] == "/dashboard/knowledge?notice=removed")
    for number in [1, 2] {
      #expect(try await office.ask("GET", office.api("knowledge/\(number)")).status == 404)
      #expect(try await office.ask("PUT", office.api("knowledge/\(number)"), second).status == 404)
    }
    #expect(try await office.ask("GET", office.api("search?q=slow")).value(SearchList.self).results.isEmpty)
    let again = try await office.ask("GET", office.api("jobs/1/knowledge")).value(KnowledgeDraft.self)
    #expect(again.entries.isEmpty)
    let log = try await office.ask("GET", office.api("audit?action=knowledge.remove")).value(AuditLog.self).lines
    #expect(Set(log.map(\.person)) == ["emil", "owner"] && Set(log.map(\.change)) == ["Slow warming", "Slow cooling"])
    // Its number is not given to another.
    let third = try await office.ask("POST", office.api("knowledge"), second).value(KnowledgeDocument.self)
    #expect(third.number == 3)
  }
}
