import Calibration

extension JobConfiguration {
  /// The same, asked of a job that trains nothing: its pod loads what is there and answers suites. Only for the simulator, which knows it
  /// by having no step; the engine's job has one, see Validation, "Suites for a job that has completed".
  public var examining: JobConfiguration {
    var c = self
    c.statedSteps = 0
    return c
  }

  /// Whether it is such a one.
  public var isExamination: Bool { statedSteps == 0 && (suitePasses ?? 0) > 0 }
}
