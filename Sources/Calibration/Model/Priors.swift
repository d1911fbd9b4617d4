import Engine

/// What is believed of every parameter of the world before a history is read, with how sure and on whose word.
///
/// The same laws serve twice: a fit shrinks towards them, and with no history at all the model draws from them.
public struct Priors: Hashable, Sendable, Codable {
  /// Who said so, and whether anybody measured it.
  public struct Source: Hashable, Sendable, Codable {
    public var text: String
    /// A quoted figure or a judgement.
    public var weak: Bool
    public init(_ text: String, weak: Bool) {
      self.text = text
      self.weak = weak
    }
  }

  /// A number on the whole line, normal.
  public struct Normal: Hashable, Sendable, Codable {
    public var mean: Double
    public var sd: Double
    public var source: Source
  }

  /// A positive number, lognormal.
  public struct Positive: Hashable, Sendable, Codable {
    public var median: Double
    /// Standard deviation of the logarithm.
    public var logSD: Double
    public var source: Source
  }

  /// A lognormal length of time: what is believed of its median (seconds) and of its log standard deviation.
  public struct Duration: Hashable, Sendable, Codable {
    public var median: Positive
    public var sigma: Positive
  }

  /// A rate with a gamma law: as if `shape` events had been seen in `exposure`.
  public struct Count: Hashable, Sendable, Codable {
    public var shape: Double
    /// Hours, unless the parameter says days.
    public var exposure: Double
    public var source: Source
  }

  /// A probability with a beta law: as if so many successes and failures had been seen.
  public struct Probability: Hashable, Sendable, Codable {
    public var successes: Double
    public var failures: Double
    public var source: Source
  }

  /// The coefficients of ``StepTime/Median/regression(intercept:perLogToken:perLogRank:perLogBatch:)``.
  public var stepIntercept: Normal
  public var stepPerLogToken: Normal
  public var stepPerLogRank: Normal
  public var stepPerLogBatch: Normal
  public var stepPodSD: Positive
  public var stepJobSD: Positive
  public var stepWithinCV: Positive
  /// Seconds from the request to the grant.
  public var provisioning: ByPricing<Duration>
  /// Probability that a first attempt to get a pod succeeds.
  public var availability: ByPricing<Probability>
  /// An hour: see ``Availability/recoveryRatePerHour``.
  public var recovery: ByPricing<Positive>
  public var boot: Duration
  public var preprocessing: Duration
  public var modelLoading: Duration
  public var restore: Duration
  public var finalization: Duration
  /// Of one forward pass that answers a suite.
  public var suitePass: Duration
  public var checkpoint: Duration
  public var checkpointUpload: Duration
  public var detection: Duration
  /// The level of the spot interruptions, an hour; ``ageFactors`` multiply it.
  public var spotInterruptions: Positive
  /// Ages in hours at which the hazard may change.
  public var ageBreaksHours: [Double]
  /// One more than ``ageBreaksHours``.
  public var ageFactors: [Positive]
  /// Host failures, an hour of a pod on demand.
  public var onDemandInterruptions: Positive
  /// Crashes of the worker, an hour of leased time.
  public var crashes: ByPreset<Count>
  /// Cancellations by a person, an hour of leased time.
  public var cancellations: Count
  /// Probability that training runs out of memory at its first step.
  public var outOfMemory: ByPreset<Probability>
  /// Jobs submitted; the exposure is in days.
  public var arrivals: Count
  /// US dollars an hour.
  public var hourlyRate: ByPricing<Normal>
}

/// One value for each ``Preset``.
public struct ByPreset<Value> {
  public var conservative: Value
  public var balanced: Value
  public var aggressive: Value
  public var custom: Value

  public init(each value: (Preset) throws -> Value) rethrows {
    conservative = try value(.conservative)
    balanced = try value(.balanced)
    aggressive = try value(.aggressive)
    custom = try value(.custom)
  }

  public subscript(preset: Preset) -> Value {
    get {
      switch preset {
      case .conservative: conservative
      case .balanced: balanced
      case .aggressive: aggressive
      case .custom: custom
      }
    }
    set {
      switch preset {
      case .conservative: conservative = newValue
      case .balanced: balanced = newValue
      case .aggressive: aggressive = newValue
      case .custom: custom = newValue
      }
    }
  }
}
extension ByPreset: Sendable where Value: Sendable {}
extension ByPreset: Equatable where Value: Equatable {}
extension ByPreset: Hashable where Value: Hashable {}
extension ByPreset: Codable where Value: Codable {}
