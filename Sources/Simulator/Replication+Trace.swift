import DiscreteEvent
import Engine

/// What is kept of a lease where what happened is kept.
///
/// To the engine all checkpoints of a lease are one event. Who reads what was kept, to replay it or to calibrate on it, is told
/// of each at its own time, as live mode is: a cumulative event says neither how long a checkpoint took to become durable nor how
/// the pace varied between two of them.
extension Replication {
  /// Notes the checkpoints of the lease that was just drawn.
  @inline(never)
  mutating func keep(_ checkpoints: [(step: Int32, through: Instant)], at place: Int) {
    while saved.count <= place { saved.append([]) }
    saved[place] = checkpoints
  }

  /// Delivers a lease's facts one by one, and keeps them.
  @inline(never)
  mutating func tell(_ place: Int, _ j: JobIndex, until stop: Instant) throws(TransitionError) {
    let facts = pending[place].plan.facts
    try facts.forEach(of: j, durable: controller.fleet[j].durableStep, until: stop) {
      (event, instant) throws(TransitionError) in
      try controller.fleet.evolve(event, at: instant)
      result.events &+= 1
    }
    keep(place, j, until: stop)
  }

  /// What has happened by the end on pods that are still held: facts that would be delivered with the lease's end.
  @inline(never)
  mutating func keepWhatRuns(at end: Instant) {
    for place in pending.indices where pending[place].kind == .lease {
      keep(place, pending[place].job, until: min(end, pending[place].plan.stop))
    }
  }

  private mutating func keep(_ place: Int, _ j: JobIndex, until stop: Instant) {
    let plan = pending[place].plan
    let ordinal = controller.fleet[j].spec.ordinal
    var facts: [(at: Instant, event: Event)] = []
    // Without what is durable: that is told by each checkpoint.
    var stages = plan.facts
    (stages.durableStep, stages.blocked) = (0, .zero)
    try? stages.forEach(of: j, durable: 0, until: stop) { event, instant in facts.append((instant, event)) }
    for checkpoint in saved[place] where checkpoint.through + plan.upload <= stop {
      let event = Event.checkpointsSaved(
        j, step: checkpoint.step, keptThrough: checkpoint.through, blocked: plan.checkpoint)
      facts.append((checkpoint.through + plan.upload, event))
    }
    let inOrder = facts.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
    result.trace += inOrder.map { ($0.element.at, $0.element.event, ordinal) }
  }
}
