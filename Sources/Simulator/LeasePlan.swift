import DiscreteEvent
import Engine

/// What will happen on one lease, drawn whole when the pod is granted: nothing in between can be reacted to.
///
/// The facts are delivered at the lease's end, at their own times.
struct LeasePlan: Sendable, BitwiseCopyable {
  enum End: UInt8, Sendable, BitwiseCopyable { case completed, interrupted, crashed, outOfMemory, cancelled, capped }

  var bootEnd = Instant.distantFuture
  var preprocessingEnd = Instant.distantFuture
  var loadingEnd = Instant.distantFuture
  var restoreEnd = Instant.distantFuture
  var trainingEnd = Instant.distantFuture
  /// When the lease's work ends, however.
  var stop = Instant.distantFuture
  var end = End.completed
  /// What is durable by then.
  var durableStep: Int32 = 0
  var keptThrough = Instant.zero
  var blocked = Span.zero
  var durableAt = Instant.zero
  /// Blocking time of one checkpoint on this pod, and how long its upload takes.
  var checkpoint = Span.zero
  var upload = Span.zero
  /// The last step that is done by the stop; known where the job's own cap is the stop.
  var stoppedStep: Int32 = 0
}
