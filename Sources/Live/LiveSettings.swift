import DiscreteEvent

/// How long what may take. Measured on the monotonic clock.
public struct LiveSettings: Hashable, Sendable {
  /// Between two lists of all pods while there are pods, and while there are none.
  public var listEvery: Span = .seconds(15)
  public var listEveryIdle: Span = .seconds(60)
  /// After so long a list has failed, and an attempt to create a pod is ambiguous.
  public var answerWithin: Span = .seconds(90)
  /// How long a pod may stay out of lists after it was made, or may have been.
  public var settle: Span = .minutes(2)
  /// So many complete lists without it make a pod lost.
  public var listsWithout = 3
  /// How long a worker may be silent; and while its pod boots.
  public var silence: Span = .minutes(5)
  public var bootSilence: Span = .minutes(30)
  /// How long a worker that was told to stop may save.
  public var stopWithin: Span = .minutes(15)
  /// Between two attempts to terminate a pod.
  public var terminateEvery: Span = .seconds(20)
  public var billsEvery: Span = .hours(1)

  public init() {}
}
