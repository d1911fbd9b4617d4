import Live

extension WebServer {
  /// What the simulator is asked beyond the running month itself; see ``Advice``.
  public struct Foresight: Sendable {
    /// What changes would do to the month; without any, what the usual ones would.
    public var whatIf: @Sendable (LiveView, WhatIfQuestion) async throws -> WhatIfDocument
    /// What the month's spending is made of.
    public var drivers: @Sendable (LiveView) async throws -> DriversDocument
    /// How long jobs wait, by load and slots.
    public var capacity: @Sendable (LiveView) async throws -> CapacityDocument
    /// The cheapest way to have some jobs done in time.
    public var plan: @Sendable (LiveView, DeadlineQuestion) async throws -> DeadlinePlanDocument
    /// How good estimates would have been; takes as long as it takes.
    public var accuracy: @Sendable (LiveView) async throws -> AccuracyDocument
    /// What is known of it by now, however old; nobody waits for it.
    var knownAccuracy: @Sendable (LiveView) async -> AccuracyDocument? = { _ in nil }
    /// How long jobs wait, as far as it is known by now; nil: it is being computed.
    var knownCapacity: @Sendable (LiveView) async throws -> CapacityDocument? = { _ in nil }
    /// What a change would do, where that is there at once; nil: it is being computed.
    var whatIfSoon: @Sendable (LiveView, WhatIfQuestion) async throws -> WhatIfDocument? = { _, _ in nil }

    /// The same for a page: as it was a short while ago, where it is not there at once; nil: it is being computed.
    var whatIfNow: @Sendable (LiveView, WhatIfQuestion) async throws -> WhatIfDocument? = { _, _ in nil }
    /// What the month's spending is made of, in the same way.
    var driversNow: @Sendable (LiveView) async throws -> DriversDocument? = { _ in nil }
    /// The cheapest way to have some jobs done in time, where that is there at once; nil: plans are being compared.
    var planSoon: @Sendable (LiveView, DeadlineQuestion) async throws -> DeadlinePlanDocument? = { _, _ in nil }

    public init(
      whatIf: @escaping @Sendable (LiveView, WhatIfQuestion) async throws -> WhatIfDocument,
      drivers: @escaping @Sendable (LiveView) async throws -> DriversDocument,
      capacity: @escaping @Sendable (LiveView) async throws -> CapacityDocument,
      plan: @escaping @Sendable (LiveView, DeadlineQuestion) async throws -> DeadlinePlanDocument,
      accuracy: @escaping @Sendable (LiveView) async throws -> AccuracyDocument
    ) {
      (self.whatIf, self.drivers, self.capacity, self.plan) = (whatIf, drivers, capacity, plan)
      self.accuracy = accuracy
    }
  }
}
