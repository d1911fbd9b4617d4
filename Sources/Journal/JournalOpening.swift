import DiscreteEvent
import Engine

/// What a journal begins with: whose it is, and by which rules the engine decides until it says otherwise.
public struct JournalOpening: Hashable, Sendable, Codable {
  /// Where what happens comes from; calibration takes `real` alone unless it is asked for others.
  public enum Origin: String, Hashable, Sendable, Codable { case real, sandbox, synthetic }

  /// Names the store; unique.
  public var store: String
  public var origin: Origin
  /// What people call the policies.
  public var policyName: String
  public var policies: Policies
  /// Ends of the calendar periods of the budget, in microseconds since 1970.
  public var boundaries: [Int64]
  /// Limits of parts of the budget, in nanodollars.
  public var allocations: [Int64]
  /// Seconds of the store's time in one of the machine's: other than 1 only where pods are played.
  public var timeScale = 1.0
  /// In which the budget's months are, `Europe/Berlin`; nil: UTC.
  public var budgetTimeZone: String?
  /// Up to here the journal was simulated, and only then people came (microseconds since 1970); nil: nothing of it was.
  public var simulatedUntil: Int64?

  public init(
    store: String, origin: Origin, policyName: String, policies: Policies, budget: BudgetState = BudgetState()
  ) {
    self.store = store
    self.origin = origin
    self.policyName = policyName
    self.policies = policies
    boundaries = budget.boundaries.map(\.microseconds)
    allocations = Array(budget.allocations)
  }

  private enum CodingKeys: CodingKey {
    case store, origin, policyName, policies, boundaries, allocations, timeScale, simulatedUntil, budgetTimeZone
  }

  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    store = try fields.decode(String.self, forKey: .store)
    origin = try fields.decode(Origin.self, forKey: .origin)
    policyName = try fields.decode(String.self, forKey: .policyName)
    policies = try fields.decode(PolicyRecord.self, forKey: .policies).policies()
    boundaries = try fields.decode([Int64].self, forKey: .boundaries)
    allocations = try fields.decode([Int64].self, forKey: .allocations)
    timeScale = try fields.decodeIfPresent(Double.self, forKey: .timeScale) ?? 1
    budgetTimeZone = try fields.decodeIfPresent(String.self, forKey: .budgetTimeZone)
    simulatedUntil = try fields.decodeIfPresent(Int64.self, forKey: .simulatedUntil)
  }

  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: CodingKeys.self)
    try fields.encode(store, forKey: .store)
    try fields.encode(origin, forKey: .origin)
    try fields.encode(policyName, forKey: .policyName)
    try fields.encode(PolicyRecord(policies), forKey: .policies)
    try fields.encode(boundaries, forKey: .boundaries)
    try fields.encode(allocations, forKey: .allocations)
    if timeScale != 1 { try fields.encode(timeScale, forKey: .timeScale) }
    try fields.encodeIfPresent(budgetTimeZone, forKey: .budgetTimeZone)
    try fields.encodeIfPresent(simulatedUntil, forKey: .simulatedUntil)
  }

  /// An engine that has seen nothing yet; `policies` in place of the journal's own where others are tried.
  public func controller(policies: Policies? = nil) -> Controller {
    var fleet = Fleet()
    fleet.budget.boundaries = ContiguousArray(boundaries.map { Instant(microseconds: $0) })
    fleet.budget.allocations = ContiguousArray(allocations)
    return Controller(fleet: fleet, policies: policies ?? self.policies)
  }
}
