/// Why a configuration has more steps than a job may have, naming the fields that make them, and the way out.
public struct StepsTrouble: Hashable, Sendable {
  public var problem: String
  public var hint: String

  /// nil: a job may have so many. Fewer than one is not looked at.
  public init?(_ c: JobConfiguration) {
    guard c.steps > JobConfiguration.mostSteps else { return nil }
    let most = "\(StepsTrouble.group(JobConfiguration.mostSteps)) are the most"
    if let stated = c.statedSteps {
      problem = "it is to have \(StepsTrouble.group(stated)) steps; \(most)"
      hint = "state fewer steps"
      return
    }
    let perStep = max(1, c.batchSize * c.gradientAccumulation)
    problem =
      "training_pairs \(StepsTrouble.group(c.trainingPairs)) and epochs \(StepsTrouble.group(c.epochs)), \(StepsTrouble.group(perStep)) "
      + "\(perStep == 1 ? "pair" : "pairs") a step, make \(StepsTrouble.group(c.steps)) steps; \(most)"
    hint = "train on fewer pairs or epochs, or on more pairs a step (batch_size × gradient_accumulation_steps)"
  }

  /// `1,000,000`
  private static func group(_ n: Int) -> String {
    var (digits, grouped) = (String(n), "")
    while digits.count > 3 {
      grouped = "," + digits.suffix(3) + grouped
      digits.removeLast(3)
    }
    return digits + grouped
  }
}
