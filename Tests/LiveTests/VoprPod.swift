import DiscreteEvent
import Engine
import Live

/// A pod of the world, and the worker on it.
struct VoprPod {
  enum State { case hidden, waiting, running, exited, gone }
  var id: String
  /// nil: somebody else's.
  var name: PodName?
  var fullName: String
  var state: State
  var created: Instant
  var visibleFrom: Instant
  var billedUntil: Instant?
  var rate: Int64
  /// Its creation was doubled on the way, answered late or by nothing: it may exist beside another for a while.
  var isDoubtful = false
  var kind = LossKind.interrupted

  // The worker.
  var job = JobIndex.none
  var isAlive = false
  var generation = 0
  var stages: [Stage] = []
  var step: Int32 = 0
  var totalSteps: Int32 = 0
  var savedAt = Instant.zero
  var outbox: [(report: WorkerReport, at: Instant)] = []
  var nextSequence: Int64 = 1
  var acknowledged: Int64 = 1
  var isStopping = false
  /// It has said that it failed.
  var hasFailed = false
  var orphanSince: Instant?
  /// Lists until it may be left out again.
  var shownFor = 0

  func cost(at now: Instant) -> Int64 { Ledger.cost(hourlyRate: rate, time: (billedUntil ?? now) - created) }
}
