import DiscreteEvent

/// How long what may take. Measured on the monotonic clock.
public struct LiveSettings: Hashable, Sendable {
  /// Between two lists of all pods while there are pods, and while there are none.
  public var listEvery: Span = .seconds(15)
  public var listEveryIdle: Span = .seconds(60)
  /// … and where something is in doubt: even then within the provider's limits.
  public var listEveryInDoubt: Span = .seconds(5)
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
  /// So long before its own cap a trained job is told to leave the rest of its suites: an answer is finished, and what there is is uploaded.
  public var wrapUpWithin: Span = .minutes(5)
  /// Between two attempts to terminate a pod.
  public var terminateEvery: Span = .seconds(20)
  public var billsEvery: Span = .hours(1)
  /// How long after a pod's end its bill may still change: it is asked for until then.
  public var billsSettle: Span = .days(2)
  /// How long after its end a pod that no bill ever named is asked for.
  public var billsGivenUp: Span = .days(30)
  /// After so many rows of the journal what they led to is kept, so that a start need not go through more: half a second's worth.
  public var snapshotEvery = 50_000

  /// After a job has reached its own cap, its pod is told to go within this: the worker may save what is done, and the next look at the pods
  /// may be a list, or the time for one, away. Its price is all that a job costs beyond its cap while `serve` runs and the provider obeys.
  public var stopBound: Span { stopWithin + max(listEvery, answerWithin) }

  public init() {}

  /// For a store whose time goes by faster: nothing is asked of this machine, or waited for, in less time than it takes.
  public func scaled(by scale: Double) -> LiveSettings {
    func atLeast(_ span: Span, _ real: Double) -> Span { max(span, Span(seconds: real * scale)) }
    var own = self
    own.listEvery = atLeast(listEvery, 0.5)
    own.listEveryIdle = atLeast(listEveryIdle, 2)
    own.listEveryInDoubt = atLeast(listEveryInDoubt, 0.2)
    own.answerWithin = atLeast(answerWithin, 10)
    own.settle = atLeast(settle, 2)
    own.silence = atLeast(silence, 15)
    own.bootSilence = atLeast(bootSilence, 30)
    own.stopWithin = atLeast(stopWithin, 8)
    own.wrapUpWithin = atLeast(wrapUpWithin, 5)
    own.terminateEvery = atLeast(terminateEvery, 1)
    own.billsEvery = atLeast(billsEvery, 2)
    return own
  }
}
