import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Live
import Planning
import Scenarios
import Web

extension LiveForecaster {
  /// Times today's arrivals.
  private static let factors = [0.5, 0.75, 1, 1.25, 1.5, 2, 3]
  /// Simulated stretches of days behind a cell, each in a possible truth of its own.
  private static let mostStretches = 64
  /// Jobs in one of them, and behind a cell, at today's load: busy teams are looked at for fewer days, so that the answer is there in a second.
  private static let (mostJobs, mostBehindCell) = (700.0, 24_000.0)
  private static let mostKinds = 200
  /// The greatest number of rows.
  private static let mostSlots = 8

  /// For what takes a second: one core stays free for those who are being answered meanwhile.
  private static var threadsBeside: Int { max(1, ProcessInfo.processInfo.activeProcessorCount - 1) }

  /// How long jobs wait, by how many come and how many may run at once.
  func capacity(_ view: LiveView) async throws -> CapacityDocument {
    let began = ContinuousClock.now
    let (source, jobs) = try busySource(view)
    let now = Int(view.policies.maxConcurrent)
    let slots = LiveForecaster.slots(around: now)
    let isKnown = source.worlds.contains { !$0.mix.isEmpty && $0.arrivals.perDay > 0 }
    let rates = SampleSummary(source.worlds.map(\.arrivals.perDay))
    let grid = try await CapacityGrid.run(
      source: source, policies: view.policies, start: view.at, length: LiveForecaster.length(rates),
      factors: isKnown ? LiveForecaster.factors : [], slots: slots, replications: LiveForecaster.stretches(rates),
      threads: LiveForecaster.threadsBeside)
    return CapacityDocument(
      at: Words.stamp(view.at), slots_now: now,
      jobs_per_day: Band(p10: rates.quantile(0.1), p50: rates.quantile(0.5), p90: rates.quantile(0.9)),
      hours_a_job: grid.hoursAJob, slots: slots.map(Int.init),
      loads: grid.loads.map { .init(factor: $0.factor, jobs_per_day: $0.perDay) },
      cells: grid.cells.map {
        .init(
          slots: Int($0.slots), load: $0.load, wait_mean_s: $0.wait, wait_half_width_95: $0.halfWidth,
          wait_p90_s: $0.wait90, utilization: $0.utilization, is_overloaded: $0.isOverloaded)
      }, days: Int(grid.length.seconds / 86_400), futures: grid.replications,
      milliseconds: LiveForecaster.milliseconds(since: began),
      source: expectsJobs
        ? source.name : "the \(Words.group(jobs)) jobs of the last 90 days, their times by \(source.name)")
  }

  /// Four weeks, or as many days as hold ``mostJobs``, and three at least.
  private static func length(_ perDay: SampleSummary) -> Span {
    .days(Int64(min(28, max(3, (mostJobs / max(perDay.quantile(0.5), 0.01)).rounded(.up)))))
  }

  private static func stretches(_ perDay: SampleSummary) -> Int {
    let jobs = perDay.quantile(0.5) * length(perDay).seconds / 86_400
    return Int(min(Double(mostStretches), max(16, mostBehindCell / max(jobs, 1))))
  }

  /// From fewer than there are to more: one apart, and in a large fleet further.
  private static func slots(around now: Int) -> [Int32] {
    let now = min(now, 1_000_000)
    let step = max(1, now / 16)
    let first = max(1, now - 4 * step)
    return (0..<mostSlots).map { Int32(clamping: first + step * $0) }
  }

  /// The possible truths with jobs to come: the history's, or what this store's own jobs show of how often they come and what they are.
  private func busySource(_ view: LiveView) throws -> (ModelSource, jobs: Int) {
    var source = coarse
    guard !expectsJobs else { return (source, source.jobs) }
    let history = try lately(view)
    guard !history.jobs.isEmpty else { return (source, 0) }
    let own = try ModelLoader.fit(history)
    // What jobs are like is known as well from the latest few hundred: each of them is a kind of job in every world.
    var latest = history
    latest.jobs = Array(history.jobs.suffix(LiveForecaster.mostKinds))
    let like = try ModelLoader.fit(latest)
    let n = source.worlds.count
    for w in source.worlds.indices {
      source.worlds[w].arrivals = own.draw(w, of: n, seed: 1).arrivals
      source.worlds[w].mix = like.draw(w, of: n, seed: 1).mix
    }
    return (source, history.jobs.count)
  }

