/// Lengths of time of which some are known only in part: right-censored, left-truncated or interval-censored.
///
/// All lengths are in one unit, which the caller knows. A value of this type is valid: see ``SurvivalDataError``.
public struct SurvivalData: Sendable, Hashable {
  /// One lifetime, as far as it was seen.
  public struct Observation: Sendable, Hashable {
    /// The age at the event or at the end of observation; for an interval, the last age at which it had not happened.
    public var duration: Double
    /// Whether the event happened (at ``duration``, or in (``duration``, ``upper``]); false: right-censored.
    public var event: Bool
    /// The age from which it was watched (left truncation): had it ended before, it would not be in the data.
    public var entry: Double
    /// The age by which the event had happened; nil or equal to ``duration``: it was seen to happen.
    public var upper: Double?
    /// How many observations it stands for in the likelihood.
    public var weight: Double

    public init(duration: Double, event: Bool, entry: Double = 0, upper: Double? = nil, weight: Double = 1) {
      self.duration = duration
      self.event = event
      self.entry = entry
      self.upper = upper
      self.weight = weight
    }

    /// Whether the event is known to lie in an interval only.
    var isInterval: Bool {
      guard event, let upper else { return false }
      return upper > duration
    }

    /// The age that stands for the observation where one is needed: the middle of an interval, else ``duration``.
    var representative: Double { isInterval ? (duration + (upper ?? duration)) / 2 : duration }
  }

  public let observations: [Observation]

  /// Checks every observation.
  ///
  /// - Throws: ``SurvivalDataError``, with the index of the first observation that cannot be.
  public init(_ observations: [Observation]) throws(SurvivalDataError) {
    guard !observations.isEmpty else { throw .empty }
    for (row, o) in observations.enumerated() {
      guard o.duration.isFinite else { throw .notANumber(row: row, field: "duration") }
      guard o.entry.isFinite else { throw .notANumber(row: row, field: "entry") }
      guard o.weight.isFinite, o.weight >= 0 else { throw .badWeight(row: row, weight: o.weight) }
      guard o.duration >= 0 else { throw .negative(row: row, field: "duration", value: o.duration) }
      guard o.entry >= 0 else { throw .negative(row: row, field: "entry", value: o.entry) }
      if let upper = o.upper {
        guard !upper.isNaN else { throw .notANumber(row: row, field: "upper") }
        guard upper >= o.duration else { throw .upperBelowLower(row: row, lower: o.duration, upper: upper) }
      }
      // What is watched from its entry on must have been watched for some time; an interval may begin at its entry.
      guard o.entry == 0 || o.entry < o.duration || (o.isInterval && o.entry == o.duration) else {
        throw .entryNotBeforeEnd(row: row, entry: o.entry, duration: o.duration)
      }
    }
    self.observations = observations.map { o in
      guard o.event, let upper = o.upper, upper.isInfinite else { return o }
      // "Some time after": that is right-censoring.
      return Observation(duration: o.duration, event: false, entry: o.entry, weight: o.weight)
    }
  }

  /// Exact and right-censored durations.
  ///
  /// - Throws: ``SurvivalDataError``; the shorter of the two arrays decides how many observations there are.
  public init(durations: [Double], events: [Bool]) throws(SurvivalDataError) {
    try self.init(zip(durations, events).map { Observation(duration: $0, event: $1) })
  }

  /// For what is derived from valid observations.
  init(unchecked observations: [Observation]) { self.observations = observations }

  public var count: Int { observations.count }
  /// Observations whose event happened, intervals included.
  public var events: Int { observations.count(where: \.event) }
  public var censored: Int { count - events }
  /// The weight of the events that were seen to happen.
  var exactEvents: Double { observations.reduce(0) { $0 + ($1.event && !$1.isInterval ? $1.weight : 0) } }

  /// The same in another unit: every age times `factor` (which must be positive).
  public func scaled(by factor: Double) -> SurvivalData {
    precondition(factor > 0 && factor.isFinite)
    return SurvivalData(
      unchecked: observations.map {
        Observation(
          duration: $0.duration * factor, event: $0.event, entry: $0.entry * factor,
          upper: $0.upper.map { $0 * factor }, weight: $0.weight)
      })
  }
}

/// Why observations are no survival data. Rows count from 0.
public enum SurvivalDataError: Error, Hashable, Sendable, CustomStringConvertible {
  case empty
  case notANumber(row: Int, field: String)
  case negative(row: Int, field: String, value: Double)
  case upperBelowLower(row: Int, lower: Double, upper: Double)
  case entryNotBeforeEnd(row: Int, entry: Double, duration: Double)
  case badWeight(row: Int, weight: Double)

  /// The observation at fault, counted from 0; nil when there is none.
  public var row: Int? {
    switch self {
    case .empty: nil
    case .notANumber(let row, _), .negative(let row, _, _), .upperBelowLower(let row, _, _),
      .entryNotBeforeEnd(let row, _, _), .badWeight(let row, _):
      row
    }
  }

  public var description: String {
    switch self {
    case .empty: "there are no observations"
    case .notANumber(_, let field): "the \(field) is not a finite number"
    case .negative(_, let field, let value): "the \(field) is negative (\(value))"
    case .upperBelowLower(_, let lower, let upper): "the upper bound \(upper) lies below the duration \(lower)"
    case .entryNotBeforeEnd(_, let entry, let duration):
      "the entry age \(entry) is not before the duration \(duration)"
    case .badWeight(_, let weight): "the weight \(weight) is not a number from 0 on"
    }
  }
}
