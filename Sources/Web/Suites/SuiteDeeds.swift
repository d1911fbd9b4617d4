import DiscreteEvent
import Engine
import Foundation
import Hummingbird
import Journal
import Live
import Scenarios
import Validation

/// What models are examined with, listed, uploaded and ordered: the same for programs and for the dashboard.
struct SuiteDeeds: Sendable {
  let runner: LiveRunner
  private var catalogue: Catalogue { runner.catalogue }

  /// Most suites that one job answers.
  static let most = 10
  /// Read once: they stand beside the program.
  static let shipped: [Suite] = ShippedSuites.names.compactMap { try? ShippedSuites.read($0) }
  private static let summaries = shipped.map { SuiteSummary($0) }
  /// A result of this name is that of the held-out conversations.
  private static let reserved = ValidationDocument.Part.perplexity.rawValue

  init(runner: LiveRunner) { self.runner = runner }

  /// What can be chosen, and earlier versions of it.
  func list() throws -> SuiteList {
    var seen: Set<String> = []
    let uploaded = try catalogue.suiteHeads().filter { !$0.isWithdrawn }.map { head in
      SuiteSummary(head, isNewest: seen.insert(head.name).inserted)
    }
    return SuiteList(suites: SuiteDeeds.summaries + uploaded)
  }

  /// - Parameter digest: nil: the newest version.
  /// - Throws: ``Problem`` where there is none.
  func version(_ name: String, digest: String? = nil) throws -> SuiteVersion {
    if let digest, let record = try catalogue.suite(name, digest: digest), record.person != nil {
      let suite = try SuiteDeeds.read(record)
      let newest = try newest(name)?.digest == digest
      return SuiteVersion(suite: SuiteSummary(suite, record, isNewest: newest), content: suite.document)
    }
    let (suite, record) = try find(name)
    guard digest == nil || digest == suite.digest else {
      throw Problem(.notFound, "\(name) has no version '\(digest ?? "")'", hint: "lora-train evaluate upload")
    }
    return SuiteVersion(suite: SuiteSummary(suite, record), content: suite.document)
  }

  private func newest(_ name: String) throws -> Catalogue.SuiteHead? {
    try catalogue.suiteHeads(of: name).first { !$0.isWithdrawn }
  }

  /// Nobody can choose it any more; jobs that were made with it keep it, and so does the store. Uploaded again, it is there again.
  ///
  /// - Throws: ``Problem`` where it is not there, comes with the program, or is somebody else's.
  func withdraw(_ name: String, _ context: LiveContext) async throws {
    let person = try context.require(.engineer)
    guard !SuiteDeeds.shipped.contains(where: { $0.name == name }) else {
      throw Problem(.forbidden, "'\(name)' comes with lora-train", hint: "leave it out where you create a job")
    }
    guard let newest = try newest(name) else {
      throw Problem(.notFound, "there is no suite '\(name)'", hint: "lora-train evaluate upload")
    }
    guard newest.person == person.name || person.role == .manager else {
      throw Problem(.forbidden, "'\(name)' is \(newest.person)'s", hint: "ask them, or a manager")
    }
    // First the log, as with everything that is kept.
    try await runner.record(
      person.act("suite.withdraw", name, change: "\(newest.digest), version \(newest.version)"))
    let at = await runner.view.at
    _ = try await Reply.orUnavailable { try catalogue.withdrawSuite(name, at: at) }
  }

  /// Keeps a client's suite; the same text is the same version.
  ///
  /// - Throws: ``Problem`` with line, column and field of whatever is wrong in it.
  func add(_ new: NewSuite, _ context: LiveContext) async throws -> SuiteSummary {
    let person = try context.require(.engineer)
    let suite = try SuiteDeeds.checked(new)
    let before = try newest(suite.name)
    let document = String(decoding: try suite.json(), as: UTF8.self)
    let record = Catalogue.SuiteRecord(
      name: suite.name, digest: suite.digest, document: document, person: person.name, at: await runner.view.at)
    let known = try catalogue.suiteHeads(of: suite.name).first { $0.digest == suite.digest }
    if known?.isWithdrawn ?? true {
      // First the log: nothing is kept that is not in it.
      let change = "\(suite.digest), \(Wording.count(suite.items.count, "item"))"
      let act = person.act(before == nil ? "suite.add" : "suite.change", suite.name, change: change)
      try await runner.record(act)
    }
    let kept = try await Reply.orUnavailable { try catalogue.put(record) }
    return SuiteSummary(suite, kept, isNewest: try newest(suite.name)?.digest == kept.digest)
  }

