import DiscreteEvent
import Engine
import Foundation
import Hummingbird
import Journal
import Live
import Validation

/// What validation found of a job's model, and who lets it be delivered.
struct ValidationRoutes {
  let runner: LiveRunner

  func add(to router: RouterGroup<LiveContext>, trends: TrendShelf) {
    router.get("jobs/:id/validation") { _, context in
      let view = await runner.view
      return try Reply.json(try ValidationRoutes.document(try view.known(context), view, runner.catalogue))
    }
    router.get("validations") { _, _ in
      try Reply.json(try await trends.trend(await runner.view))
    }
    router.post("jobs/:id/validation") { request, context in
      _ = try context.require(.engineer)
      let document = try ValidationRoutes.read(try await request.body.collect(upTo: 16 << 20))
      let view = await runner.view
      let job = try view.known(context)
      try await keep(document, of: job, context)
      return try Reply.json(try ValidationRoutes.document(job, view, runner.catalogue), .created)
    }
    router.post("jobs/:id/delivery") { request, context in
      let reason: Reason? = try await Reply.readOrNothing(request)
      let view = await runner.view
      return try Reply.json(try await decide(try view.known(context), reason?.justification, context, view), .created)
    }
  }

  /// Keeps a result in place of the one of the same name; the audit log says so first.
  func keep(_ document: ValidationDocument, of job: JobIndex, _ context: LiveContext) async throws {
    let person = try context.require(.engineer)
    let view = await runner.view
    let record = Catalogue.ValidationRecord(
      name: document.suite?.name ?? document.part.rawValue,
      document: String(decoding: try document.json(), as: UTF8.self), person: person.name, at: view.at)
    let before = try runner.catalogue.validations(of: job).first { $0.name == record.name }
      .flatMap { try? JSONDecoder().decode(ValidationDocument.self, from: Data($0.document.utf8)) }
    let change = [before?.gate.verdict.rawValue, document.gate.verdict.rawValue].compactMap { $0 }
    try await runner.record(
      person.act(
        "validation.put", view.descriptions[Int(job.rawValue)].id,
        change: "\(record.name): \(change.joined(separator: " → "))"))
    try runner.catalogue.put(record, of: job)
  }

