import DiscreteEvent

/// How often what goes wrong: drawn for each seed, so that some worlds are calm and some are awful.
struct VoprFaults {
  var loss: Double
  var duplication: Double
  var delay: Double
  /// A creation that answers 5xx, or not at all, though the pod is made.
  var ambiguity: Double
  /// … and then shows up in no list for up to half an hour.
  var lateness: Double
  var stockOut: Double
  var listFailure: Double
  /// A list that says it is complete, and leaves out a pod (never one pod twice in a row).
  var omission: Double
  var terminationFailure: Double
  /// An hour.
  var interruption: Double
  var vanishing: Double
  var workerDeath: Double
  var zombie: Double
  /// A step.
  var crash: Double
  var batching: Double
  /// A day.
  var clockStep: Double
  var outage: Double
  var restore: Double
  /// A bill whose last part has not come yet, within a day of the pod's end.
  var lateBill: Double
  /// A call that is answered 429: for a while then all are, as its Retry-After says.
  var throttling = 0.0
  /// A termination that answers 5xx though the pod is gone.
  var lostEnd = 0.0
  /// Reports that somebody else makes, for each that a worker makes.
  var forgery = 0.0
  /// A pod that is made and has to wait in a queue of the provider's, as a cluster's does: nothing runs, and nothing is billed.
  var queueing = 0.0
  let isCalm: Bool

  init(_ random: inout RandomStream) {
    // A calm seed in four; else each kind of fault is on or off, and rare or frequent.
    let isCalm = random.uniform() < 0.25
    self.isCalm = isCalm
    func draw(_ most: Double) -> Double {
      let (on, size) = (random.uniform(), random.uniform())
      return isCalm || on < 0.3 ? 0 : most * size * size
    }
    loss = draw(0.2)
    duplication = draw(0.2)
    delay = draw(0.3)
    ambiguity = draw(0.4)
    lateness = draw(0.5)
    stockOut = draw(0.6)
    listFailure = draw(0.3)
    omission = draw(0.05)
    terminationFailure = draw(0.4)
    interruption = draw(0.3)
    vanishing = draw(0.05)
    workerDeath = draw(0.1)
    zombie = draw(1)
    crash = draw(0.0005)
    batching = draw(0.3)
    clockStep = draw(0.5)
    outage = draw(0.5)
    restore = draw(0.1)
    lateBill = draw(0.8)
  }

  /// Those that came later are drawn apart: the others stay what they were for a seed.
  mutating func drawLater(_ random: inout RandomStream) {
    let draws = (0..<4).map { _ in (on: random.uniform(), size: random.uniform()) }
    func draw(_ i: Int, _ most: Double) -> Double {
      isCalm || draws[i].on < 0.3 ? 0 : most * draws[i].size * draws[i].size
    }
    throttling = draw(0, 0.05)
    lostEnd = draw(1, 0.4)
    forgery = draw(2, 0.3)
    queueing = draw(3, 1)
  }
}
