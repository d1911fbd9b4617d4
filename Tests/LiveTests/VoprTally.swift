/// What was met in many worlds: a fault that never occurs is not tested.
struct VoprTally: Sendable {
  var failures: [String] = []
  var counts: [String: Int] = [:]

  init() {}

  init(_ world: VoprWorld) {
    counts = [
      "quick starts": world.quickStarts, "reports of strays": world.strayReports, "caps passed": world.capsPassed,
      "calls answered 429": world.throttledCalls, "ends answered 5xx after success": world.lostEnds,
      "forged reports": world.forgedReports, "replayed reports": world.replayedReports,
      "looks of a copy beside its original": world.ghostlyLooks, "lists with a neighbour's pods": world.sharedLists,
      "pods in a queue": world.queuedPods, "failed steps found on the disk": world.stepsKept,
    ]
    for (fault, n) in world.diskFaults { counts["disk: \(fault)"] = n }
  }

  subscript(what: String) -> Int { counts[what] ?? 0 }

  mutating func add(_ other: VoprTally) {
    failures += other.failures
    counts.merge(other.counts) { $0 + $1 }
  }

  var summary: String {
    counts.filter { $0.value > 0 }.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }
}
