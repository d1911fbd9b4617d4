import Calibration
import DiscreteEvent
import Engine
import Foundation
import Planning
import Web

/// Says what a new job would cost, from what was loaded once.
struct Quoter: Sendable {
  private let basis: EstimateBasis
  private let source: ModelSource

  init(history: String?) async throws {
    let threads = ProcessInfo.processInfo.activeProcessorCount
    basis = try await EstimateBasis.load(history, asOf: nil, threads: threads)
    source = await basis.source(history, .random, threads: threads)
  }

  /// Nanodollars an hour.
  var rates: (spot: Int64, onDemand: Int64) {
    func rate(_ pricing: Pricing) -> Int64 { Int64(((source.worlds.first?.hourlyRate[pricing] ?? 0) * 1e9).rounded()) }
    return (rate(.spot), rate(.onDemand))
  }

  func quote(_ configuration: JobConfiguration) async throws -> QuoteDocument {
    let answer = try await EstimateAnswer.make(
      job: nil, configuration, basis, source, file: nil, start: .now, hourlyRate: nil, maxCost: nil,
      replications: 4_000, seed: 1, threads: ProcessInfo.processInfo.activeProcessorCount)
    func band(_ sample: SampleSummary) -> QuoteDocument.Band {
      guard sample.count > 0 else { return .init(p10: 0, p50: 0, p80: 0, p90: 0) }
      return .init(
        p10: sample.quantile(0.1), p50: sample.quantile(0.5), p80: sample.quantile(0.8), p90: sample.quantile(0.9))
    }
    return QuoteDocument(
      cost_usd: band(answer.estimate.cost), duration_s: band(answer.estimate.duration),
      p_completes: answer.probabilityCompletes, reservation_usd: Double(answer.estimate.reservation) / 1e9,
      source: answer.estimate.source.name, warnings: answer.warnings)
  }
}
