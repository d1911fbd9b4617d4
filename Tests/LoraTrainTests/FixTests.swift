import Calibration
import Engine
import Testing
import Web

@testable import LoraTrain

/// What is suggested for a job that took too long, or was interrupted again and again (story 3.3.2).
@Suite struct FixTests {
  private func fixes(
    _ preset: Preset, _ failure: Engine.Failure, _ pricing: Pricing = .spot
  ) async throws -> [FixDocument] {
    var c = JobConfiguration(preset: preset, pricing: pricing)
    (c.trainingPairs, c.tokensPerPair) = (2_600, 3_400)
    return try await Quoter(history: nil, rates: nil, reservation: nil).fixes(c, failure)
  }

  @Test func whatTookTooLongHasFewerEpochsAnotherPresetOrMoreCheckpoints() async throws {
    let aggressive = try await fixes(.aggressive, .timeout)
    #expect(aggressive.map(\.kind) == ["epochs", "balanced_preset", "checkpoint_every"])
    #expect(aggressive[0].text == "Reduce epochs to 3" && aggressive[0].configuration.epochs == 3)
    #expect(aggressive[0].configuration.rank == 32, "nothing else is changed")
    #expect(aggressive[1].text == "Switch to Balanced preset" && aggressive[1].configuration.preset == .balanced)
    #expect(aggressive[1].configuration.rank == 16 && aggressive[1].configuration.trainingPairs == 2_600)
    let usual = JobConfiguration(preset: .aggressive, pricing: .spot).checkpointEvery
    #expect(aggressive[2].configuration.checkpointEvery == usual / 2)
    // Who has Balanced already is not told to take it.
    #expect(try await fixes(.balanced, .timeout).map(\.kind) == ["epochs", "checkpoint_every"])
  }

  @Test func whatWasInterruptedAgainAndAgainGoesOnDemand() async throws {
    for failure in [Engine.Failure.recoveryExhausted, .provisioning] {
      let fix = try #require(try await fixes(.balanced, failure).first)
      #expect(fix.kind == "on_demand" && fix.configuration.pricing == .onDemand && fix.configuration.epochs == 3)
      #expect(fix.text == "Switch to on-demand instance; accept higher cost for reliability")
      #expect(try await fixes(.balanced, failure, .onDemand).isEmpty, "it was on demand")
    }
  }
}
