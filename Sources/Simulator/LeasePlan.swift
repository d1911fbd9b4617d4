import DiscreteEvent
import Engine

/// What will happen on one lease, drawn whole: nothing in between can be reacted to.
///
/// The facts are delivered at the lease's end, each at its own time.
struct LeasePlan: Sendable, BitwiseCopyable {
  enum End: UInt8, Sendable, BitwiseCopyable { case completed, interrupted, crashed, outOfMemory, cancelled, capped }

  var granted = Instant.zero
  var facts = LeaseFacts()
  /// When the lease's work ends, however.
  var stop = Instant.distantFuture
  var end = End.completed
  /// Blocking time of one checkpoint on this pod, and how long its upload takes.
  var checkpoint = Span.zero
  var upload = Span.zero
  /// The last step that is done by the stop; known where the job's own cap is the stop.
  var stoppedStep: Int32 = 0
}
