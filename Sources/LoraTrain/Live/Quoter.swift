import Calibration
import DiscreteEvent
import Engine
import Foundation
import Planning
import Web

/// Says what a new job would cost, from what was loaded once.
struct Quoter: Sendable {
  private var basis: EstimateBasis
  private var source: ModelSource
  /// Which quantile of the cost admission sets aside.
  private let reservation: Double
  /// Nanodollars an hour, where they are known better than from the history.
  private let prices: (spot: Int64, onDemand: Int64)?
  /// What a job goes on by.
  var policies = Calibrated.policies

  /// - Parameters:
  ///   - rates: nanodollars an hour, where they are known better than from the history.
  ///   - reservation: which quantile of the cost admission sets aside; nil: the 80th percentile.
  init(
    history: String?, rates: (spot: Int64, onDemand: Int64)? = nil, reservation: Double? = nil
  ) async throws {
    self.reservation = reservation ?? 0.8
    prices = rates
    let threads = ProcessInfo.processInfo.activeProcessorCount
    basis = try await EstimateBasis.load(history, asOf: nil, threads: threads)
    source = await basis.source(history, .random, threads: threads).paying(rates)
  }

  /// The same from a later calibration.
  func learning(_ basis: EstimateBasis, from history: String, threads: Int) async throws -> Quoter {
    var learned = self
    learned.basis = basis
    learned.basis.model.mix = []
    learned.source = await learned.basis.source(history, .random, threads: threads).paying(prices)
    return learned
  }

  /// Nanodollars an hour.
  var rates: (spot: Int64, onDemand: Int64) {
    func rate(_ pricing: Pricing) -> Int64 { Int64(((source.worlds.first?.hourlyRate[pricing] ?? 0) * 1e9).rounded()) }
    return (rate(.spot), rate(.onDemand))
  }

  /// Seconds of a forward pass that answers a suite, the middle case.
  var suitePass: Double {
    let passes = source.worlds.map(\.suitePass).sorted()
    return passes.isEmpty ? 0 : passes[passes.count / 2]
  }

  /// How long those wait who were refused a pod.
  func wait(for pricing: Pricing, every: Span) -> (p50: Double?, p80: Double?) {
    let wait = ProvisioningWait(worlds: source.worlds, pricing: pricing, every: every)
    return (wait.quantile(0.5), wait.quantile(0.8))
  }

  /// The memory that such a job takes, by the model: the middle, and where 8 in 10 are, in GB.
  func memory(_ c: JobConfiguration) -> MemoryDocument {
    let peak = basis.memory.peak(
      rank: c.rank, batch: c.batchSize,
      sequence: VRAMModel.sequenceLength(longestPair: nil, maximum: c.maxSequenceLength))
    return MemoryDocument(peak_gb: peak.median, low_gb: peak.low, high_gb: peak.high, capacity_gb: 80)
  }

  /// What might help a job that failed so: for memory, only what the memory model holds for likelier than not to fit.
  func fixes(_ configuration: JobConfiguration, _ failure: Engine.Failure) -> [FixDocument] {
    switch failure {
    case .outOfMemory:
      return basis.memory.suggestions(for: configuration, capacityGB: 80, longestPair: nil)
        .filter { $0.probabilityFits > 0.5 }
        .map {
          FixDocument(
            kind: "\($0.kind)", text: "\($0.text); fits with \(Words.percent($0.probabilityFits))",
            configuration: $0.configuration)
        }
    case .recoveryExhausted, .provisioning:
      guard configuration.pricing == .spot else { return [] }
      var onDemand = configuration
      onDemand.pricing = .onDemand
      return [
        FixDocument(
          kind: "on_demand", text: "Switch to on-demand instance; accept higher cost for reliability",
          configuration: onDemand)
      ]
    case .timeout:
      var fixes: [FixDocument] = []
      if configuration.epochs > 1 {
        var fewer = configuration
        fewer.epochs -= 1
        fixes.append(FixDocument(kind: "epochs", text: "Reduce epochs to \(fewer.epochs)", configuration: fewer))
      }
      if configuration.preset == .aggressive {
        var balanced = JobConfiguration(
          preset: .balanced, pricing: configuration.pricing, trainingPairs: configuration.trainingPairs,
          tokensPerPair: configuration.tokensPerPair)
        balanced.maxSequenceLength = configuration.maxSequenceLength
        if balanced.steps < configuration.steps {
          fixes.append(
            FixDocument(kind: "balanced_preset", text: "Switch to Balanced preset", configuration: balanced))
        }
      }
      var often = configuration
      often.checkpointEvery = max(1, configuration.checkpointEvery / 2)
      fixes.append(
        FixDocument(
          kind: "checkpoint_every", text: "Save a checkpoint every \(often.checkpointEvery) steps", configuration: often
        ))
      return fixes
    default: return []
    }
  }

  func quote(_ configuration: JobConfiguration) async throws -> QuoteDocument {
    let answer = try await EstimateAnswer.make(
      job: nil, configuration, basis, source, file: nil, start: .now, hourlyRate: nil, maxCost: nil,
      replications: 4_000, seed: 1, threads: ProcessInfo.processInfo.activeProcessorCount, policies: policies)
    func band(_ sample: SampleSummary) -> QuoteDocument.Band {
      guard sample.count > 0 else { return .init(p10: 0, p50: 0, p80: 0, p90: 0) }
      return .init(
        p10: sample.quantile(0.1), p50: sample.quantile(0.5), p80: sample.quantile(0.8), p90: sample.quantile(0.9))
    }
    var quote = QuoteDocument(
      cost_usd: band(answer.estimate.cost), duration_s: band(answer.estimate.duration),
      p_completes: answer.probabilityCompletes,
      reservation_usd: Double(answer.estimate.reservation(at: reservation)) / 1e9,
      source: answer.estimate.source.name, warnings: answer.warnings)
    (quote.p_interrupted, quote.hourly_rate_usd) = (answer.estimate.probabilityInterrupted, answer.hourlyRate)
    if answer.fits < 0.95 {
      let memory = EstimateText.memory(answer) + (answer.suggestion.map { " \($0.text)." } ?? "")
      quote.memory = memory
      quote.warnings.append(memory)
    }
    func sum(_ isOf: (Account) -> Bool) -> Double { answer.estimate.parts.reduce(0) { $0 + (isOf($1.0) ? $1.1 : 0) } }
    let disturbed: [Account] = [.lostWork, .recovery, .idle]
    quote.parts = .init(
      gpu_usd: sum { !disturbed.contains($0) }, interruptions_usd: sum { disturbed.contains($0) })
    return quote
  }
}

extension ModelSource {
  /// The same worlds at other prices.
  func paying(_ rates: (spot: Int64, onDemand: Int64)?) -> ModelSource {
    paying(spot: rates?.spot, onDemand: rates?.onDemand)
  }

  /// The same worlds at other prices, in nanodollars an hour; nil: at their own.
  func paying(spot: Int64?, onDemand: Int64?) -> ModelSource {
    var own = self
    for i in own.worlds.indices {
      if let spot { own.worlds[i].hourlyRate[.spot] = Double(spot) / 1e9 }
      if let onDemand { own.worlds[i].hourlyRate[.onDemand] = Double(onDemand) / 1e9 }
    }
    return own
  }
}
