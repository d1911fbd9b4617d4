import Calibration
import DiscreteEvent
import Engine
import GRDB
import Testing

@testable import Journal

/// What people share, find and write down together, as the store keeps it.
@Suite struct TogetherTests {
  private func store(_ names: [String]) throws -> EventStore {
    let store = try EventStore.create(path: nil, opening: TestJournal.opening(), at: TestJournal.start)
    for (i, name) in names.enumerated() { try describe(i, name, in: store) }
    return store
  }

  private func describe(
    _ i: Int, _ name: String, in store: EventStore, _ change: (inout JobDescription) -> Void = { _ in }
  ) throws {
    var text = JobDescription(
      ordinal: UInt32(i), id: "job-\(i + 1)", name: name,
      configuration: JobConfiguration(preset: .balanced, pricing: .spot))
    change(&text)
    let spec = JobSpec(ordinal: UInt32(i), pricing: .spot, steps: 100, reservation: 1)
    try store.append([(TestJournal.start, .described(text)), (TestJournal.start, .event(.jobSubmitted(spec)))])
  }

  private func found(_ text: String, in store: EventStore, for person: String = "ada") throws -> [String] {
    try store.catalogue.search(text, for: person, limit: 50).list.map { "\($0.kind.rawValue) \($0.ref)" }
  }

  /// One file is asked for by its id, and names by themselves: no other's record is read, whatever it holds.
  @Test func aFileIsReadWithoutTheOthers() throws {
    let store = try store([])
    try store.catalogue.write { db in
      for (id, warnings, hidden) in [("good", "[]", nil), ("torn", "[", nil), ("gone", "[]", Int64(1))] {
        try db.execute(
          sql: """
            INSERT INTO training_file (id, name, sha256, bytes, conversations, pairs, training_pairs, tokens_per_pair,
              human_reviewed, quality_mean, scaffolding, warnings, added_at, added_by, hidden_at)
            VALUES (?, ?, ?, 1, 60, 80, 70, 900, 0, NULL, '{"personas":{},"emotional_arcs":{},"topics":{}}', ?, 1, 'ada', ?)
            """, arguments: [id, "\(id).json", id, warnings, hidden])
      }
    }
    #expect(throws: (any Error).self) { try store.catalogue.files() }
    #expect(try store.catalogue.file("good")?.training_pairs == 70)
    #expect(try store.catalogue.file("gone") == nil && store.catalogue.file("none") == nil)
    #expect(try store.catalogue.fileNames().map(\.name) == ["good.json", "torn.json"])
  }

  /// A list of suites reads what they are called, and not what is in them, of which there may be a megabyte each.
  @Test func suitesAreListedWithoutTheirTexts() throws {
    let store = try store([])
    func put(_ name: String, _ digest: String, _ title: String) throws -> Int {
      let text = #"{"name":"\#(name)","title":"\#(title)","kind":"questions","year":2026,"items":[{},{},{}]}"#
      return try store.catalogue.put(
        .init(name: name, digest: digest, document: text, person: "ada", at: TestJournal.start)
      ).version
    }
    #expect(try put("b", "1", "B one") == 1 && put("b", "2", "B two") == 2 && put("a", "3", "A") == 1)
    // Whatever stands there now is not looked at.
    try store.catalogue.write { db in try db.execute(sql: "UPDATE suite SET document = 'torn'") }
    let heads = try store.catalogue.suiteHeads()
    #expect(heads.map(\.title) == ["A", "B two", "B one"] && heads.allSatisfy { $0.items == 3 && $0.scales == 0 })
    #expect(heads.map(\.version) == [1, 2, 1] && heads.allSatisfy { $0.kind == "questions" && $0.year == 2026 })
    let plan = try store.catalogue.read { db in
      try Row.fetchAll(
        db,
        sql:
          "EXPLAIN QUERY PLAN SELECT name, digest, version, title, kind, year, items, scales, person, at, withdrawn_at "
          + "FROM suite INDEXED BY suite_head WHERE person IS NOT NULL ORDER BY name, version DESC"
      ).map { "\($0)" }.joined()
    }
    #expect(plan.contains("COVERING INDEX suite_head"), "\(plan)")
    #expect(try store.catalogue.withdrawSuite("b", at: TestJournal.start))
    #expect(try store.catalogue.suiteHeads(of: "b").map(\.isWithdrawn) == [true, true])
    #expect(try store.catalogue.newestSuite("b") == nil && store.catalogue.newestSuite("a")?.document == "torn")
    #expect(try !store.catalogue.withdrawSuite("b", at: TestJournal.start))
  }

