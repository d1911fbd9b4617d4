import ArgumentParser
import Calibration
import DiscreteEvent
import Engine
import Planning
import Scenarios
import Simulator
import Testing

@testable import LoraTrain

/// A defect of ours says what it takes to see it again.
@Suite struct FailureTests {
  private var cause: TransitionError {
    TransitionError(phase: .completed, event: .podGranted, ordinal: 3)
  }

  @Test func aDefectOfASimulationNamesSeedReplicationAndDigest() {
    var experiment = Experiment(
      worlds: [WorldParameters()], policies: Policies(), start: .zero, horizon: .drained, seed: 42, replications: 7)
    let words = Failure.defect(SimulationDefect(cause, in: experiment, replication: 5))
    let digest = ExperimentDigest.text(of: experiment)
    #expect(words.contains("seed 42, replication 5, digest \(digest)"), "\(words)")
    #expect(words.contains("job 3 cannot take 'podGranted' while completed") && words.contains("please report it"))
    // Another question has another digest, the same question the same.
    #expect(digest == ExperimentDigest.text(of: experiment))
    experiment.policies.maxInterruptions = 4
    #expect(digest != ExperimentDigest.text(of: experiment))
  }

  @Test func whatNobodyExpectedIsADefect() {
    struct Strange: Error {}
    #expect(Failure.defect(Strange()).contains("unexpected: Strange()"))
    #expect(Failure.defect(Strange()).contains("please report it") && Failure.defect(cause).contains("please report it"))
    // What the parser knows stays its own.
    #expect(LoraTrain.exitCode(for: ValidationError("x")) == .validationFailure)
    #expect(LoraTrain.exitCode(for: Strange()) == .failure)
  }
}
