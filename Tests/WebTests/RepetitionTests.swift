import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Testing

@testable import Web

/// Asked again: the next page, the same request once more, a document that one has.
@Suite struct RepetitionTests {
  @Test func aCursorDoesNotSlipWhenAJobIsAdded() async throws {
    let office = try Office(limit: nil)
    func make(_ i: Int) async throws {
      var job = Office.job("job number \(i)")
      job.creator = "nobody"
      #expect(try await office.ask("POST", "/api/v1/jobs", job).status == 201)
    }
    for i in 1...7 { try await make(i) }
    for sort in JobQuery.sorts {
      for order in ["ascending", "descending"] {
        var (path, seen): (String?, [String]) = ("/api/v1/jobs?limit=2&sort=\(sort)&order=\(order)", [])
        var before: [String] = []
        while let next = path {
          let page = try await office.ask("GET", next).value(JobList.self)
          if before.isEmpty { before = try await office.ask("GET", "/api/v1/jobs").value(JobList.self).jobs.map(\.id) }
          seen += page.jobs.map(\.id)
          path = page.next
          if seen.count == 2 { try await make(0) }
        }
        // None twice, and none of those that were there left out.
        #expect(Set(seen).count == seen.count, "\(sort) \(order)")
        #expect(Set(before).isSubset(of: seen), "\(sort) \(order)")
      }
    }
    let page = try await office.ask("GET", "/api/v1/jobs?limit=2").value(JobList.self)
    let cursor = try #require(page.next?.split(separator: "=").last)
    #expect(try await office.ask("GET", "/api/v1/jobs?sort=cost&cursor=\(cursor)").status == 404, "of another order")
    #expect(try await office.ask("GET", "/api/v1/jobs?cursor=nonsense").status == 404)
  }

  @Test func longListsComeInPages() async throws {
    let office = try Office(pods: .always)
    #expect(try await office.ask("POST", "/api/v1/jobs", Office.job("measured")).status == 201)
    let metrics = (1...25).map { Catalogue.Metric(step: $0 * 10, at: 0) }
    let messages = (1...9).map {
      Catalogue.Measures(
        job: JobIndex(0), metrics: $0 == 1 ? metrics : [],
        message: (Int64($0), "a pod", .init(kind: .log, code: "", message: "line \($0)", at: 1_795_000_000_000_000)),
        at: .distantPast)
    }
    try office.runner.catalogue.record(messages)
    func walk<List: Decodable, Row>(_ path: String, _ rows: (List) -> [Row], _ next: (List) -> String?) async throws
      -> [Row]
    {
      var (found, page): ([Row], String?) = ([], path)
      while let path = page {
        let list = try await office.ask("GET", path).value(List.self)
        #expect(rows(list).count <= 4)
        found += rows(list)
        page = next(list)
      }
      return found
    }
    let steps = try await walk("/api/v1/jobs/1/metrics?limit=4&from=50", { (l: MetricList) in l.metrics }, \.next)
    #expect(steps.map(\.step) == metrics.map(\.step).filter { $0 >= 50 })
    // Nine lines of one second: they are told apart.
    let all = try await office.ask("GET", "/api/v1/jobs/1/events").value(EventList.self).events
    let events = try await walk("/api/v1/jobs/1/events?limit=4", { (l: EventList) in l.events }, \.next)
    #expect(events.map(\.details) == all.map(\.details) && events.count >= 12)
    for _ in 0..<9 { _ = try await office.token("emil", .engineer) }
    let lines = try await walk("/api/v1/audit?limit=4&action=token", { (l: AuditLog) in l.lines }, \.next)
    #expect(lines.count == 9 && lines.map(\.id) == lines.map(\.id).sorted(by: >))
  }

