import DiscreteEvent

/// What has been spent in the running budget period, and against which limits.
public struct BudgetState: Hashable, Sendable {
  /// Ends of the calendar periods, ascending; the engine reads no calendar.
  public var boundaries: ContiguousArray<Instant> = []
  /// Nanodollars a period; nil: no gate.
  public var limit: Int64?
  public var period: BudgetPeriod = .calendar
  /// Limits of the parts of the budget (by client, priority or tag), by ``JobSpec/allocation`` − 1; `Int64.max`: none.
  public var allocations: ContiguousArray<Int64> = []
  /// False: what exceeds a limit is let pass all the same.
  public var blocks = true
  /// Counted into the running period so far, open leases up to their `attributed` cost.
  public internal(set) var spent: Int64 = 0
  public internal(set) var spentByAllocation: ContiguousArray<Int64> = []
  /// Closed stretches of leases, for the rolling period.
  var stretches: ContiguousArray<Stretch> = []

  struct Stretch: Hashable, Sendable, BitwiseCopyable {
    var from: Instant
    var to: Instant
    var amount: Int64
    var allocation: UInt16
  }

  /// So many stretches make the next one forget those that have left the window: a state like any other, so that a replay forgets when the
  /// original did, whatever memory either has.
  var forgetsAt = 8

  /// What is set aside for admitted, unfinished jobs that hold no slot (paused).
  public internal(set) var reservedElsewhere: Int64 = 0
  var reservedElsewhereByAllocation: ContiguousArray<Int64> = []

  public init(limit: Int64? = nil, period: BudgetPeriod = .calendar, boundaries: ContiguousArray<Instant> = []) {
    self.limit = limit
    self.period = period
    self.boundaries = boundaries
  }

  @inline(__always)
  mutating func count(_ amount: Int64, allocation: UInt16, from: Instant, to: Instant) {
    spent &+= amount
    if allocation > 0 { BudgetState.add(amount, allocation, &spentByAllocation) }
    if period == .rolling30Days, amount != 0 {
      keep(Stretch(from: from, to: to, amount: amount, allocation: allocation))
    }
  }

  /// Keeps a stretch, and now and then forgets those that have left the window. O(1) in the long run.
  @inline(never)
  private mutating func keep(_ stretch: Stretch) {
    if stretches.count >= forgetsAt {
      let edge = stretch.to - .days(30)
      stretches.removeAll { $0.to <= edge }
      forgetsAt = max(8, 2 * stretches.count)
    }
    stretches.append(stretch)
  }

  /// - Parameter allocation: from 1; those before it that nothing was said of have no limit.
  mutating func setLimit(_ limit: Int64?, of allocation: UInt16) {
    guard allocation > 0 else { return }
    while allocations.count < Int(allocation) { allocations.append(.max) }
    allocations[Int(allocation) - 1] = limit ?? .max
  }

  mutating func setAside(_ amount: Int64, allocation: UInt16) {
    reservedElsewhere &+= amount
    BudgetState.add(amount, allocation, &reservedElsewhereByAllocation)
  }

  @inline(never)
  private static func add(_ amount: Int64, _ allocation: UInt16, _ sums: inout ContiguousArray<Int64>) {
    guard allocation > 0 else { return }
    while sums.count < Int(allocation) { sums.append(0) }
    sums[Int(allocation) - 1] &+= amount
  }

  /// What was counted into the running period, in all or for one allocation (from 1).
  func counted(_ allocation: UInt16, at now: Instant) -> Int64 {
    if period == .rolling30Days { return rolling(at: now, allocation) }
    return allocation == 0 ? spent : BudgetState.sum(allocation, spentByAllocation)
  }

  /// What is set aside for paused jobs, in all or for one allocation (from 1).
  func setAside(_ allocation: UInt16) -> Int64 {
    allocation == 0 ? reservedElsewhere : BudgetState.sum(allocation, reservedElsewhereByAllocation)
  }

  private static func sum(_ allocation: UInt16, _ sums: ContiguousArray<Int64>) -> Int64 {
    Int(allocation) <= sums.count ? sums[Int(allocation) - 1] : 0
  }

  /// What was spent in the 30 days before `now` by closed stretches; a stretch across the edge counts by time. O(stretches).
  func rolling(at now: Instant, _ allocation: UInt16) -> Int64 {
    let edge = now - .days(30)
    var sum: Int64 = 0
    for s in stretches where s.to > edge && (allocation == 0 || s.allocation == allocation) {
      if s.from >= edge {
        sum += s.amount
      } else {
        let whole = (s.to - s.from).microseconds
        let inside = (s.to - edge).microseconds
        let part = s.amount.magnitude.multipliedFullWidth(by: inside.magnitude)
        let share = Int64(whole.magnitude.dividingFullWidth(part).quotient)
        sum += s.amount < 0 ? -share : share
      }
    }
    return sum
  }
}
