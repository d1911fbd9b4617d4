import Calibration
import DiscreteEvent
import Engine
import Live
import Scenarios

extension WebServer {
  /// What the simulator is asked.
  public struct Advice: Sendable {
    /// What a job would cost.
    public var quote: @Sendable (JobConfiguration) async throws -> QuoteDocument
    /// What the month will come to from where the jobs stand.
    public var forecast: @Sendable (LiveView) async throws -> ForecastDocument

    /// What an hour of a pod costs, in US dollars; nil where that is not known.
    public var rates: (spot: Double, onDemand: Double)?

    /// What estimates reckon with, and where that is from.
    public var reckoned: [RateDocument] = []

    /// What the provider asks now; nil: it has not answered yet.
    public var offers: @Sendable () async -> [RateDocument]? = { [] }

    /// Whether jobs may have spot pods, and if not, why.
    public var spot: (isAvailable: Bool, reason: String?) = (true, nil)

    /// US dollars for a gigabyte a month; nil: not known.
    public var storagePrice: Double?

    /// Seconds of a forward pass that answers a suite, the middle case; nil where that is not known.
    public var suitePass: Double?

    /// Seconds within which half, and eight in ten, of those who were refused such a pod have one; nil: more than a day, or not known.
    public var wait: @Sendable (Pricing, _ every: Span) -> (p50: Double?, p80: Double?) = { _, _ in (nil, nil) }

    /// How much memory such a job takes; nil where that is not known.
    public var memory: @Sendable (JobConfiguration) -> MemoryDocument? = { _ in nil }

    /// What might help a job that failed so; only what the memory model or the policies support.
    public var fixes: @Sendable (JobConfiguration, Failure) -> [FixDocument]

    /// What jobs may be made, whatever they would cost.
    public var allows: @Sendable (NewJob) throws(InputError) -> Void = { _ throws(InputError) in }

    /// What else the simulator is asked.
    public var foresight: Foresight

    public init(
      quote: @escaping @Sendable (JobConfiguration) async throws -> QuoteDocument,
      forecast: @escaping @Sendable (LiveView) async throws -> ForecastDocument,
      fixes: @escaping @Sendable (JobConfiguration, Failure) -> [FixDocument] = { _, _ in [] }, foresight: Foresight
    ) {
      self.foresight = foresight
      self.fixes = fixes
      self.quote = quote
      self.forecast = forecast
    }
  }
}
