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
  /// What the dashboard asks beyond the running month itself.
  var foresight: WebServer.Foresight {
    WebServer.Foresight(
      whatIf: { try await whatIf($0, $1) }, drivers: { try await drivers($0) }, capacity: { try await capacity($0) },
      plan: { try await plan($0, $1) }, accuracy: { try await accuracy($0) })
  }

  /// A change, and the parameters that ask for it.
  private typealias Named = (name: String, query: String, change: ForecastChange)

  private func whatIf(_ view: LiveView, _ asked: WhatIfQuestion) async throws -> WhatIfDocument {
    let began = ContinuousClock.now
    let question = try question(view)
    let today = try await question.answer(calendar)
    let limit = view.fleet.budget.limit.map { Double($0) / 1e9 }
    let changes = asked.isEmpty ? try usual(view) : named(asked, view)
    let compared = try await WhatIf.compare(
      changes.map { ($0.name, $0.change) }, with: question, today: today, calendar: calendar, budget: limit)
    func document(_ w: WhatIf, _ query: String) -> WhatIfDocument.Change {
      let month = w.months.first
      let reduction = month?.varianceReduction ?? .infinity
      return WhatIfDocument.Change(
        change: w.name, query: query, sentence: WhatIfText.sentence(w, months: 1), today_usd: month?.today ?? 0,
        changed_usd: month?.changed ?? 0, more_usd: w.monthly.more, half_width_95: w.monthly.halfWidth,
        variance_reduction: reduction.isFinite ? reduction : nil,
        p_over_budget: w.pOverBudget.map { .init(today: $0.today, changed: $0.changed) })
    }
    let all = changes.map(\.query).joined(separator: "&")
    return WhatIfDocument(
      at: Words.stamp(view.at), limit_usd: limit, slots: Int(view.policies.maxConcurrent),
      today: LiveForecaster.outlook(today, view),
      changed: asked.isEmpty ? nil : LiveForecaster.outlook(compared.changed, view),
      changes: zip(compared.alone, changes).map { document($0, $1.query) },
      together: asked.isEmpty || changes.count < 2 ? nil : document(compared.together, all),
      futures: today.replications, milliseconds: LiveForecaster.milliseconds(since: began), source: source.name)
  }

  /// What is usually asked, where nobody asks for anything.
  private func usual(_ view: LiveView) throws -> [Named] {
    var changes: [Named] = []
    let slots = Int(view.policies.maxConcurrent)
    let job = try HistoryReader.presets(path: path).configuration(.balanced, pricing: .spot)
    changes.append(("one more job, balanced on spot, now", "add=balanced", .jobs(1, job, at: view.at)))
    if slots < 1_000 {
      changes.append(("one slot more", "slots=\(slots + 1)", .slots(Int32(slots + 1))))
      if slots > 1 { changes.append(("one slot less", "slots=\(slots - 1)", .slots(Int32(slots - 1)))) }
    }
    changes.append(("all on demand", "payment=on_demand", .payment(.onDemand)))
    changes.append(
      (
        "all spot, on demand after 3 interruptions", "payment=spot_then_on_demand&fallback_after=3",
        .payment(.spotThenOnDemand(after: 3))
      ))
    return changes
  }

  private func named(_ asked: WhatIfQuestion, _ view: LiveView) -> [Named] {
    var changes: [Named] = []
    if let add = asked.addition {
      let (c, count) = (add.configuration, add.count)
      let start = add.start.map { max($0, view.at) }
      let jobs = count == 1 ? "one job more" : "\(count) jobs more"
      let when = start.map { " at \(Words.moment($0)) UTC" } ?? " now"
      var query = "add=\(c.preset.rawValue)&add_pricing=\(PricingArgument.text(c.pricing))&add_pairs=\(c.trainingPairs)"
      query += "&add_count=\(count)"
      if let start { query += "&add_start=\(Words.stamp(start).prefix(16))" }
      changes.append(
        (
          "\(jobs), \(c.preset.rawValue) on \(c.pricing == .spot ? "spot" : "on-demand") pods,\(when)", query,
          .jobs(count, c, at: start ?? view.at)
        ))
    }
    if let slots = asked.slots {
      changes.append((slots == 1 ? "1 slot" : "\(slots) slots", "slots=\(slots)", .slots(slots)))
    }
    if let payment = asked.payment {
      let (name, query) =
        switch payment {
        case .onDemand: ("all on demand", "on_demand")
        case .spotThenOnDemand(let after):
          (
            "all spot, on demand after \(after) interruption\(after == 1 ? "" : "s")",
            "spot_then_on_demand&fallback_after=\(after)"
          )
        default: ("all spot, however often they are interrupted", "spot")
        }
      changes.append((name, "payment=\(query)", .payment(payment)))
    }
    for (pricing, rate) in [(Pricing.spot, asked.spotRate), (.onDemand, asked.onDemandRate)] {
      guard let rate else { continue }
      changes.append(
        (
          "\(PricingArgument.words(pricing)) at \(Words.dollars(rate)) an hour",
          "\(PricingArgument.text(pricing))_rate=\(JSON.digits(rate))", .rate(pricing, rate)
        ))
    }
    return changes
  }

  /// Futures behind each sample of the split of the variance: as many as are there within a blink.
  private static let samples = 512

  private func drivers(_ view: LiveView) async throws -> DriversDocument {
    let began = ContinuousClock.now
    let question = try question(view)
    let answer = try await question.answer(calendar)
    let (model, n) = (model, LiveForecaster.samples)
    let draws = (1...2).map { seed in own((0..<n).map { model.draw($0, of: n, seed: UInt64(seed)) }) }
    let sensitivity = try await Sensitivity.run(
      question.request, history: question.history, a: draws[0], b: draws[1], calendar: calendar)
    let (mean, spent) = (answer.months.first?.total.mean ?? 0, answer.months.first?.spent ?? 0)
    let running = answer.running.reduce(0) { $0 + $1.toCome }
    let queued = answer.queued.reduce(0) { $0 + $1.toCome }
    func parts(_ list: [(String, Double)]) -> [DriversDocument.Part] { list.map { .init(name: $0.0, usd: $0.1) } }
    return DriversDocument(
      at: Words.stamp(view.at), mean_usd: mean, sd_usd: answer.months.first?.total.sd ?? 0,
      parts: parts([
        ("spent", spent), ("running", running), ("queued", queued),
        ("to_come", max(0, mean - spent - running - queued)),
      ]),
      by_preset: parts(answer.byPreset), by_client: parts(answer.byClient),
      inputs: zip(sensitivity.inputs, sensitivity.indices.shares).map { input, share in
        DriversDocument.Input(
          input: input.rawValue, name: SensitivityText.name(input),
          is_uncertain: !sensitivity.fixed.contains(input), alone: share.first,
          alone_half_width_95: share.firstHalfWidth, total: share.total, total_half_width_95: share.totalHalfWidth)
      }, expects_arrivals: expectsJobs,
      sentence: sensitivity.indices.variance > 0
        ? SensitivityText.sentence(sensitivity) : "Nothing of this month is open any more.",
      futures: n * 8, milliseconds: LiveForecaster.milliseconds(since: began), source: source.name)
  }

  /// A long history takes its time to be read.
  private static let side = SideQueue("past estimates")

  /// How good estimates of this store's own jobs would have been, each from what was known when it was submitted.
  private func accuracy(_ view: LiveView) async throws -> AccuracyDocument {
    let began = ContinuousClock.now
    let path = path
    let history = try await LiveForecaster.side.run { try HistoryReader.read(path: path, asOf: view.at) }
    // A calibration takes longer the more jobs there are, and says less that is new.
    let refitEvery = max(5, history.jobs.count / 100)
    let backtest = try await Backtest.run(
      history, from: AccuracyDocument.from, refitEvery: refitEvery, last: AccuracyDocument.most,
      projectedAt: Projection.shares, replications: 400, policies: view.policies.ungated,
      calibrate: { [self] history in
        let model = try ModelLoader.fit(history)
        return own((0..<ModelSource.draws).map { model.draw($0, of: ModelSource.draws, seed: 1) })
      })
    let costs = backtest.scores[.cost] ?? []
    var document = AccuracyDocument(
      status: costs.isEmpty ? .tooFew : .ready, history_digest: AccuracyDocument.digest(of: view),
      from_jobs: AccuracyDocument.from, source: "the \(Words.group(history.jobs.count)) jobs of this store")
    document.seconds = LiveForecaster.milliseconds(since: began) / 1e3
    guard !costs.isEmpty else { return document }
    func quantity(_ quantity: Backtest.Quantity) -> AccuracyDocument.Quantity {
      .init(
        coverage: Backtest.Level.allCases.map {
          let covered = backtest.covered(quantity, $0)
          return .init(level: $0.rawValue, held: covered.count, of: covered.n)
        }, pit: backtest.pitHistogram(quantity), median_error: backtest.medianError(quantity),
        bias_log: backtest.bias(quantity))
    }
    (document.cost, document.duration) = (quantity(.cost), quantity(.duration))
    func estimated(_ score: Backtest.Score) -> AccuracyDocument.Job.Estimated {
      .init(estimate: Band(p10: score.low80, p50: score.median, p90: score.high80), actual: score.outcome)
    }
    document.projections = LiveForecaster.projections(backtest)
    let byJob = Dictionary(grouping: backtest.projections, by: \.job)
    document.jobs = zip(costs, backtest.scores[.duration] ?? []).map { cost, duration in
      let job = history.jobs[cost.job]
      var document = AccuracyDocument.Job(
        id: job.id, name: job.name, preset: job.configuration.preset.rawValue, past_jobs: cost.past,
        cost_usd: estimated(cost), duration_s: estimated(duration),
        quoted_usd: job.quotedCost.map { Double($0) / 1e9 })
      document.projections = (byJob[cost.job] ?? []).map(LiveForecaster.projected)
      return document
    }
    return document
  }

  private static func projections(_ backtest: Backtest) -> [AccuracyDocument.Projection] {
    func held(_ projected: [Projection.Projected]) -> AccuracyDocument.Projection.Held {
      let errors = Backtest.errors(projected)
      return .init(
        coverage: .init(level: 0.8, held: errors.held, of: errors.of), median_error: errors.median,
        bias_log: errors.bias)
    }
    return Projection.shares.compactMap { share in
      let some = backtest.projected(at: share)
      return some.isEmpty
        ? nil : .init(share: share, cost: held(some.map(\.cost)), duration: held(some.map(\.duration)))
    }
  }

  private static func projected(_ projection: Projection) -> AccuracyDocument.Job.Projected {
    func estimated(_ p: Projection.Projected) -> AccuracyDocument.Job.Estimated {
      .init(estimate: Band(p10: p.low80, p50: p.median, p90: p.high80), actual: p.outcome)
    }
    return .init(
      share: projection.share, at: Words.stamp(projection.at), spent_usd: projection.spent,
      cost_usd: estimated(projection.cost), duration_s: estimated(projection.duration))
  }
}

extension Policies {
  /// The same rules with no limit to what is spent: for questions of what is wanted.
  var ungated: Policies {
    var policies = self
    policies.budgetLimit = nil
    return policies
  }
}
