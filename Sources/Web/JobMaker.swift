import Calibration
import DiscreteEvent
import Engine
import Foundation
import Hummingbird
import Journal
import Live
import Scenarios
import Validation

/// Makes jobs, and says before what one would cost: the same for programs and for the dashboard.
struct JobMaker: Sendable {
  let runner: LiveRunner
  let advice: WebServer.Advice
  /// What was made a moment ago: a second click on the same form makes no second job. nil: each call makes one.
  var recent: HeldAnswers<Wish, JobIndex>?

  /// What somebody asked for.
  struct Wish: Hashable, Sendable {
    var person: String
    /// JSON.
    var job: Data
  }

  /// Answers when the job is on the disk, queued or blocked.
  ///
  /// - Throws: ``Problem`` where it cannot be made as it is described.
  func make(_ new: NewJob, by person: Catalogue.Person) async throws -> JobIndex {
    guard let recent else { return try await anew(new, by: person) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let wish = Wish(person: person.name, job: try encoder.encode(new))
    return try await recent.answer(to: wish) { try await anew(new, by: person) }
  }

  private func anew(_ new: NewJob, by person: Catalogue.Person) async throws -> JobIndex {
    var new = new
    try fill(&new, from: person)
    try new.check()
    // An examination is said no training file: it has that of the job that it examines.
    let suites = try await order(&new)
    do throws(InputError) { try advice.allows(new) } catch {
      throw Problem(.badRequest, error.problem, hint: error.hint)
    }
    let (quote, view) = try await quote(of: new)
    // What is left of a job that goes on from a checkpoint.
    if let resume = quote.resume { new.configuration = resume.left(of: new.configuration) }
    let steps = new.configuration.steps
    guard steps >= 1, steps <= JobConfiguration.mostSteps else {
      throw Problem(.badRequest, "the job has \(steps) steps", hint: "give it pairs to train on")
    }
    var spec = JobSpec(
      ordinal: 0, pricing: new.configuration.pricing, steps: Int32(steps),
      reservation: Int64((quote.reservation_usd * 1e9).rounded()))
    spec.allocation = try allocation(of: new)?.number ?? 0
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
    var description = new.description(creator: person.name, quote: quote)
    if !suites.isEmpty {
      description.suites = try SuiteDeeds(runner: runner).keep(suites, at: view.at)
      description.suiteLimit = quote.suites?.limit_s
    }
    let made = try await Reply.orUnavailable {
      try await runner.ask(
        new.draft == true ? .draft(spec, description) : .submit(spec, description),
        as: person.act(new.draft == true ? "job.draft" : "job.create", why: new.justification))
    }
    guard case .submitted(let job) = made else {
      try JobDeed.check(made, view, .none)
      throw Problem(.internalServerError, "the job was not taken")
    }
    return job
  }

  /// What a template or a training file says of it.
  func fill(_ new: inout NewJob, from person: Catalogue.Person) throws {
    if let name = new.template {
      guard try runner.catalogue.templates(for: person.name).contains(where: { $0.name == name }) else {
        throw Problem(.notFound, "there is no template '\(name)'", hint: "lora-train template list")
      }
    }
    guard let id = new.training_file else { return }
    guard let file = try runner.catalogue.file(id) else {
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

  /// What of its pod's time goes into suites is part of what it is asked to do: whatever the configuration that was sent says of it.
  ///
  /// - Returns: the suites that it names.
  /// - Throws: ``Problem`` where one is not there, or nothing would be trained that could answer.
  @discardableResult
  func order(_ new: inout NewJob) async throws -> [Suite] {
    try await inherit(&new)
    if let id = new.examines { try await examine(id, with: &new) }
    let suites = try SuiteDeeds(runner: runner).ordered(new)
    new.configuration.suitePasses = suites.isEmpty ? nil : suites.reduce(0) { $0 + $1.passes }
    return suites
  }

  /// - Throws: ``Problem`` where nothing can be said of such a configuration.
  func quote(of asked: NewJob) async throws -> (quote: QuoteDocument, view: LiveView) {
    var new = asked
    if let trouble = StepsTrouble(new.configuration) {
      throw Problem(.badRequest, trouble.problem, hint: trouble.hint)
    }
    var quote: QuoteDocument
    let suites = try await order(&new)
    let resume = try await resumption(of: new)
    do {
      quote = try await advice.quote(resume?.left(of: new.configuration) ?? new.simulated)
      quote.resume = resume
    } catch let error as InputError {
      throw Problem(.badRequest, error.problem, hint: error.hint)
    }
    let view = await runner.view
    var budget = BudgetDocument(view)
    let part = try allocation(of: new).map { AllocationDocument($0, view) }
    let left = part?.left
    let (isWithin, isWithinPart) = (
      budget.available_usd.map { quote.reservation_usd <= $0 } ?? true, left.map { quote.reservation_usd <= $0 } ?? true
    )
    quote.fits_budget = isWithin && isWithinPart || !budget.blocks_when_exceeded
    if let part, !isWithinPart { quote.warnings.append(JobMaker.shortage(quote.reservation_usd, of: part)) }
    if quote.fits_budget == true, !isWithin || !isWithinPart {
      quote.warnings.append("The budget does not block what exceeds it: the job would start all the same.")
    }
    // What is under way, what is still likely to come, and this job.
    budget.projected_month_usd = try? await advice.forecast(view).month
    quote.budget = budget
    quote.warnings += NewJob.warnings(quote)
    if let passes = new.configuration.suitePasses {
      let prompts = suites.reduce(0) { $0 + $1.items.count }
      if let pass = advice.suitePass, let rate = quote.hourly_rate_usd {
        quote.suites = .init(prompts: prompts, duration_s: Double(passes) * pass, hourlyRate: rate)
      } else {
        quote.warnings.append(
          (new.examines == nil ? "After training the pod" : "The pod")
            + " answers \(Wording.count(prompts, "suite prompt")) with both models; how long that takes is not known."
        )
      }
    }
    return (quote, view)
  }

  /// What is said of a job that its part of the budget does not hold.
  static func shortage(_ reservation: Double, of part: AllocationDocument) -> String {
    "Estimated cost (\(Wording.money(reservation)), 80th percentile) exceeds what is left of the allocation "
      + "\(part.name) (\(Wording.money(max(0, part.left ?? 0))) of \(Wording.money(part.limit_usd ?? 0)))."
  }

  /// The first part of the budget that takes such a job; nil: none does.
  func allocation(of new: NewJob) throws -> Catalogue.Allocation? {
    try runner.catalogue.allocations().first { $0.takes(client: new.client, tags: new.tags ?? []) }
  }

  private func resumption(of new: NewJob) async throws -> ResumptionDocument? {
    guard let id = new.resume_of else { return nil }
    let view = await runner.view
    let file = try new.training_file.flatMap { try runner.catalogue.file($0) }
    return try ResumptionDocument(of: id, with: new, pairs: file?.training_pairs, view)
  }
}
