import Calibration
import DiscreteEvent
import Engine
import Foundation
import Hummingbird
import Journal
import Live
import Scenarios

/// What people and their programs ask and do. Each call bears the store's token.
struct UserRoutes {
  let runner: LiveRunner
  let storePath: String
  let quote: WebServer.Quoter

  func add(to router: RouterGroup<BasicRequestContext>) {
    router.get("jobs") { _, _ in
      let view = await runner.view
      return try Reply.json(JobList(jobs: view.fleet.jobs.indices.map { JobDocument(view, JobIndex($0)) }))
    }
    router.get("jobs/:id") { _, context in
      let view = await runner.view
      return try Reply.json(JobDocument(view, try job(context, view)))
    }
    router.get("jobs/:id/events") { _, context in
      let job = try job(context, await runner.view)
      let rows = try JobEvents.read(path: storePath, job: job)
      let events = rows.map {
        EventDocument(seq: Int($0.seq), at: Wording.stamp($0.at) ?? "", event: $0.kind, details: $0.payload)
      }
      return try Reply.json(EventList(events: events))
    }
    router.post("quotes") { request, _ in
      let (quote, _) = try await self.quote(of: read(request))
      return try Reply.json(quote)
    }
    router.post("jobs") { request, _ in try await create(read(request)) }
    router.post("jobs/:id/:action") { _, context in
      let view = await runner.view
      let job = try job(context, view)
      try answer(try await ask(try action(context, job)), view, job)
      return try Reply.json(JobDocument(await runner.view, job))
    }
    router.get("budget") { _, _ in try Reply.json(BudgetDocument(await runner.view)) }
    router.put("budget") { request, _ in
      let limit: NewLimit = try await read(request)
      if let dollars = limit.limit_usd, !(dollars >= 0 && dollars < 1e9) {
        throw Problem(.badRequest, "limit_usd must be at least 0", hint: "null takes the limit away")
      }
      try answer(try await ask(.setLimit(limit.limit_usd.map { Int64(($0 * 1e9).rounded()) })))
      return try Reply.json(BudgetDocument(await runner.view))
    }
    router.post("store/confirm") { _, _ in
      try answer(try await ask(.confirmEpoch))
      return try Reply.json(WebServer.health(await runner.view))
    }
  }

  // MARK: Jobs

  private func create(_ new: NewJob) async throws -> Response {
    guard !new.name.isEmpty, new.name.count <= 200 else {
      throw Problem(.badRequest, "a job needs a name of at most 200 characters")
    }
    let (quote, view) = try await quote(of: new)
    let steps = new.configuration.steps
    guard steps >= 1, steps <= Int(Int32.max) else {
      throw Problem(.badRequest, "the job has \(steps) steps", hint: "give it pairs to train on")
    }
    var spec = JobSpec(
      ordinal: 0, pricing: new.configuration.pricing, steps: Int32(steps),
      reservation: Int64((quote.reservation_usd * 1e9).rounded()))
    if let cap = new.max_cost_usd {
      guard cap > 0, cap < 1e9 else { throw Problem(.badRequest, "max_cost_usd must be above 0") }
      spec.maxCost = Int64((cap * 1e9).rounded())
      spec.reservation = min(spec.reservation, spec.maxCost)
    }
    var description = JobDescription(
      ordinal: 0, id: "", name: new.name, configuration: new.configuration)
    (description.client, description.project, description.creator) = (new.client, new.project, new.creator)
    let made = try await ask(.submit(spec, description))
    guard case .submitted(let job) = made else {
      try answer(made, view, .none)
      throw Problem(.internalServerError, "the job was not taken")
    }
    return try Reply.json(JobDocument(await runner.view, job), .created)
  }

  private func quote(of new: NewJob) async throws -> (QuoteDocument, LiveView) {
    var quote: QuoteDocument
    do {
      quote = try await self.quote(new.configuration)
    } catch let error as InputError {
      throw Problem(.badRequest, error.problem, hint: error.hint)
    }
    let view = await runner.view
    let budget = BudgetDocument(view)
    quote.fits_budget = budget.available_usd.map { quote.reservation_usd <= $0 } ?? true
    quote.budget = budget
    return (quote, view)
  }

  private func job(_ context: BasicRequestContext, _ view: LiveView) throws -> JobIndex {
    let id = context.parameters.get("id") ?? ""
    guard let job = view.job(id) else {
      throw Problem(.notFound, "there is no job '\(id)'", hint: "lora-train job list")
    }
    return job
  }

  private func action(_ context: BasicRequestContext, _ job: JobIndex) throws -> UserRequest {
    let action = context.parameters.get("action") ?? ""
    switch action {
    case "cancel": return .cancel(job)
    case "pause": return .pause(job)
    case "resume": return .resume(job)
    case "promote": return .promote(job)
    case "override": return .override(job)
    case "answer-on-demand": return .answer(job, .onDemand)
    case "answer-keep-trying": return .answer(job, .keepTrying)
    case "answer-fail": return .answer(job, .fail)
    default: throw Problem(.notFound, "nothing called '\(action)' can be done to a job")
    }
  }

  private func ask(_ request: UserRequest) async throws -> UserAnswer {
    try await Reply.orUnavailable { try await runner.ask(request) }
  }

  /// - Throws: ``Problem`` where it could not be done.
  private func answer(_ answer: UserAnswer, _ view: LiveView? = nil, _ job: JobIndex = .none) throws {
    switch answer {
    case .done, .submitted: return
    case .impossible(let phase):
      let state = phase.map { "is \(Wording.snake($0))" } ?? "is not there"
      throw Problem(.conflict, "that cannot be done to a job that \(state)", hint: "lora-train job show")
    case .unconfirmedCopy:
      throw Problem(
        .conflict, "this store is a copy, or was moved: it does nothing until a person confirms it",
        hint: "if no other lora-train works with it: lora-train store confirm")
    }
  }

  private func read<Value: Decodable>(_ request: Request) async throws -> Value {
    let body = try await request.body.collect(upTo: 1 << 20)
    do {
      return try JSONDecoder().decode(Value.self, from: Data(body.readableBytesView))
    } catch DecodingError.keyNotFound(let key, _) {
      throw Problem(.badRequest, "'\(key.stringValue)' is missing")
    } catch DecodingError.typeMismatch(_, let context) {
      throw Problem(.badRequest, "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' has the wrong type")
    } catch {
      throw Problem(.badRequest, "the body is no JSON that is understood here")
    }
  }
}
