import ArgumentParser
import Calibration
import DiscreteEvent
import Planning
import Simulator
import Testing

@testable import LoraTrain

/// A defect of ours says what it takes to see it again.
@Suite struct FailureTests {
  @Test func aDefectOfASimulationNamesSeedReplicationAndDigest() {
    var experiment = Experiment(
      worlds: [WorldParameters()], policies: .init(), start: .zero, horizon: .drained, seed: 42, replications: 7)
    var fleet = experiment.fleet
    do {
      // A pod of a job that is not there.
      try fleet.evolve(.podGone(.none), at: .zero)
      Issue.record("the engine took it")
    } catch {
      let words = Failure.defect(SimulationDefect(error, in: experiment, replication: 5))
      let digest = ExperimentDigest.text(of: experiment)
      #expect(words.contains("seed 42, replication 5, digest \(digest)"), "\(words)")
      #expect(words.contains("cannot take 'podGone'") && words.contains("please report it"), "\(words)")
      #expect(Failure.defect(error).contains("please report it"))
      // Another question has another digest, the same question the same.
      #expect(digest == ExperimentDigest.text(of: experiment))
      experiment.policies.maxInterruptions = 4
      #expect(digest != ExperimentDigest.text(of: experiment))
    }
  }

  @Test func whatNobodyExpectedIsADefect() {
    struct Strange: Error {}
    let words = Failure.defect(Strange())
    #expect(words.contains("unexpected: Strange()") && words.contains("please report it"), "\(words)")
    // What the parser knows stays its own.
    #expect(LoraTrain.exitCode(for: ValidationError("x")) == .validationFailure)
    #expect(LoraTrain.exitCode(for: Strange()) == .failure)
  }
}
