import Calibration
import DiscreteEvent
import Engine
import Scenarios
import Simulator

/// An option made ready to be simulated.
struct PlanCandidate: Sendable {
  var option: PlanOption
  var experiment: Experiment
  /// Seconds from the submission as the simulation has it to the job's deadline.
  var deadline: Double
  /// How long the option puts a submission off, in seconds.
  var delay: Double
  /// Steps between checkpoints of each of the scenario's kinds.
  var checkpointEvery: [Int]
}

/// Turns options into experiments: all with the same worlds, seed and submissions, so that they meet the same luck.
struct PlanWorkshop: Sendable {
  let question: PlanQuestion
  /// The scenario as it stands.
  let base: Experiment
  /// Of each kind of job, on spot.
  let advice: [CheckpointAdvice?]

  init(_ question: PlanQuestion, base: Experiment) {
    self.question = question
    var base = base
    // What is submitted is run to its end: a plan that does less must not look cheaper.
    if case .until(let end) = base.horizon {
      base.lastArrival = end
      base.submissions.removeAll { $0.at >= end }
      base.horizon = .drained
    }
    (base.keepsJobs, base.keepsStatistics) = (true, false)
    self.base = base
    advice = base.kinds.map { CheckpointAdvice.median($0.configuration, in: base.worlds) }
  }

  func candidate(_ option: PlanOption) -> PlanCandidate {
    var e = base
    var policies = option.policy.map { $0.applied(to: base.policies) } ?? base.policies
    if let slots = option.slots { policies.maxConcurrent = slots }
    let own = base.kinds.indices.map { configured(base.kinds[$0].configuration, option, advice[$0]) }
    e.kinds = PlanWorkshop.both(
      zip(base.kinds, own).map { JobKind(weight: $0.weight, configuration: $1, client: $0.client) })
    let share = own.indices.map { spotShare(of: $0, option) }
    if share.allSatisfy({ $0 == 0 }) { policies = option.slots.map { base.policies.with(slots: $0) } ?? base.policies }
    e.policies = policies
    for w in e.worlds.indices {
      e.worlds[w].mix = zip(e.worlds[w].mix, share).enumerated().flatMap { i, each in
        [(0, each.1), (1, 1 - each.1)].map { side, part in
          var kind = e.kinds[2 * i + side]
          kind.weight = each.0.weight * part
          return kind
        }
      }
    }
    for w in e.onDemandWorlds.indices { e.onDemandWorlds[w].mix = e.worlds[w].mix }
    var onSpot = [Double](repeating: 0, count: share.count)
    e.submissions = base.submissions.map { submission in
      let k = submission.kind
      // As many of the jobs on spot as the share says, evenly spread.
      let before = onSpot[k]
      onSpot[k] += share[k]
      let spot = (onSpot[k] + 1e-9).rounded(.down) > (before + 1e-9).rounded(.down)
      return .init(at: submission.at + Span(seconds: option.start ?? 0), kind: 2 * k + (spot ? 0 : 1))
    }
    let delay = option.start ?? 0
    return PlanCandidate(
      option: option, experiment: e, deadline: question.deadline ?? .infinity, delay: delay,
      checkpointEvery: own.map(\.checkpointEvery))
  }

  /// Each kind twice, on spot and on demand, side by side: under any share the same jobs are of the same kind.
  static func both(_ kinds: [JobKind]) -> [JobKind] {
    kinds.flatMap { kind in
      Pricing.allCases.map { pricing in
        var kind = kind
        kind.configuration.pricing = pricing
        return kind
      }
    }
  }

  private func spotShare(of kind: Int, _ option: PlanOption) -> Double {
    switch option.payment {
    case .alike(let pricing): return pricing == .spot ? 1 : 0
    case .perJob(let pricings): return kind < pricings.count && pricings[kind] == .onDemand ? 0 : 1
    case .share(let share): return share
    case .asStated:
      let pricing = option.policy?.pricing ?? base.kinds[kind].configuration.pricing
      return pricing == .spot ? 1 : 0
    }
  }

  private func configured(
    _ stated: JobConfiguration, _ option: PlanOption, _ advice: CheckpointAdvice?
  ) -> JobConfiguration {
    var c = stated
    var advice = advice
    if let preset = option.preset {
      c = JobConfiguration(
        preset: preset, pricing: stated.pricing, trainingPairs: stated.trainingPairs,
        tokensPerPair: stated.tokensPerPair)
      c.maxSequenceLength = stated.maxSequenceLength
      c.checkpointEvery = stated.checkpointEvery
      advice = CheckpointAdvice.median(c, in: base.worlds)
    }
    switch option.checkpoints {
    case .asStated: break
    case .every(let steps): c.checkpointEvery = steps
    case .optimum(let factor):
      let optimum = Double(advice?.exact ?? max(1, c.steps))
      c.checkpointEvery = max(1, Int(min((optimum * factor).rounded(), Double(max(1, c.steps)))))
    }
    return c
  }
}

extension Policies {
  fileprivate func with(slots: Int32) -> Policies {
    var policies = self
    policies.maxConcurrent = slots
    return policies
  }
}
