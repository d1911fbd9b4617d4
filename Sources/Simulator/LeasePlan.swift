import DiscreteEvent
import Engine

/// The uniform numbers of a lease that every one needs, at once: so they are computed side by side.
struct LeaseLuck: BitwiseCopyable {
  let end: (Double, Double)
  let loading: (Double, Double)
  let training: (Double, Double)

  @inline(__always)
  init(_ base: UInt64, _ ordinal: UInt32, _ lease: UInt16) {
    let stream = RandomStream(base: base, entity: ordinal, part: lease, purpose: Purpose.lease)
    end = stream.pair(LeaseDraw.end)
    loading = stream.pair(LeaseDraw.loading)
    training = stream.pair(LeaseDraw.training)
  }
}

/// What will happen on one lease, drawn whole: nothing in between can be reacted to.
///
/// The facts are delivered at the lease's end, each at its own time.
struct LeasePlan: Sendable, BitwiseCopyable {
  enum End: UInt8, Sendable, BitwiseCopyable { case completed, interrupted, crashed, outOfMemory, cancelled, capped }

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