  /// A block is a manager's to override; what wants a review is any engineer's to have reviewed.
  func decide(
    _ job: JobIndex, _ justification: String?, _ context: LiveContext, _ view: LiveView
  ) async throws -> JobValidationDocument {
    let orders = view.descriptions[Int(job.rawValue)].gatingSuites
    let gate = DeliveryGate.all(
      ValidationRoutes.gates(orders, try ValidationRoutes.documents(of: job, runner.catalogue)))
    guard gate.verdict != .allow else {
      throw Problem(.conflict, "there is nothing to override: no gate holds this model back")
    }
    let person = try context.require(gate.verdict == .block ? .manager : .engineer)
    let why = (justification ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    guard !why.isEmpty, why.count <= 2_000 else {
      throw Problem(
        .badRequest, "this goes to the audit log and needs a justification of at most 2,000 characters",
        hint: "--justification \"why it has to be\"")
    }
    // First the log: nothing goes that is not in it.
    try await runner.record(
      person.act(
        gate.verdict == .block ? "delivery.override" : "delivery.review", view.descriptions[Int(job.rawValue)].id,
        why: why, change: gate.reasons.joined(separator: "; ")))
    try runner.catalogue.put(
      Catalogue.DeliveryDecision(
        verdict: gate.verdict.rawValue, person: person.name, justification: why, at: view.at), of: job)
    return try ValidationRoutes.document(job, view, runner.catalogue)
  }

  private static func read(_ body: ByteBuffer) throws -> ValidationDocument {
    do { return try Reply.value(of: body) } catch let problem as Problem {
      throw Problem(
        .unprocessableContent, "this is nothing that lora-train evaluate score wrote: \(problem.document.detail)")
    }
  }

  // MARK: The gate

  /// The gates of what was scored, and one of what was ordered with the job and was not: what is incomplete has not passed.
  ///
  /// - Parameter orders: names of suites.
  static func gates(_ orders: [String], _ documents: [ValidationDocument]) -> [DeliveryGate] {
    let scored = Set(documents.compactMap(\.suite?.name))
    let open = orders.filter { !scored.contains($0) }
    let gates = documents.map(\.gate)
    return open.isEmpty
      ? gates : gates + [DeliveryGate(.review, ["ordered, and not scored yet: \(open.joined(separator: ", "))"])]
  }

  /// - Parameter orders: names of the suites that the job was to answer.
  /// - Throws: ``Problem`` where a gate holds the model back and nobody has let it go. What was never to be validated may go.
  static func requireDelivery(_ job: JobIndex, orders: [String], _ catalogue: Catalogue) throws {
    let gate = DeliveryGate.all(gates(orders, try documents(of: job, catalogue)))
    guard gate.verdict != .allow, try catalogue.deliveryDecision(of: job) == nil else { return }
    let why = gate.reasons.joined(separator: "; ")
    let command = "lora-train evaluate deliver \(job.id) --justification \"why\""
    if gate.verdict == .block {
      throw Problem(.conflict, "delivery is blocked: \(why)", hint: "a manager may override it: \(command)")
    }
    throw Problem(.conflict, "delivery needs a review first: \(why)", hint: "when it was reviewed: \(command)")
  }

  static func documents(of job: JobIndex, _ catalogue: Catalogue) throws -> [ValidationDocument] {
    try catalogue.validations(of: job).map { record in
      do {
        return try JSONDecoder().decode(ValidationDocument.self, from: Data(record.document.utf8))
      } catch {
        // What cannot be read lets nothing pass.
        throw Problem(
          .conflict, "what validation found of '\(record.name)' was written by another version",
          hint: "score it again, and lora-train evaluate submit")
      }
    }
  }

  private static func ordered(
    _ job: JobIndex, _ view: LiveView, _ catalogue: Catalogue, _ documents: [ValidationDocument]
  ) throws -> [OrderedSuite] {
    let own = view.descriptions[Int(job.rawValue)]
    let (orders, later) = (own.suites ?? [], view.examinations(of: own.id))
    guard !orders.isEmpty || !later.isEmpty else { return [] }
    var (documents, asker) = (documents, job)
    // What an examination found is kept as the other's.
    if view.fleet[job].phase == .completed, let examined = own.examines.flatMap({ view.job($0) }) {
      (documents, asker) = (try self.documents(of: examined, catalogue), examined)
    }
    let (scored, asked) = (Set(documents.compactMap(\.suite?.name)), Set(try catalogue.rounds(of: asker).map(\.suite)))
    func suite(_ order: JobDescription.SuiteOrder, of maker: JobIndex) -> OrderedSuite {
      let isOver = view.fleet[maker].phase.isTerminal
      // What an examination that goes on will say takes the place of what is there.
      let isOpen = maker != job && !isOver
      return OrderedSuite(
        name: order.name, digest: order.digest,
        state: isOpen
          ? .ordered
          : scored.contains(order.name)
            ? .scored : asked.contains(order.name) ? .answered : isOver ? .unanswered : .ordered,
        examination: maker == job ? nil : view.descriptions[Int(maker.rawValue)].id)
    }
    var found = orders.map { suite($0, of: job) }
    let answering = view.answeringExaminations(of: own.id)
    for index in answering {
      for order in view.descriptions[Int(index.rawValue)].suites ?? [] {
        let one = suite(order, of: index)
        if let place = found.firstIndex(where: { $0.name == order.name }) {
          // One that came to nothing leaves what there was.
          if one.state != .unanswered { found[place] = one }
        } else {
          found.append(one)
        }
      }
    }
    // What failed or was cancelled has said nothing: it stands where nobody else was asked.
    for index in later where !answering.contains(index) {
      for order in view.descriptions[Int(index.rawValue)].suites ?? []
      where !found.contains(where: { $0.name == order.name }) { found.append(suite(order, of: index)) }
    }
    return found
  }

  static func document(
    _ job: JobIndex, _ view: LiveView, _ catalogue: Catalogue
  ) throws -> JobValidationDocument {
    let documents = try documents(of: job, catalogue)
    let decision = try catalogue.deliveryDecision(of: job)
    let gates = gates(view.descriptions[Int(job.rawValue)].gatingSuites, documents)
    let gate = gates.isEmpty ? nil : DeliveryGate.all(gates)
    return JobValidationDocument(
      job: view.descriptions[Int(job.rawValue)].id, gate: gate,
      decision: decision.map {
        JobValidationDocument.Decision(
          verdict: DeliveryGate.Verdict(rawValue: $0.verdict) ?? .block, by: $0.person,
          at: Wording.stamp($0.at) ?? "", justification: $0.justification)
      },
      may_be_delivered: gate == nil || gate?.verdict == .allow || decision != nil,
      suites: try ordered(job, view, catalogue, documents), documents: documents)
  }
}
