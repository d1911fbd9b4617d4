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
  /// Counted into the running period so far, open leases up to their `attributed` cost.
  public internal(set) var spent: Int64 = 0
  public internal(set) var spentByAllocation: ContiguousArray<Int64> = []
  /// Closed stretches of leases, for the rolling period: (from, to, amount), in order of `to`.
  var stretches: ContiguousArray<Stretch> = []

  struct Stretch: Hashable, Sendable, BitwiseCopyable {
    var from: Instant
    var to: Instant
    var amount: Int64
  }

  /// What is set aside for admitted, unfinished jobs that hold no slot (paused).
  public internal(set) var reservedElsewhere: Int64 = 0

  public init(limit: Int64? = nil, period: BudgetPeriod = .calendar, boundaries: ContiguousArray<Instant> = []) {
    self.limit = limit
    self.period = period
    self.boundaries = boundaries
  }

  mutating func count(_ amount: Int64, allocation: UInt16, from: Instant, to: Instant) {
    spent &+= amount
    if allocation > 0 {
      let index = Int(allocation) - 1
      while spentByAllocation.count <= index { spentByAllocation.append(0) }
      spentByAllocation[index] &+= amount
    }
    if period == .rolling30Days, limit != nil, amount != 0 {
      stretches.append(Stretch(from: from, to: to, amount: amount))
    }
  }

  /// What was spent in the 30 days before `now` by closed stretches; a stretch across the edge counts by time.
  mutating func rolling(at now: Instant) -> Int64 {
    let edge = now - .days(30)
    stretches.removeAll { $0.to <= edge }
    var sum: Int64 = 0
    for s in stretches {
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
