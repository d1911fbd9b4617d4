import Calibration
import Foundation
import Testing

@testable import LoraTrain

/// A server that runs for months estimates by what its jobs have shown, not by what was known when it began.
@Suite struct LiveKnowledgeTests {
  private static let job = JobConfiguration(
    preset: .balanced, pricing: .spot, trainingPairs: 2_600, tokensPerPair: 3_400)

  private func knowledge(own: String?) async throws -> LiveKnowledge {
    LiveKnowledge(
      .init(
        quoter: try await Quoter(history: nil, rates: (spot: 2_000_000_000, onDemand: 3_000_000_000)),
        forecaster: try LiveForecaster(store: "calibration/history.sqlite", history: nil)), own: own)
  }

  @Test func itLearnsOnceJobsHaveEnded() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("knowledge-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = folder.appendingPathComponent("team.store").path
    let knowledge = try await knowledge(own: store)
    let before = try await knowledge.quoter.quote(Self.job)
    // Nothing has ended: there is not even a store to read.
    try await knowledge.learn(ended: 0)
    #expect(!knowledge.forecaster.expectsJobs && before.source.contains("shipped priors"))
    await #expect(throws: (any Error).self) { try await knowledge.learn(ended: 1) }
    #expect(try await knowledge.quoter.quote(Self.job).source == before.source)

    try FileManager.default.copyItem(atPath: "calibration/history.sqlite", toPath: store)
    try await knowledge.learn(ended: 1)
    let after = try await knowledge.quoter.quote(Self.job)
    #expect(after.source.hasPrefix(store), "\(after.source)")
    let (width, was) = (after.cost_usd.p90 - after.cost_usd.p10, before.cost_usd.p90 - before.cost_usd.p10)
    #expect(width < was, "hundreds of jobs leave less open than priors: \(width), \(was)")
    // Prices stay those of the provider, not those that the past has paid.
    #expect(after.hourly_rate_usd == 2)
    #expect(knowledge.forecaster.expectsJobs && knowledge.forecaster.source.worlds[0].arrivals.perDay > 0)

    // The same number of ended jobs is nothing new.
    try FileManager.default.removeItem(atPath: store)
    try await knowledge.learn(ended: 1)
    #expect(try await knowledge.quoter.quote(Self.job).source == after.source)
  }

  @Test func whatWasOnlyPlayedTeachesNothing() async throws {
    let knowledge = try await knowledge(own: nil)
    try await knowledge.learn(ended: 399)
    #expect(!knowledge.forecaster.expectsJobs)
    #expect(knowledge.forecaster.source.name.contains("nothing says yet how often they come"))
    #expect(try await knowledge.quoter.quote(Self.job).source.contains("shipped priors"))
  }

  /// “Completes: 3.7 %” alone would leave people guessing.
  @Test func whoDoesNotFitTheGPUIsToldWhatWould() async throws {
    let quoter = try await Quoter(history: nil)
    let roomy = try await quoter.quote(Self.job)
    #expect(roomy.memory == nil)
    let crowded = try await quoter.quote(
      JobConfiguration(preset: .conservative, pricing: .spot, trainingPairs: 2_600, tokensPerPair: 3_400))
    let memory = try #require(crowded.memory)
    #expect(memory.contains("of 80 GB: does not fit. Reduce batch_size to 2"), "\(memory)")
    #expect(crowded.warnings.contains(memory) && crowded.p_completes < 0.5)
  }

  /// It loads and answers: no step, no finalization, and no memory that only training takes.
  @Test func anExaminationIsQuotedAsOne() async throws {
    let quoter = try await Quoter(history: nil)
    var job = JobConfiguration(preset: .conservative, pricing: .onDemand, trainingPairs: 2_600, tokensPerPair: 3_400)
    (job.statedSteps, job.suitePasses) = (1, 800)
    let training = try await quoter.quote(job)
    let examination = try await quoter.quote(job.examining)
    #expect(training.memory != nil && examination.memory == nil && examination.p_completes > 0.9)
    #expect(
      examination.duration_s.p50 + 120 < training.duration_s.p50
        && examination.reservation_usd < training.reservation_usd,
      "\(examination.duration_s), \(training.duration_s)")
    #expect(examination.warnings.allSatisfy { !$0.contains("tokens a step") }, "\(examination.warnings)")
  }
}
