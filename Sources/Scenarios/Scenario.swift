import Calibration
import DiscreteEvent
import Engine

/// A world to simulate, as a scenario file describes it: what differs from the model it names.
///
/// Everything that the file does not say is left to the model ("the base") by ``apply(to:)``. Lengths of time are seconds.
public struct Scenario: Hashable, Sendable {
  /// A calendar month.
  public struct Month: Hashable, Sendable, Comparable, CustomStringConvertible {
    public var year: Int
    /// 1 … 12.
    public var month: Int
    public init(year: Int, month: Int) {
      self.year = year
      self.month = month
    }
    /// Reads `2026-12`.
    public init?(_ text: String) {
      let parts = text.split(separator: "-", omittingEmptySubsequences: false)
      guard parts.count == 2, parts[0].count == 4, parts[1].count == 2, let year = Int(parts[0]),
        let month = Int(parts[1]), (1970...9999).contains(year), (1...12).contains(month)
      else { return nil }
      self.init(year: year, month: month)
    }
    public var description: String { "\(year)-\(month < 10 ? "0" : "")\(month)" }
    public static func < (a: Month, b: Month) -> Bool { (a.year, a.month) < (b.year, b.month) }
  }

  /// How long to simulate.
  public enum Horizon: Hashable, Sendable {
    case month(Month)
    case days(Double)
    /// So many jobs, of which the first `warmUp` are not counted.
    case jobs(Int, warmUp: Int)
  }

  /// What the scenario starts from.
  public enum ModelReference: Hashable, Sendable {
    /// A world in which nothing takes time and nothing goes wrong.
    case none
    /// The shipped priors.
    case priors
    /// A history database or a `model.json`; a relative path in the file is relative to the file.
    case file(String)
  }

  /// The spending limit.
  public struct Budget: Hashable, Sendable {
    /// Nanodollars for each period.
    public var limit: Int64
    public var period: BudgetPeriod
    /// An identifier of the time zone database.
    public var timeZone: String
    public init(limit: Int64, period: BudgetPeriod = .calendar, timeZone: String = "UTC") {
      self.limit = limit
      self.period = period
      self.timeZone = timeZone
    }
  }

  /// The file it was read from, as it was named; nil for text.
  public var file: String?
  public var name: String
  public var seed: UInt64
  /// nil: as many as the precision asked for needs.
  public var replications: Int?
  /// How many futures may be asked for: what an answer keeps of each has to fit into memory; the mean of so many is known to three
  /// ten-thousandths of the spread.
  public static let mostReplications = 10_000_000
  public var horizon: Horizon?
  public var model: ModelReference
  public var gpu: String?
  /// The file's rules on top of the defaults; the budget's limit and period included.
  public var policies: Policies
  public var budget: Budget?
  /// What the file says of the world.
  public var world: WorldOverrides
  /// A plain queue's service time in place of all stages, by pricing; ``apply(to:)`` has made it the preprocessing stage of
  /// jobs without steps.
  public var service: ByPricing<Law>?
  /// The mix, empty where the file names none: then the model's own.
  public var jobs: [JobKind]
  /// Jobs that arrive as a CSV file says, in order of submission.
  public var trace: [JobsCSV.Row]
  /// What `plan` is asked; nil where the file has no such section.
  public var plan: PlanQuestion?

  public init(name: String) {
    self.name = name
    seed = 1
    model = .none
    policies = Policies()
    world = WorldOverrides()
    jobs = []
    trace = []
  }
}
