import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Live

/// What a quarter's jobs say of one preset's parameters: proposes other values only where the jobs that had them were better in something
/// beyond doubt, and worse in nothing that is known.
struct PresetStudy {
  /// One job of the preset that completed or failed.
  struct Run: Sendable {
    var parameters: PresetParameters
    var pricing: Pricing
    /// nil: losses of it can be held against nobody's.
    var file: String?
    var isCompleted: Bool
    /// It failed for want of memory.
    var ranOut = false
    /// Logarithms of dollars and seconds for each token of the file; of those that trained to their end.
    var cost, time: Double?
    /// The logarithm of the perplexity that was measured last.
    var loss: Double?
  }

  /// With fewer jobs on either side nothing is compared.
  static let fewest = 10
  /// What the perplexity may be worse by at most, at the far end of its interval.
  static let perplexityMargin = 0.02
  /// How much of the success rate may be lost at most, in the middle of its interval.
  static let successMargin = 0.05
  /// More of the jobs than this run out of memory beyond doubt: then a smaller batch is proposed, although nobody has tried it.
  static let memoryMargin = 0.05

  let quarter: Quarter
  let usual: PresetParameters
  private let groups: [(parameters: PresetParameters, runs: [Run])]
  private let own: [Run]
  private let count: Int

  init(_ quarter: Quarter, usual: PresetParameters, _ runs: [Run]) {
    (self.quarter, self.usual, count) = (quarter, usual, runs.count)
    var places: [PresetParameters: Int] = [:]
    var groups: [(parameters: PresetParameters, runs: [Run])] = []
    for run in runs {
      if let place = places[run.parameters] {
        groups[place].runs.append(run)
      } else {
        places[run.parameters] = groups.count
        groups.append((run.parameters, [run]))
      }
    }
    own = groups.first { $0.parameters == usual }?.runs ?? []
    // The most used first; of the same number, whoever came first.
    self.groups = groups.enumerated().filter { $0.element.parameters != usual }
      .sorted { ($1.element.runs.count, $0.offset) < ($0.element.runs.count, $1.offset) }.map(\.element)
  }

  /// - Parameter store: whose history it is.
  func result(store: String) -> (to: PresetParameters?, finding: PresetFinding) {
    let many = own.count >= Self.fewest ? groups.filter { $0.runs.count >= Self.fewest } : []
    // All intervals are to hold at once.
    let confidence = 1 - 0.05 / Double(max(1, many.count * PresetEffect.Measure.allCases.count))
    var best: (to: PresetParameters, gains: Int, cost: Double, alternative: PresetAlternative)?
    let alternatives = many.map { group in
      let effects = effects(group.runs, confidence)
      let (verdict, gains) = judge(effects, PresetChange.list(usual, group.parameters))
      let alternative = PresetAlternative(
        changes: PresetChange.list(usual, group.parameters), jobs: group.runs.count,
        out_of_memory: group.runs.count(where: \.ranOut), effects: effects, verdict: verdict)
      let cost = effects.first { $0.measure == .cost }?.difference ?? 0
      if gains > 0, best.map({ ($0.gains, cost) < (gains, $0.cost) }) ?? true {
        best = (group.parameters, gains, cost, alternative)
      }
      return alternative
    }
    // What enough jobs had is judged by how it went for them.
    let smaller = best == nil ? smallerBatch().flatMap { to in many.contains { $0.parameters == to } ? nil : to } : nil
    let reason =
      smaller.map(whySmaller)
      ?? best.map {
        "\($0.alternative.changes.map(\.sentence).joined(separator: ", ")): \($0.alternative.jobs) jobs against \(own.count) with the "
          + "present values: \($0.alternative.effects.map(\.sentence).joined(separator: ", "))"
      } ?? whyNothing(alternatives)
    return (
      best?.to ?? smaller,
      PresetFinding(
        jobs: count, usual_jobs: own.count, out_of_memory: own.count(where: \.ranOut),
        confidence: many.isEmpty ? nil : confidence, alternatives: alternatives,
        reason: reason,
        source:
          "Store \(store): jobs of this preset that completed or failed in \(quarter.text), without those that try "
          + "others again. People chose the values, nobody drew lots: what else differed between such jobs, beside "
          + "spot or on demand and the training file, is in the differences, too.")
    )
  }

  /// As many pairs for each step as before, fewer of them at once; nil where memory is no trouble beyond doubt, or a batch is one pair already.
  private func smallerBatch() -> PresetParameters? {
    guard own.count >= Self.fewest, usual.batchSize > 1,
      Analytics.wilson(own.count(where: \.ranOut), of: own.count).0 > Self.memoryMargin
    else { return nil }
    let pairs = usual.batchSize * usual.gradientAccumulation
    var smaller = usual
    smaller.batchSize = (1...usual.batchSize / 2).last { pairs.isMultiple(of: $0) } ?? 1
    smaller.gradientAccumulation = pairs / smaller.batchSize
    return smaller
  }

  private func whySmaller(_ to: PresetParameters) -> String {
    "\(PresetChange.list(usual, to).map(\.sentence).joined(separator: ", ")): \(own.count(where: \.ranOut)) of "
      + "\(Wording.count(own.count, "job")) with the present values ran out of memory. As many pairs make one step as before; fewer at "
      + "once take less memory and somewhat more time. No job has tried it."
  }

