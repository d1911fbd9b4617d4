import Engine

/// Engine and simulated world disagree: a defect of ours, with all that is needed to see it again.
public struct SimulationDefect: Error, Sendable {
  public var cause: TransitionError
  /// What was simulated; its seed among it.
  public var experiment: Experiment
  /// In which replication it happened.
  public var replication: Int

  public init(_ cause: TransitionError, in experiment: Experiment, replication: Int) {
    (self.cause, self.experiment, self.replication) = (cause, experiment, replication)
  }
}

extension Replication {
  /// One replication.
  ///
  /// - Throws: ``SimulationDefect``.
  mutating func whole(_ number: Int) throws(SimulationDefect) -> ReplicationResult {
    do throws(TransitionError) { return try run(number) } catch {
      throw SimulationDefect(error, in: experiment, replication: number)
    }
  }
}