  /// What was kept before lists had heads.
  @Test func suitesOfBeforeHaveHeadsToo() throws {
    let queue = try DatabaseQueue()
    try queue.write { db in
      try db.execute(sql: Catalogue.suiteSchema)
      try db.execute(
        sql: """
          INSERT INTO suite VALUES ('x', 'd', 1, '{"title":"T","kind":"voice","year":0,"rubric":[{},{}],"items":[{}]}', 'ada', 5)
          """)
      try db.execute(sql: Catalogue.suiteHeads)
      let row = try Row.fetchOne(db, sql: "SELECT title, kind, year, items, scales, withdrawn_at FROM suite")
      #expect(row.map { [$0[0], $0[1]] as [String] } == ["T", "voice"])
      #expect(row.map { [$0[2], $0[3], $0[4]] as [Int] } == [0, 1, 2] && row?["withdrawn_at"] == nil)
    }
  }

  @Test func whatWasSpentIsSummedByPeriods() throws {
    let store = try store([])
    try store.catalogue.write { db in
      for (to, amount) in [(99, 1), (100, 2), (199, 4), (200, 8), (350, 16)] {
        try db.execute(
          sql: "INSERT INTO charge (job_id, account, from_at, to_at, amount) VALUES (NULL, 'storage', 0, ?, ?)",
          arguments: [to, amount])
      }
    }
    func sums(_ starts: [Int64]) throws -> [Int64] {
      try store.catalogue.spending(inPeriodsFrom: starts.map { Instant(microseconds: $0) })
    }
    #expect(try sums([100, 200, 300, 400]) == [6, 8, 16, 0])
    #expect(try sums([100]) == [30] && sums([]).isEmpty)
  }

