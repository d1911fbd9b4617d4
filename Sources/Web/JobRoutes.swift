import Calibration
import DiscreteEvent
import Engine
import Foundation
import Hummingbird
import Journal
import Live
import Scenarios

/// Jobs: made, listed, shown, and what is done to them.
struct JobRoutes {
  let runner: LiveRunner
  let storePath: String
  let advice: WebServer.Advice

  func add(to router: RouterGroup<LiveContext>) {
    router.get("jobs") { request, _ in
      let query = try JobQuery(request.uri.queryParameters)
      return try Reply.json(try query.answer(await runner.view, runner.catalogue))
    }
    router.get("queue") { _, _ in
      let view = await runner.view
      let forecast = try await advice.forecast(view)
      return try Reply.json(QueueDocument(view, forecast))
    }
    router.get("jobs/:id") { _, context in
      let view = await runner.view
      let job = try job(context, view)
      var document = JobDocument(view, job)
      document.later_notes = try runner.catalogue.notes(of: job)
      if !document.isOver { document.projection = try await advice.forecast(view).jobs[document.id] }
      return try Reply.json(document)
    }
    router.get("jobs/:id/events") { _, context in
      let job = try job(context, await runner.view)
      let rows = try JobEvents.read(path: storePath, job: job)
      let events = rows.map {
        EventDocument(seq: Int($0.seq), at: Wording.stamp($0.at) ?? "", event: $0.kind, details: $0.payload)
      }
      let said = try runner.catalogue.messages(of: job).map(EventDocument.init)
      return try Reply.json(EventList(events: (events + said).sorted { ($0.at, $0.seq) < ($1.at, $1.seq) }))
    }
    router.get("jobs/:id/metrics") { request, context in
      let job = try job(context, await runner.view)
      let query = request.uri.queryParameters
      let from = query.get("from").flatMap { Int($0) } ?? 0
      return try Reply.json(MetricList(metrics: try runner.catalogue.metrics(of: job, from: from)))
    }
    router.get("jobs/:id/fixes") { _, context in
      let view = await runner.view
      let job = try job(context, view)
      let configuration = view.descriptions[Int(job.rawValue)].configuration
      let failure = view.fleet[job].failure
      let fixes = failure == .none ? [] : advice.fixes(configuration, failure)
      return try Reply.json(FixList(fixes: fixes.map { $0.counted(view) }))
    }
    router.post("quotes") { request, _ in
      let (quote, _) = try await self.quote(of: Reply.read(request))
      return try Reply.json(quote)
    }
    router.post("jobs") { request, context in
      try await create(Reply.read(request), by: context.require(.engineer))
    }
    router.post("jobs/:id/notes") { request, context in
      let person = try context.require(.engineer)
      let view = await runner.view
      let job = try job(context, view)
      let note: NewNote = try await Reply.read(request)
      try note.check()
      try runner.catalogue.addNote(note.text, to: job, by: person.name, at: view.at)
      return try Reply.json(try runner.catalogue.notes(of: job), .created)
    }
    router.post("jobs/:id/:action") { request, context in
      let view = await runner.view
      let job = try job(context, view)
      let deed = try JobDeed(
        named: context.parameters.get("action") ?? "", job, view, try await Reply.readOrNothing(request), context)
      try JobDeed.check(try await ask(deed.request, deed.act), view, job)
      return try Reply.json(JobDocument(await runner.view, job))
    }
  }

  // MARK: Making a job

  private func create(_ new: NewJob, by person: Catalogue.Person) async throws -> Response {
    var new = new
    try fill(&new, from: person)
    try new.check()
    let (quote, view) = try await quote(of: new)
    // What is left of a job that goes on from a checkpoint.
    if let resume = quote.resume { new.configuration = resume.left(of: new.configuration) }
    let steps = new.configuration.steps
    guard steps >= 1, steps <= Int(Int32.max) else {
      throw Problem(.badRequest, "the job has \(steps) steps", hint: "give it pairs to train on")
    }
    var spec = JobSpec(
      ordinal: 0, pricing: new.configuration.pricing, steps: Int32(steps),
      reservation: Int64((quote.reservation_usd * 1e9).rounded()))
    if let cap = new.max_cost_usd {
      spec.maxCost = Int64((cap * 1e9).rounded())
      spec.reservation = min(spec.reservation, spec.maxCost)
    }
    if let retried = new.retry_of ?? new.resume_of {
      guard let original = view.job(retried) else { throw Problem(.notFound, "there is no job '\(retried)' to retry") }
      guard view.fleet[original].phase.isTerminal else {
        throw Problem(.conflict, "\(retried) is not over: there is nothing to retry yet")
      }
      spec.retryOf = original.rawValue
    }
    let description = new.description(creator: person.name, quote: quote)
    let made = try await ask(.submit(spec, description), person.act("job.create", why: new.justification))
    guard case .submitted(let job) = made else {
      try JobDeed.check(made, view, .none)
      throw Problem(.internalServerError, "the job was not taken")
    }
    return try Reply.json(JobDocument(await runner.view, job), .created)
  }

  /// What a template or a training file says of it.
  private func fill(_ new: inout NewJob, from person: Catalogue.Person) throws {
    if let name = new.template {
      guard try runner.catalogue.templates(for: person.name).contains(where: { $0.name == name }) else {
        throw Problem(.notFound, "there is no template '\(name)'", hint: "lora-train template list")
      }
    }
    guard let id = new.training_file else { return }
    guard let file = try runner.catalogue.files().first(where: { $0.id == id }) else {
      throw Problem(.notFound, "there is no training file '\(id)'", hint: "lora-train file list")
    }
    guard file.canCreateJob else {
      throw Problem(
        .badRequest,
        "\(file.name) has \(file.conversations) conversations; a job takes \(TrainingFile.fewestConversations) at least",
        hint: "it can be estimated: lora-train estimate --training-file")
    }
    new.configuration.trainingPairs = file.training_pairs
    new.configuration.tokensPerPair = min(
      file.tokens_per_pair, Double(new.configuration.maxSequenceLength))
  }

  private func quote(of new: NewJob) async throws -> (QuoteDocument, LiveView) {
    var quote: QuoteDocument
    let resume = try await resumption(of: new)
    do {
      quote = try await advice.quote(resume?.left(of: new.configuration) ?? new.configuration)
      quote.resume = resume
    } catch let error as InputError {
      throw Problem(.badRequest, error.problem, hint: error.hint)
    }
    let view = await runner.view
    var budget = BudgetDocument(view)
    quote.fits_budget = budget.available_usd.map { quote.reservation_usd <= $0 } ?? true
    // What is under way, what is still likely to come, and this job.
    budget.projected_month_usd = try? await advice.forecast(view).month
    quote.budget = budget
    quote.warnings += NewJob.warnings(quote)
    return (quote, view)
  }

  private func resumption(of new: NewJob) async throws -> ResumptionDocument? {
    guard let id = new.resume_of else { return nil }
    let view = await runner.view
    let file = try new.training_file.flatMap { id in try runner.catalogue.files().first { $0.id == id } }
    return try ResumptionDocument(of: id, with: new, pairs: file?.training_pairs, view)
  }

  private func job(_ context: LiveContext, _ view: LiveView) throws -> JobIndex {
    let id = context.parameters.get("id") ?? ""
    guard let job = view.job(id) else {
      throw Problem(.notFound, "there is no job '\(id)'", hint: "lora-train job list")
    }
    return job
  }

  private func ask(_ request: UserRequest, _ act: PersonAct) async throws -> UserAnswer {
    try await Reply.orUnavailable { try await runner.ask(request, as: act) }
  }
}
