import Calibration
import Engine

/// What a scenario's `plan:` section asks: what a plan must meet, and what there is to choose from.
public struct PlanQuestion: Hashable, Sendable {
  /// How pods may be paid for.
  public enum PricingChoice: Hashable, Sendable {
    /// All jobs alike, each of these in turn; empty: as the scenario says.
    case alike([Pricing])
    /// Each kind of job by itself.
    case perJob
    /// So large a share of the jobs on spot, each of these in turn.
    case share([Double])
  }

  /// How many steps there may be between two checkpoints.
  public enum CheckpointChoice: Hashable, Sendable {
    case asStated
    case steps([Int])
    /// Around each kind's exact optimum.
    case auto
  }

  /// Seconds from a job's submission within which it is to be completed; nil: at all.
  public var deadline: Double?
  /// The least share of jobs that are done in time.
  public var pDeadline = 0.95
  /// Nanodollars for everything that is submitted; nil: no limit.
  public var budget: Int64?
  /// The greatest probability of passing ``budget``.
  public var pOverBudget = 0.05

  /// Empty: as the scenario says.
  public var slots: [Int32] = []
  public var pricing = PricingChoice.alike([])
  public var checkpointEvery = CheckpointChoice.asStated
  /// Empty: as the scenario says.
  public var presets: [Preset] = []
  /// Seconds by which all submissions are put off; empty: not at all.
  public var starts: [Double] = []
  /// Empty: as the scenario says.
  public var policies: [PolicyChoice] = []

  public init() {}
}