  /// What was submitted in the last 90 days, and nothing of what became of it: how often jobs come, and which.
  private func lately(_ view: LiveView) throws -> History {
    let since = view.at - Span.days(90)
    let recent = try HistoryReader.readRecent(path: path, since: since)
    var history = History(source: recent.source)
    history.observations = recent.observations.filter { $0.until > since }.map { observation in
      var observation = observation
      observation.from = max(observation.from, since)
      return observation
    }
    history.jobs = recent.jobs.filter { $0.submitted >= since }.map { job in
      var job = job
      (job.requests, job.leases) = ([], [])
      return job
    }
    return history
  }

  /// The cheapest way to have some jobs done in time, all submitted at once to a fleet with nothing to do.
  func plan(_ view: LiveView, _ asked: DeadlineQuestion) async throws -> DeadlinePlanDocument {
    let began = ContinuousClock.now
    var question = PlanQuestion()
    (question.deadline, question.pDeadline) = (asked.deadline, asked.share)
    question.budget = asked.budget.map { Int64($0 * 1e9) }
    question.policies = [.spotThenOnDemand(after: 1), .spotThenOnDemand(after: 3), .onDemand, .spot]
    question.slots = Array(Set([1, view.policies.maxConcurrent, Int32(asked.jobs)])).filter { $0 <= asked.jobs }
      .sorted()
    if question.slots.isEmpty { question.slots = [1] }
    var scenario = Scenario(name: "deadline")
    scenario.policies = view.policies.ungated
    scenario.jobs = [JobKind(weight: 1, configuration: asked.configuration)]
    scenario.world.arrivals = .times(Array(repeating: 0, count: asked.jobs))
    scenario.plan = question
    var request = Plan.Request(threads: LiveForecaster.threadsBeside, start: view.at)
    // A choice that is a tie within 2 % needs no more futures than a person waits for, and many jobs no more work than few.
    (request.cap, request.tie, request.work) = (2_048, 0.02, LiveForecaster.mostWork)
    let plan = try await Plan.run(scenario, source: coarse, request: request)
    var document = DeadlinePlanDocument(
      answer: PlanText.answer(plan).map { LiveForecaster.plain($0, question) } + LiveForecaster.doubt(plan),
      is_possible: plan.chosen != nil, is_decided: plan.isDecided,
      plans: plan.choices.map { c in
        .init(
          plan: LiveForecaster.plain(c.option.label, question), verdict: PlanDocument.word(c.verdict), cost_usd: c.cost,
          cost_half_width_95: c.costHalfWidth, extra_usd: c.extra, extra_half_width_95: c.extraHalfWidth,
          p_in_time: c.pInTime, p_over_budget: c.pOverBudget, done_within_s: c.doneWithin.isFinite ? c.doneWithin : nil,
          p_best: c.pBest, futures: c.replications)
      }, confidence: plan.confidence, milliseconds: LiveForecaster.milliseconds(since: began), source: source.name)
    document.plans_in_all = plan.options
    return document
  }

  /// Simulated events for one answer: about a second of one processor.
  private static let mostWork = 4_000_000

  /// What is to be said where the choice is not certain.
  private static func doubt(_ plan: Plan) -> [String] {
    guard !plan.isDecided else { return [] }
    let counts = plan.choices.map(\.replications)
    guard plan.choices.count == plan.options else {
      return [
        "So far: \(plan.choices.count) of \(plan.options) plans were compared. One answer is given so much work, and it was done before the others were "
          + "looked at; ask for fewer or shorter jobs, or let lora-train plan take its time."
      ]
    }
    return [
      "All \(plan.options) plans were compared, in \(Words.group(counts.min() ?? 0)) to \(Words.group(counts.max() ?? 0)) futures each; that is as many as one "
        + "answer here is given, and it is not certain yet that this is the cheapest. lora-train plan goes on until it is."
    ]
  }

  /// With the words of a person for the ways to pay.
  private static func plain(_ text: String, _ question: PlanQuestion) -> String {
    question.policies.reduce(text) { text, policy in
      switch policy {
      case .spotThenOnDemand(let after):
        text.replacing(
          policy.description, with: "spot, on demand after \(after) interruption\(after == 1 ? "" : "s")")
      case .onDemand: text.replacing(policy.description, with: "on demand")
      default: text
      }
    }
  }
}
