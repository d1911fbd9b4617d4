import Calibration
import DiscreteEvent
import Engine
import Live

/// Answers of the simulator that still hold: a page and the programming interface ask for the same many times a minute.
///
/// What is said of the running month holds for ten seconds of the machine's time and only while no job, lease or limit has changed; the forecast
/// for as long while jobs only come further, and the newer one is made meanwhile. A quote holds for one minute, a plan for five. Capacity is computed off the path of pages, see ``LatestAnswer``. How good estimates were is computed once for each state of the history, see ``AccuracyShelf``.
enum AdviceCache {
  private struct State: Hashable {
    var jobs, slots, queued: Int
    var payable: Int64
    var limit: Int64?
    var most: Int32
    var digest: Int

    init(_ view: LiveView) {
      let fleet = view.fleet
      var hasher = Hasher()
      for slot in fleet.slots where slot != .none { hasher.combine(fleet[slot].phase) }
      (jobs, slots, queued) = (fleet.jobs.count, fleet.slotsInUse, fleet.queued)
      (payable, limit, most) = (fleet.ledger.payable, fleet.budget.limit, view.policies.maxConcurrent)
      digest = hasher.finalize()
    }

    /// The same jobs under the same rules: some of them have only come further.
    func isLike(_ other: State) -> Bool {
      (jobs, slots, queued, limit, most) == (other.jobs, other.slots, other.queued, other.limit, other.most)
    }

    /// Under the same rules, whatever has become of the jobs.
    func isUnderRules(of other: State) -> Bool { (limit, most) == (other.limit, other.most) }
  }
  /// How old the answer to a question may be that is shown while the newer one is computed.
  private static var age: Duration { .seconds(60) }

  /// What a plan depends on: the question, the rules, and the hour, for pods are taken back more at some hours than at others.
  private struct Plan: Hashable {
    var question: DeadlineQuestion
    var policies: Policies
    var hour: Int64

    init(_ view: LiveView, _ question: DeadlineQuestion) {
      (self.question, policies) = (question, view.policies)
      hour = view.at.microseconds / 3_600_000_000
    }
  }
  private struct Trial: Hashable {
    var state: State
    var question: WhatIfQuestion
  }

  /// The same advice, remembered.
  ///
  /// - Parameter patience: how long a page waits for what it can do without: of the 200 ms that an answer may take, the rest is its own.
  static func around(_ advice: WebServer.Advice, patience: Duration = .milliseconds(150)) -> WebServer.Advice {
    let quotes = HeldAnswers<JobConfiguration, QuoteDocument>(for: .seconds(60), most: 500)
    let forecasts = HeldAnswers<State, ForecastDocument>(for: .seconds(10))
    let trials = HeldAnswers<Trial, WhatIfDocument>(for: .seconds(10))
    let drivers = HeldAnswers<State, DriversDocument>(for: .seconds(10))
    let capacities = LatestAnswer<Int32, CapacityDocument>(for: .seconds(300))
    let plans = HeldAnswers<Plan, DeadlinePlanDocument>(for: .seconds(300))
    let accuracy = AccuracyShelf(advice.foresight.accuracy)
    var remembered = advice
    remembered.quote = { asked in try await quotes.answer(to: asked) { try await advice.quote(asked) } }
    remembered.forecast = { view in
      let state = State(view)
      return try await forecasts.answer(to: state, orOf: state.isLike) { try await advice.forecast(view) }
    }
    let own = advice.foresight
    remembered.foresight = WebServer.Foresight(
      whatIf: { view, asked in
        try await trials.answer(to: Trial(state: State(view), question: asked)) { try await own.whatIf(view, asked) }
      },
      drivers: { view in try await drivers.answer(to: State(view)) { try await own.drivers(view) } },
      capacity: { view in
        // One job more changes nothing of how often they come.
        try await capacities.answer(view.policies.maxConcurrent) { try await own.capacity(view) }
      },
      plan: { view, asked in try await plans.answer(to: Plan(view, asked)) { try await own.plan(view, asked) } },
      accuracy: { view in try await accuracy.answer(view) })
    remembered.foresight.knownCapacity = { view in
      try await capacities.answer(view.policies.maxConcurrent, within: .zero) { try await own.capacity(view) }
    }
    remembered.foresight.whatIfSoon = { view, asked in
      try await trials.answer(to: Trial(state: State(view), question: asked), within: patience) {
        try await own.whatIf(view, asked)
      }
    }
    remembered.foresight.whatIfNow = { view, asked in
      let state = State(view)
      let isLike: @Sendable (Trial) -> Bool = { $0.question == asked && $0.state.isUnderRules(of: state) }
      return try await trials.answer(
        to: Trial(state: state, question: asked), within: patience, orOf: isLike, upTo: age
      ) { try await own.whatIf(view, asked) }
    }
    remembered.foresight.driversNow = { view in
      let state = State(view)
      return try await drivers.answer(to: state, within: patience, orOf: state.isUnderRules, upTo: age) {
        try await own.drivers(view)
      }
    }
    remembered.foresight.planSoon = { view, asked in
      try await plans.answer(to: Plan(view, asked), within: patience) { try await own.plan(view, asked) }
    }
    remembered.foresight.knownAccuracy = { view in await accuracy.last(view) }
    return remembered
  }
}