  @Test func whatIsPostedSinceIsAddedToWhatWasSummed() throws {
    let store = try store(["one", "two"])
    var stream = RandomStream(seed: 11, replication: 0, entity: 1, purpose: 1)
    var posted: [(job: Int, from: Int64, to: Int64, amount: Int64)] = []
    for round in 0..<40 {
      try store.catalogue.write { db in
        for _ in 0..<3 {
          let from = Int64(stream.uniform() * 1_000)
          let new = (
            job: Int(stream.uniform() * 2) + 1, from: from, to: from + Int64(stream.uniform() * 300),
            amount: Int64(stream.uniform() * 1e9)
          )
          posted.append(new)
          try db.execute(
            sql: "INSERT INTO charge (job_id, account, from_at, to_at, amount) VALUES (?, 'work', ?, ?, ?)",
            arguments: ["job-\(new.job)", new.from, new.to, new.amount])
        }
      }
      // Most often the same is asked again, as a page does.
      let edge = Int64(round % 7 == 6 ? 400 : 250)
      var expected: [String: Int64] = [:]
      for one in posted where one.to > edge {
        let share = one.from < edge ? Double(one.to - edge) / Double(one.to - one.from) : 1
        expected["job-\(one.job)", default: 0] += Int64((Double(one.amount) * share).rounded())
      }
      #expect(try store.catalogue.spendingByJob(after: Instant(microseconds: edge)) == expected, "round \(round)")
      let starts = [Instant(microseconds: edge), Instant(microseconds: 700)]
      let sums = [posted.filter { $0.to >= edge && $0.to < 700 }, posted.filter { $0.to >= 700 }]
      #expect(
        try store.catalogue.spending(inPeriodsFrom: starts) == sums.map { $0.reduce(0) { $0 + $1.amount } },
        "round \(round)")
    }
  }

  @Test func everythingThatIsSaidIsFound() throws {
    let store = try store(["Retirement planning v2", "Taxes"])
    try describe(2, "third", in: store) {
      ($0.tags, $0.notes, $0.client, $0.purpose) = (["high emotion"], "aggressive learning rate", "Acme", "a pilot")
    }
    #expect(try found("retirement", in: store) == ["job 0"])
    // Beginnings, other forms of a word, other cases and accents.
    for text in ["retire", "PLANNED", "plans v2", "rétirement"] {
      #expect(try found(text, in: store) == ["job 0"], "\(text)")
    }
    for text in ["emotion", "aggressive rate", "acme", "pilot", "job-3"] {
      #expect(try found(text, in: store) == ["job 2"], "\(text)")
    }
    #expect(try found("balanced", in: store).count == 3)
    try store.catalogue.addNote("Loss plateaued", to: JobIndex(1), by: "ada", at: TestJournal.start)
    #expect(try found("plateau", in: store) == ["job 1"])
    let template = Catalogue.Template(
      name: "Quick test", purpose: "retirement smoke", isShared: false, tags: [],
      configuration: JobConfiguration(preset: .balanced, pricing: .spot), creator: "ada")
    #expect(try store.catalogue.put(template, at: TestJournal.start))
    #expect(try found("retirement", in: store) == ["job 0", "template Quick test"])
    #expect(try found("retirement", in: store, for: "bob") == ["job 0"], "another's own template")
    var other = template
    other.purpose = "something else"
    #expect(try store.catalogue.put(other, at: TestJournal.start))
    #expect(try found("smoke", in: store).isEmpty)
    #expect(try store.catalogue.removeTemplate("Quick test"))
    #expect(try found("quick", in: store).isEmpty)
  }

  @Test func nothingThatIsTypedIsSyntax() throws {
    let store = try store(["OR AND NOT"])
    for text in [
      "", " ", "\"", "'; DROP TABLE search; --", "a\u{0}b", "*", "title:", "NEAR(", "(", "^x", "-", "é́", "漢字", "💥",
    ] {
      _ = try found(text, in: store)
    }
    #expect(try found("\"and\" OR (not", in: store) == ["job 0"])
    #expect(try found("title:or", in: store).isEmpty == false)
  }

  @Test func someOfTheWordsAreFoundWhereNothingHasAll() throws {
    let store = try store(["emotional datasets", "tax strategies", "emotional tone"])
    let finds = try store.catalogue.search("how to train on emotional datasets", for: "ada", limit: 10)
    #expect(!finds.haveAll && finds.list.map(\.ref) == ["0", "2"] && finds.total == 2)
    #expect(finds.list[0].snippet.contains(Catalogue.mark))
    #expect(try store.catalogue.search("emotional", for: "ada", limit: 1, offset: 1).list.count == 1)
    #expect(try store.catalogue.search("emotional", for: "ada", kind: .file, limit: 1).total == 0)
  }

  @Test func theIndexMadeAnewFindsTheSame() throws {
    let store = try store(["first", "second"])
    let catalogue = store.catalogue
    try catalogue.addNote("plateaued", to: JobIndex(0), by: "ada", at: TestJournal.start)
    try catalogue.addNote("withdrawn", to: JobIndex(0), by: "ada", at: TestJournal.start)
    let note = try #require(try catalogue.notes(of: JobIndex(0)).last)
    #expect(try catalogue.change(note: note.id, of: JobIndex(0), to: nil, by: "ada", at: TestJournal.start))
    for title in ["Aggressive rates", "Calm rates"] {
      let entry = Catalogue.Knowledge(
        title: title, category: .experiments, tags: ["lr"], content: "They work.", jobs: [JobIndex(0)], person: "ada",
        at: TestJournal.start)
      _ = try catalogue.put(entry)
    }
    let texts = ["first", "plateau", "withdrawn", "rates", "lr", "work"]
    let before = try texts.map { Set(try found($0, in: store)) }
    #expect(
      before == [
        ["job 0"], ["job 0"], [], ["knowledge 1", "knowledge 2"], ["knowledge 1", "knowledge 2"],
        ["knowledge 1", "knowledge 2"],
      ])
    try store.rebuildHistory()
    #expect(try texts.map { Set(try found($0, in: store)) } == before)
    // What is described afterwards is taken up as ever.
    try describe(2, "afterwards", in: store)
    #expect(try found("afterwards", in: store) == ["job 2"])
  }

  @Test func aNoteKeepsWhatItSaid() throws {
    let store = try store(["a job"])
    let (catalogue, job) = (store.catalogue, JobIndex(0))
    try catalogue.addNote("one", to: job, by: "ada", at: TestJournal.start)
    try catalogue.addNote("two", to: job, by: "bob", at: TestJournal.start)
    let note = try #require(try catalogue.notes(of: job).first)
    #expect(try !catalogue.change(note: note.id, of: job, to: "x", by: "bob", at: TestJournal.start), "another's")
    #expect(try !catalogue.change(note: note.id, of: JobIndex(1), to: "x", by: "ada", at: TestJournal.start))
    #expect(try catalogue.change(note: note.id, of: job, to: "uno", by: "ada", at: TestJournal.start + .hours(1)))
    let notes = try catalogue.notes(of: job)
    #expect(notes.map(\.text) == ["uno", "two"] && notes[0].edited_at != nil && notes[1].edited_at == nil)
    #expect(notes[0].at == note.at && notes[0].id == note.id)
    #expect(try catalogue.jobs(noted: "UNO") == [job] && catalogue.jobs(noted: "one").isEmpty)
    #expect(try catalogue.change(note: note.id, of: job, to: nil, by: "ada", at: TestJournal.start + .hours(2)))
    #expect(try catalogue.notes(of: job).map(\.text) == ["two"])
    #expect(try !catalogue.change(note: note.id, of: job, to: "again", by: "ada", at: TestJournal.start))
    #expect(try catalogue.versions(ofNote: note.id, of: job)?.versions.map(\.text) == ["one", "uno", nil])
    #expect(throws: (any Error).self) { try store.queue.write { try $0.execute(sql: "UPDATE job_note SET text = ''") } }
    #expect(throws: (any Error).self) { try store.queue.write { try $0.execute(sql: "DELETE FROM job_note") } }
  }

  @Test func aLinkHoldsUntilItsEndOrItsRevocation() throws {
    let (catalogue, start) = (try store(["a job"]).catalogue, TestJournal.start)
    func make(_ digest: String) throws -> Catalogue.Share {
      try catalogue.addShare(
        digest: digest, of: JobIndex(0), for: .public, showsCosts: true, showsNotes: false, by: "ada", at: start,
        until: start + .days(1))
    }
    let (first, second) = (try make("aa"), try make("bb"))
    #expect(first.holds && first.shows_costs && !first.shows_notes && first.audience == .public)
    #expect(try catalogue.share(ofDigest: "aa", at: start)?.job == JobIndex(0))
    #expect(try catalogue.share(ofDigest: "aa", at: start + .days(1)) == nil)
    #expect(try catalogue.share(ofDigest: "cc", at: start) == nil)
    try catalogue.countView(ofShare: first.id, at: start)
    try catalogue.countView(ofShare: first.id, at: start)
    #expect(try !catalogue.revokeShare(second.id, of: JobIndex(1), at: start))
    #expect(try catalogue.revokeShare(second.id, of: JobIndex(0), at: start))
    #expect(try !catalogue.revokeShare(second.id, of: JobIndex(0), at: start))
    #expect(try catalogue.share(ofDigest: "bb", at: start) == nil)
    let list = try catalogue.shares(of: JobIndex(0), at: start)
    #expect(
      list.map(\.id) == [second.id, first.id] && list.map(\.views) == [0, 2] && list.map(\.holds) == [false, true])
  }

  @Test func knowledgeKeepsItsRevisions() throws {
    let catalogue = try store(["a job"]).catalogue
    var entry = Catalogue.Knowledge(
      title: "Rates", category: .bestPractices, tags: ["a"], content: "**Low**", jobs: [JobIndex(0)], person: "ada",
      at: TestJournal.start)
    let made = try #require(try catalogue.put(entry))
    #expect((made.number, made.revision) == (1, 1))
    (entry.content, entry.person) = ("High", "bob")
    #expect(try catalogue.put(entry, as: 1)?.revision == 2)
    #expect(try catalogue.put(entry, as: 9) == nil)
    #expect(try catalogue.put(entry)?.number == 2)
    #expect(try catalogue.knowledge().map { [$0.number, $0.revision] } == [[2, 1], [1, 2]])
    #expect(try catalogue.revisions(of: 1).map(\.content) == ["**Low**", "High"])
    #expect(try catalogue.revisions(of: 3).isEmpty)
  }

  @Test func hiddenJobsAreThoseThatWereHidden() throws {
    let catalogue = try store(["a", "b"]).catalogue
    try catalogue.hide([JobIndex(0), JobIndex(1)], isHidden: true, by: "ada", at: TestJournal.start)
    try catalogue.hide([JobIndex(0)], isHidden: true, by: "bob", at: TestJournal.start)
    try catalogue.hide([JobIndex(1)], isHidden: false, by: "ada", at: TestJournal.start)
    #expect(try catalogue.hiddenJobs() == [JobIndex(0)])
  }
}