  /// Pages are read from the store one by one, and are those of the whole: whatever their length, in fractions of a second and in ties.
  @Test func aDiaryInPagesIsTheWholeDiary() async throws {
    // Of a draft that was cancelled nothing comes while it is read.
    let office = try Office(limit: nil)
    var draft = Office.job("measured")
    draft.draft = true
    #expect(try await office.ask("POST", "/api/v1/jobs", draft).status == 201)
    #expect(try await office.ask("POST", "/api/v1/jobs/1/cancel").status == 200)
    let path = "/api/v1/jobs/1/events"
    func diary(_ path: String) async throws -> EventList { try await office.ask("GET", path).value(EventList.self) }
    let rows = try JobEvents.read(path: office.folder.appendingPathComponent("store").path, job: JobIndex(0))
    #expect(rows.first?.kind == "jobDrafted" && rows.count >= 2)
    // Before and in the second in which it was made, and after it.
    let second = rows[0].at.microseconds / 1_000_000 * 1_000_000 - 2_000_000
    let messages = (0..<24).map { n in
      Catalogue.Measures(
        job: JobIndex(0), metrics: [],
        message: (
          Int64(n), "a pod", .init(kind: .log, code: "", message: "line \(n)", at: second + Int64(n / 6) * 999_999)
        ), at: .distantPast)
    }
    try office.runner.catalogue.record(messages)
    let all = try await diary(path).events
    #expect(all.count == 24 + rows.count && all.count { $0.event == "log" } == 24)
    for limit in [1, 2, 5, 7, 24] {
      var (found, next): ([EventDocument], String?) = ([], "\(path)?limit=\(limit)")
      while let page = next {
        let list = try await diary(page)
        #expect(list.events.count <= limit && !list.events.isEmpty)
        found += list.events
        next = list.next
      }
      #expect(found.map(\.details) == all.map(\.details) && found.map(\.seq) == all.map(\.seq), "\(limit)")
    }
    #expect(try await office.ask("GET", path + "?cursor=nonsense").status == 404)
    #expect(
      try JobEvents.read(path: office.folder.appendingPathComponent("store").path, job: JobIndex(0), limit: 1)
        == [rows[0]])
    // The page shows the newest first, and knows how many there are without reading them.
    let more = (100..<140).map { n in
      Catalogue.Measures(
        job: JobIndex(0), metrics: [],
        message: (
          Int64(n), "a pod", .init(kind: .log, code: "", message: "line \(n).", at: second + Int64(n) * 1_000_000)
        ), at: .distantPast)
    }
    try office.runner.catalogue.record(more)
    let total = try await diary(path).events.count
    let newest = try await office.ask("GET", "/dashboard/training-jobs/job-1/events").text
    #expect(newest.contains("1 to 50 of \(total) events") && newest.contains("line 139.") && newest.contains("page=2"))
    let older = try await office.ask("GET", "/dashboard/training-jobs/job-1/events?page=2").text
    #expect(older.contains("51 to \(total) of \(total) events") && older.contains("line 0"))
    #expect(!older.contains("line 139.") && !older.contains("page=3"))
  }

  @Test func aRequestIsDoneOnceUnderItsKey() async throws {
    let office = try Office(limit: nil)
    func make(_ name: String, _ key: String, token: String = Office.ownToken) async throws -> Office.Answer {
      try await office.ask(
        "POST", "/api/v1/jobs",
        bytes: Data(#"{"name":"\#(name)","configuration":\#(RepetitionTests.configuration)}"#.utf8),
        headers: ["Idempotency-Key": key, "Authorization": "Bearer \(token)"])
    }
    let first = try await make("a job", "k1")
    let again = try await make("a job", "k1")
    #expect(first.status == 201 && again.status == 201 && first.body == again.body)
    #expect(try await make("another", "k1").status == 422)
    #expect(try await make("a job", "k2").status == 201)
    // Another person's key is another key.
    let emil = try await office.token("emil", .engineer)
    #expect(try await make("a job", "k1", token: emil).value(JobDocument.self).creator == "emil")
    #expect(try await office.ask("GET", "/api/v1/jobs").value(JobList.self).total == 3)
    // What was refused is refused again, in the same words.
    let short = try await make("a", "k3")
    let shortAgain = try await make("a", "k3")
    #expect(short.status == 400 && shortAgain.body == short.body)
    // Kept for a day, not longer.
    office.clock.go(Idempotency.holds)
    #expect(try await make("a job", "k1").body == first.body)
    office.clock.go(.seconds(1))
    #expect(try await make("another", "k1").status == 201)
    #expect(try await make("a job", "spaces in it").status == 400)
  }

  /// Whatever a route takes, it takes with a key, too.
  @Test func aKeyMakesNoBodyTooLong() async throws {
    let office = try Office(limit: nil)
    _ = try await office.ask("POST", "/api/v1/jobs", Office.job("a job"))
    let new = NewRatings(suite: "nowhere", answers: String(repeating: "x", count: 2 << 20))
    let answer = try await office.ask("POST", "/api/v1/jobs/1/ratings", new, headers: ["Idempotency-Key": "long"])
    #expect(answer.status == 404, "it was read, and there is no such suite")
  }

  @Test func aSecretIsNotKeptForWhoeverAsksAgain() async throws {
    let office = try Office()
    _ = try await office.token("emil", .engineer)
    let key = ["Idempotency-Key": "t1"]
    let made = try await office.ask("POST", "/api/v1/people/emil/tokens", headers: key)
    #expect(made.status == 201)
    #expect(try await office.ask("POST", "/api/v1/people/emil/tokens", headers: key).status == 409)
    let token = try made.value(NewToken.self).token
    for file in ["store", "store-wal"] {
      let data = (try? Data(contentsOf: office.folder.appendingPathComponent(file))) ?? Data()
      #expect(data.range(of: Data(token.utf8)) == nil)
    }
  }

  /// Whoever has such a link needs no token: it is as much a secret as one.
  @Test func aLinkIsNotKeptForWhoeverAsksAgain() async throws {
    let office = try Office(limit: nil)
    _ = try await office.ask("POST", "/api/v1/jobs", Office.job("first"))
    let path = "/api/v1/jobs/job-1/report-link"
    let made = try await office.ask("POST", path, headers: ["Idempotency-Key": "r1"])
    #expect(made.status == 201 && made.headers[.cacheControl] == "no-store")
    #expect(try await office.ask("POST", path, headers: ["Idempotency-Key": "r1"]).status == 409)
    let signature = try #require(made.text.split(separator: "signature=").last?.prefix { $0.isHexDigit })
    #expect(signature.count >= 32)
    for file in ["store", "store-wal"] {
      let data = (try? Data(contentsOf: office.folder.appendingPathComponent(file))) ?? Data()
      #expect(data.range(of: Data(signature.utf8)) == nil, "\(file)")
    }
    let contract = try await office.ask("GET", "/api/v1/openapi.json").text
    #expect(contract.contains("A link to the report that holds for 30 days; shown once"))
  }

  @Test func whoeverHasADocumentIsNotSentItAgain() async throws {
    let office = try Office()
    let first = try await office.ask("GET", "/api/v1/people")
    let tag = try #require(first.headers[.eTag])
    for given in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
      let again = try await office.ask("GET", "/api/v1/people", headers: ["If-None-Match": given])
      #expect(again.status == 304 && again.body.isEmpty && again.headers[.eTag] == tag, "\(given)")
    }
    _ = try await office.token("emil", .engineer)
    #expect(try await office.ask("GET", "/api/v1/people", headers: ["If-None-Match": tag]).status == 200)
  }

  @Test func twoManagersDoNotUndoEachOther() async throws {
    let office = try Office(limit: 100)
    let tag = try #require(try await office.ask("GET", "/api/v1/budget/limit").headers[.eTag])
    func set(_ limit: Double) async throws -> Int {
      try await office.ask(
        "PUT", "/api/v1/budget", NewLimit(limit_usd: limit, justification: "so"), headers: ["If-Match": tag]
      ).status
    }
    #expect(try await set(200) == 200)
    #expect(try await set(300) == 412)
    #expect(try await office.ask("GET", "/api/v1/budget/limit").value(LimitDocument.self).limit_usd == 200)
    let any = try await office.ask(
      "PUT", "/api/v1/budget", NewLimit(limit_usd: 250, justification: "so"), headers: ["If-Match": "*"])
    #expect(any.status == 200)
  }

  @Test func theFormTakesAsManyPairsAsTheContract() throws {
    func form(_ pairs: Int) -> NewJobForm {
      NewJobForm(FormFields(text: "pairs=\(pairs)"), PresetBook())
    }
    #expect(try form(Rules.mostPairs).configuration().trainingPairs == Rules.mostPairs)
    #expect(throws: Problem.self) { try form(Rules.mostPairs + 1).configuration() }
    #expect(Rules.all["JobConfiguration"]?["trainingPairs"]?["maximum"] == .integer(Rules.mostPairs))
  }

  @Test func aTextIsPutIntoAnAddressInOneWay() {
    let text = "job-1/ä b+c&d=~"
    #expect(Address.escaped(text) == "job-1%2F%C3%A4%20b%2Bc%26d%3D~")
    #expect(Address.escaped(text, keeping: "/") == "job-1/%C3%A4%20b%2Bc%26d%3D~")
    #expect(FormFields(text: "q=\(Address.escaped(text))")["q"] == text)
  }

  private static let configuration = String(
    decoding: (try? JSONEncoder().encode(Office.job("x").configuration)) ?? Data(), as: UTF8.self)
}