  private func effects(_ other: [Run], _ confidence: Double) -> [PresetEffect] {
    func strata(_ kind: (Run) -> String?, _ value: (Run) -> Double?) -> [PresetEffect.Stratum] {
      var strata: [String: PresetEffect.Stratum] = [:]
      for run in own {
        if let kind = kind(run), let value = value(run) { strata[kind, default: .init()].usual.append(value) }
      }
      for run in other {
        if let kind = kind(run), let value = value(run) { strata[kind, default: .init()].other.append(value) }
      }
      // A sum's last digit depends on its order.
      return strata.sorted { $0.key < $1.key }.map(\.value)
    }
    let pricing: (Run) -> String? = { Wording.snake($0.pricing) }
    return [
      .success(
        usual: (own.count(where: \.isCompleted), own.count), other: (other.count(where: \.isCompleted), other.count),
        confidence: confidence),
      .ratio(.cost, strata(pricing, \.cost), confidence: confidence),
      .ratio(.time, strata(pricing, \.time), confidence: confidence),
      .ratio(.perplexity, strata(\.file, \.loss), confidence: confidence),
    ]
  }

  /// What follows, and how many measures are better beyond doubt; 0: not to be proposed.
  private func judge(_ effects: [PresetEffect], _ changes: [PresetChange]) -> (verdict: String, gains: Int) {
    func names(_ effects: [PresetEffect]) -> String { effects.map(\.measure.rawValue).joined(separator: ", ") }
    let (better, worse) = (effects.filter(\.isBetter), effects.filter(\.isWorse))
    guard !better.isEmpty else {
      return (
        worse.isEmpty ? "No difference beyond doubt." : "Worse beyond doubt in \(names(worse)), better in nothing.", 0
      )
    }
    let gain = "Better beyond doubt in \(names(better))"
    guard worse.isEmpty else { return ("\(gain), but worse in \(names(worse)): that is for people to weigh.", 0) }
    if let success = effects.first(where: { $0.measure == .success })?.difference, success < -Self.successMargin {
      return ("\(gain), but fewer of its jobs completed, by \(Wording.per(-success)).", 0)
    }
    // How often it is saved changes no weight.
    if changes.contains(where: { $0.parameter != "checkpoint_every" }) {
      let perplexity = effects.first { $0.measure == .perplexity }
      guard let perplexity, let high = perplexity.high else {
        return (
          "\(gain), but the quality is not known: \(perplexity?.usual_jobs ?? 0) and \(perplexity?.jobs ?? 0) jobs have a perplexity "
            + "on the same training files; \(Self.fewest) of each are needed.", 0
        )
      }
      guard high <= Self.perplexityMargin else {
        return (
          "\(gain), but the perplexity may be worse by \(String(format: "%.1f", high * 100))%; "
            + "\(Wording.per(Self.perplexityMargin)) at most may be given up.", 0
        )
      }
    }
    return ("\(gain), worse in nothing that is known.", better.count)
  }

  private func whyNothing(_ alternatives: [PresetAlternative]) -> String {
    guard count > 0 else { return "No job of this preset was over in \(quarter.text)." }
    guard own.count >= Self.fewest else {
      return
        "Only \(Wording.count(own.count, "job")) had the present values; \(Self.fewest) are needed to compare with."
    }
    guard !alternatives.isEmpty else {
      let most = groups.first.map {
        "; the most had \(PresetChange.list(usual, $0.parameters).map(\.sentence).joined(separator: ", ")): "
          + Wording.count($0.runs.count, "job")
      }
      return "No other values were had by \(Self.fewest) jobs or more\(most ?? ""). There is nothing to compare with."
    }
    return
      "Of \(Wording.count(alternatives.count, "other set")) of values, none is better beyond doubt without a loss: see each."
  }
}

extension PresetStudy.Run {
  /// nil where it does not belong to the quarter, or tries another job again: it was made because of how that one went.
  init?(_ quarter: Quarter, _ job: Job, _ text: JobDescription, _ finals: Catalogue.Finals?) {
    guard job.phase == .completed || job.phase == .failed, job.ended >= quarter.from, job.ended < quarter.until,
      job.spec.retryOf == .max, text.examines == nil
    else { return nil }
    let c = text.configuration
    (parameters, pricing, file) = (PresetParameters(of: c), job.spec.pricing, text.trainingFile)
    isCompleted = job.phase == .completed
    ranOut = job.failure == .outOfMemory
    let tokens = Double(c.trainingPairs) * c.tokensPerPair
    // One that was stopped at its cap has done less than the others.
    guard isCompleted, job.costs.total < job.spec.maxCost - job.spec.maxCost / 20, tokens > 0 else { return }
    if job.costs.total > 0 { cost = log(Wording.dollars(job.costs.total) / tokens) }
    if job.billed > .zero { time = log(job.billed.seconds / tokens) }
    loss = finals?.validation_loss ?? finals?.perplexity.flatMap { $0 > 0 ? log($0) : nil }
  }
}