  private static func checked(_ new: NewSuite) throws -> Suite {
    let file = URL(fileURLWithPath: "/" + new.file).lastPathComponent
    let format: SuiteReader.Format =
      switch URL(fileURLWithPath: "/" + file).pathExtension.lowercased() {
      case "csv": .csv
      case "json": .json
      default: .yaml
      }
    let stem = URL(fileURLWithPath: "/" + file).deletingPathExtension().lastPathComponent
    // A CSV says no name: it is called as its file is.
    let name = String(
      stem.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "-" }.prefix(64))
    let suite: Suite
    do {
      suite = try SuiteReader.decode(Data(new.text.utf8), as: format, file: file, name: name)
    } catch {
      throw Problem(
        .unprocessableContent, SuiteDeeds.place(of: error), hint: error.hint ?? "lora-train evaluate check \(file)")
    }
    guard suite.name != reserved, suite.name.first != ".", !shipped.contains(where: { $0.name == suite.name }) else {
      throw Problem(
        .conflict, "'\(suite.name)' is the name of what comes with lora-train", hint: "call yours by another name",
        place: "name")
    }
    return suite
  }

  /// `FILE:LINE:COLUMN: what is wrong`, in one line.
  static func place(of error: InputError) -> String {
    var error = error
    error.hint = nil
    return String(error.description.trimmingPrefix("error: "))
  }

  // MARK: Orders

  /// The newest version of each.
  ///
  /// - Throws: ``Problem`` where one is not there, or nothing would be trained that could answer.
  func ordered(_ new: NewJob) throws -> [Suite] {
    let names = new.suites ?? []
    guard !names.isEmpty else { return [] }
    guard new.training_file != nil else {
      throw Problem(
        .unprocessableContent, "suites are answered by a trained model, and without a training file none is trained",
        hint: "choose a training file, or leave the suites out", place: "suites")
    }
    guard names.count <= SuiteDeeds.most else {
      throw Problem(.badRequest, "a job answers \(SuiteDeeds.most) suites at most", place: "suites")
    }
    guard Set(names).count == names.count else {
      throw Problem(.unprocessableContent, "a job answers each suite once", place: "suites")
    }
    return try names.map { try find($0).suite }
  }

  /// Keeps the versions that a job is to answer, whatever becomes of the names later.
  func keep(_ suites: [Suite], at: Instant) throws -> [JobDescription.SuiteOrder] {
    for suite in suites {
      let document = String(decoding: try suite.json(), as: UTF8.self)
      try catalogue.put(
        Catalogue.SuiteRecord(name: suite.name, digest: suite.digest, document: document, person: nil, at: at))
    }
    return suites.map { JobDescription.SuiteOrder(name: $0.name, digest: $0.digest) }
  }

  private func find(_ name: String) throws -> (suite: Suite, record: Catalogue.SuiteRecord?) {
    if let suite = SuiteDeeds.shipped.first(where: { $0.name == name }) { return (suite, nil) }
    if let record = try catalogue.newestSuite(name) { return (try SuiteDeeds.read(record), record) }
    let uploaded = try catalogue.suiteHeads().filter { !$0.isWithdrawn }.map(\.name)
    let names = SuiteDeeds.shipped.map(\.name) + Set(uploaded).sorted()
    throw Problem(
      .notFound, "there is no suite '\(name)'",
      hint: NearestName.of(name, in: names).map { "did you mean \($0)?" }
        ?? "there are \(names.joined(separator: ", "))",
      place: "suites")
  }

  static func read(_ record: Catalogue.SuiteRecord) throws -> Suite {
    try SuiteReader.decode(Data(record.document.utf8), as: .json, file: record.name)
  }

  /// What of a job's suites its pod is given, as `evaluate export` writes them.
  func exported(for job: JobDescription) throws -> String {
    let suites = try (job.suites ?? []).compactMap { order in
      try catalogue.suite(order.name, digest: order.digest).map {
        "{\"digest\":\"\($0.digest)\",\"suite\":\($0.document)}"
      }
    }
    return "{\"directive\":\"proceed\",\"next\":0,\"suites\":[\(suites.joined(separator: ","))]}"
  }
}

/// Suites, for programs.
struct SuiteRoutes {
  let deeds: SuiteDeeds

  init(runner: LiveRunner) { deeds = SuiteDeeds(runner: runner) }

  func add(to router: RouterGroup<LiveContext>) {
    router.get("suites") { _, _ in try Reply.json(try deeds.list()) }
    router.post("suites") { request, context in
      _ = try context.require(.engineer)
      let new: NewSuite = try Reply.value(of: try await request.body.collect(upTo: 2 * SuiteReader.limit))
      return try Reply.json(try await deeds.add(new, context), .created)
    }
    router.delete("suites/:suite") { _, context in
      try await deeds.withdraw((context.parameters.get("suite") ?? "").removingPercentEncoding ?? "", context)
      return try Reply.json(try deeds.list())
    }
    router.get("suites/:suite") { request, context in
      let name = (context.parameters.get("suite") ?? "").removingPercentEncoding ?? ""
      return try Reply.json(try deeds.version(name, digest: request.uri.queryParameters.get("digest")))
    }
  }
}
