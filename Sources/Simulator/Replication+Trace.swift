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
    // Of what happens in one instant, checkpoints come after what leads to training, and before its end.
    var facts: [(at: Instant, order: Int, event: Event)] = []
    // Without what is durable: that is told by each checkpoint.
    var stages = plan.facts
    (stages.durableStep, stages.blocked) = (0, .zero)
    try? stages.forEach(of: j, durable: 0, until: stop) { event, instant in
      var order = 0
      if case .stageFinished(_, .training) = event { order = 2 }
      if case .stageFinished(_, .finalization) = event { order = 2 }
      facts.append((instant, order, event))
    }
    for checkpoint in saved[place] where checkpoint.through + plan.upload <= stop {
      let event = Event.checkpointsSaved(
        j, step: checkpoint.step, keptThrough: checkpoint.through, blocked: plan.checkpoint)
      facts.append((checkpoint.through + plan.upload, 1, event))
    }
    let inOrder = facts.enumerated().sorted {
      ($0.element.at, $0.element.order, $0.offset) < ($1.element.at, $1.element.order, $1.offset)
    }
    result.trace += inOrder.map { ($0.element.at, $0.element.event, ordinal) }
  }
}
