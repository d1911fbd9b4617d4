import Calibration
import DiscreteEvent
import Engine
import Live

/// Answers of the simulator that still hold: a page and the programming interface ask for the same many times a minute.
///
/// What is said of the running month holds for ten seconds of the machine's time and only while no job, lease or limit has changed; a quote and a
/// plan for one minute. How good estimates were is computed once for each state of the history, see ``AccuracyShelf``.
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
  }
  private struct Trial: Hashable {
    var state: State
    var question: WhatIfQuestion
  }
  private struct Load: Hashable {
    var jobs: Int
    var slots: Int32
  }

  /// The same advice, remembered.
  static func around(_ advice: WebServer.Advice) -> WebServer.Advice {
    let quotes = HeldAnswers<JobConfiguration, QuoteDocument>(for: .seconds(60), most: 500)
    let forecasts = HeldAnswers<State, ForecastDocument>(for: .seconds(10))
    let trials = HeldAnswers<Trial, WhatIfDocument>(for: .seconds(10))
    let drivers = HeldAnswers<State, DriversDocument>(for: .seconds(10))
    let capacities = HeldAnswers<Load, CapacityDocument>(for: .seconds(300))
    let plans = HeldAnswers<DeadlineQuestion, DeadlinePlanDocument>(for: .seconds(60))
    let accuracy = AccuracyShelf(advice.foresight.accuracy)
    var remembered = advice
    remembered.quote = { asked in try await quotes.answer(to: asked) { try await advice.quote(asked) } }
    remembered.forecast = { view in
      try await forecasts.answer(to: State(view)) { try await advice.forecast(view) }
    }
    let own = advice.foresight
    remembered.foresight = WebServer.Foresight(
      whatIf: { view, asked in
        try await trials.answer(to: Trial(state: State(view), question: asked)) { try await own.whatIf(view, asked) }
      },
      drivers: { view in try await drivers.answer(to: State(view)) { try await own.drivers(view) } },
      capacity: { view in
        try await capacities.answer(to: Load(jobs: view.fleet.jobs.count, slots: view.policies.maxConcurrent)) {
          try await own.capacity(view)
        }
      },
      plan: { view, asked in try await plans.answer(to: asked) { try await own.plan(view, asked) } },
      accuracy: { view in try await accuracy.answer(view) })
    remembered.foresight.knownAccuracy = { view in await accuracy.last(view) }
    return remembered
  }
}
