import Engine
import Foundation
import Hummingbird
import Journal
import Live

/// The knowledge base, as it is read and written: the same for programs and for the dashboard.
struct KnowledgeDeeds: Sendable {
  let runner: LiveRunner
  private var catalogue: Catalogue { runner.catalogue }

  static let longestTitle = 200
  static let longestContent = 20_000

  init(runner: LiveRunner) { self.runner = runner }

  /// - Parameter search: words, or their beginnings; the best first.
  func list(
    _ view: LiveView, search: String? = nil, category: Catalogue.KnowledgeCategory? = nil, tag: String? = nil
  ) throws -> KnowledgeList {
    var entries = try catalogue.knowledge()
    if let search, search.contains(where: { !$0.isWhitespace }) {
      let found = try catalogue.search(search, for: "", kind: .knowledge, limit: 1_000).list
      let byNumber = Dictionary(uniqueKeysWithValues: entries.map { ("\($0.number)", $0) })
      entries = found.compactMap { byNumber[$0.ref] }
    }
    entries = entries.filter { entry in
      (category.map { $0 == entry.category } ?? true) && (tag.map(entry.tags.contains) ?? true)
    }
    return KnowledgeList(entries: entries.map { KnowledgeDocument($0, view) })
  }

  /// - Throws: ``Problem`` where there is none of that number.
  func revisions(_ number: String, _ view: LiveView) throws -> KnowledgeList {
    let revisions = try Int(number).map { try catalogue.revisions(of: $0) } ?? []
    guard !revisions.isEmpty else {
      throw Problem(.notFound, "the knowledge base has no entry '\(number)'", hint: "lora-train knowledge")
    }
    return KnowledgeList(entries: revisions.map { KnowledgeDocument($0, view) })
  }

  func entry(_ number: String, _ view: LiveView) throws -> KnowledgeDocument {
    // There is one: else `revisions` has thrown.
    guard let last = try revisions(number, view).entries.last else { throw Problem(.notFound, "there is no entry") }
    return last
  }

  /// - Parameter number: nil: a new one.
  func put(_ new: NewKnowledge, as number: String? = nil, _ context: LiveContext) async throws -> KnowledgeDocument {
    let person = try context.require(.engineer)
    let view = await runner.view
    let before = try number.map { try self.entry($0, view) }
    let entry = try check(new, view, person)
    // First the log: nothing is kept that is not in it.
    let subject = before.map { "knowledge-\($0.number)" } ?? ""
    try await runner.record(
      person.act(before == nil ? "knowledge.add" : "knowledge.edit", subject, change: entry.title))
    let kept = try await Reply.orUnavailable { try catalogue.put(entry, as: before?.number) }
    guard let kept else { throw Problem(.notFound, "the knowledge base has no entry '\(number ?? "")'") }
    return KnowledgeDocument(kept, view)
  }

  /// Whoever wrote the first revision takes it out, or a manager; journal and audit log know of it.
  func remove(_ number: String, _ context: LiveContext) async throws {
    let person = try context.require(.engineer)
    let view = await runner.view
    let revisions = try self.revisions(number, view).entries
    guard let first = revisions.first, let last = revisions.last else { return }
    guard KnowledgeDeeds.mayRemove(first, person) else {
      throw Problem(
        .forbidden, "this entry is \(first.person)'s; removing it takes its author or a manager",
        hint: "ask \(first.person), or a manager: lora-train user list")
    }
    try await runner.record(person.act("knowledge.remove", "knowledge-\(first.number)", change: last.title))
    try await Reply.orUnavailable { try catalogue.removeKnowledge(first.number, by: person.name, at: view.at) }
  }

  /// - Parameter first: an entry's first revision.
  static func mayRemove(_ first: KnowledgeDocument, _ person: Catalogue.Person) -> Bool {
    person.role == .manager || (person.role == .engineer && first.person == person.name)
  }

  private func check(_ new: NewKnowledge, _ view: LiveView, _ person: Catalogue.Person) throws -> Catalogue.Knowledge {
    func length(_ what: String, _ text: String, _ most: Int) throws {
      guard text.contains(where: { !$0.isWhitespace }), text.unicodeScalars.count <= most else {
        throw Problem(.badRequest, "\(what) has 1 to \(Wording.group(most)) characters", place: what)
      }
    }
    try length("title", new.title, KnowledgeDeeds.longestTitle)
    try length("content", new.content, KnowledgeDeeds.longestContent)
    let tags = new.tags ?? []
    guard tags.count <= 20, tags.allSatisfy({ (1...40).contains($0.unicodeScalars.count) }) else {
      throw Problem(.badRequest, "an entry has 20 tags at most, of 1 to 40 characters each", place: "tags")
    }
    let jobs = try (new.jobs ?? []).map { id in
      guard let job = view.job(id) else { throw Problem(.notFound, "there is no job '\(id)'", place: "jobs") }
      return job
    }
    guard jobs.count <= 20 else { throw Problem(.badRequest, "an entry has 20 jobs at most", place: "jobs") }
    return Catalogue.Knowledge(
      title: new.title, category: new.category, tags: tags, content: new.content, jobs: jobs, person: person.name,
      at: view.at)
  }
}

/// The knowledge base, for programs.
struct KnowledgeRoutes {
  let runner: LiveRunner
  let deeds: KnowledgeDeeds

  init(runner: LiveRunner) { (self.runner, deeds) = (runner, KnowledgeDeeds(runner: runner)) }

  func add(to router: RouterGroup<LiveContext>) {
    router.get("knowledge") { request, _ in
      let query = request.uri.queryParameters
      let words = Catalogue.KnowledgeCategory.allCases.map(\.rawValue)
      let category = try query.word("category", words).flatMap(Catalogue.KnowledgeCategory.init)
      return try Reply.json(
        try deeds.list(await runner.view, search: query.get("search"), category: category, tag: query.get("tag")))
    }
    router.post("knowledge") { request, context in
      _ = try context.require(.engineer)
      return try Reply.json(try await deeds.put(try await Reply.read(request), context), .created)
    }
    router.get("knowledge/:number") { _, context in
      try Reply.json(try deeds.entry(context.parameters.get("number") ?? "", await runner.view))
    }
    router.get("knowledge/:number/revisions") { _, context in
      try Reply.json(try deeds.revisions(context.parameters.get("number") ?? "", await runner.view))
    }
    router.put("knowledge/:number") { request, context in
      _ = try context.require(.engineer)
      let number = context.parameters.get("number") ?? ""
      return try Reply.json(try await deeds.put(try await Reply.read(request), as: number, context))
    }
    router.delete("knowledge/:number") { _, context in
      _ = try context.require(.engineer)
      try await deeds.remove(context.parameters.get("number") ?? "", context)
      return try Reply.json(try deeds.list(await runner.view))
    }
    router.get("jobs/:id/knowledge") { _, context in
      let view = await runner.view
      let job = try view.known(context)
      let entries = try deeds.list(view).entries.filter { $0.jobs.contains { $0.id == job.id } }
      return try Reply.json(
        KnowledgeDraft(draft: try KnowledgeDrafts(view, runner.catalogue).draft(of: job), entries: entries))
    }
    router.post("knowledge/suggestions") { request, _ in
      let new = try await Reply.job(request, runner.catalogue)
      return try Reply.json(try KnowledgeDrafts(await runner.view, runner.catalogue).suggestions(for: new))
    }
  }
}
