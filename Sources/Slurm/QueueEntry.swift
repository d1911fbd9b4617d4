import DiscreteEvent
import Engine
import Live

/// One job as `squeue` shows it.
struct QueueEntry: Hashable {
  var number: String
  var state: String
  /// How often it was put back into the queue.
  var restarts: Int
  var submitted: Instant
  /// nil: it never ran, or nobody knows when.
  var started: Instant?
  var ended: Instant?
  var exitCode: Int
  var partition: String
  var name: String

  /// The fields, in this order; the name last, as it may hold anything.
  static let format = [
    "JobID", "State", "RestartCnt", "SubmitTime", "StartTime", "EndTime", "exit_code", "Partition", "Name",
  ].map { "\($0):|" }.joined(separator: ",")

  /// nil where the line is none that `squeue` prints for ``format``.
  init?(_ line: some StringProtocol) {
    // Each field ends with a bar, the last one too.
    let fields = line.split(separator: "|", omittingEmptySubsequences: false)
    guard fields.count >= 9, let restarts = Int(fields[2]), let submitted = QueueEntry.time(fields[3]),
      let exitCode = Int(fields[6]), !fields[0].isEmpty, fields[0].allSatisfy(\.isNumber)
    else { return nil }
    number = String(fields[0])
    state = String(fields[1])
    self.restarts = restarts
    self.submitted = submitted
    started = QueueEntry.time(fields[4])
    ended = QueueEntry.time(fields[5])
    self.exitCode = exitCode
    partition = String(fields[7])
    name = fields[8...].joined(separator: "|")
    if name.hasSuffix("|") { name.removeLast() }
  }

  private static func time(_ text: some StringProtocol) -> Instant? {
    Int64(text).flatMap { (0..<100_000_000_000).contains($0) ? Instant(microseconds: $0 * 1_000_000) : nil }
  }

  /// Nothing of it runs, or ever will.
  var isOver: Bool { QueueEntry.ends[state] != nil }

  /// It waited, and left the queue without having run.
  var neverRan: Bool { isOver && (started == nil || started == ended) && exitCode == 0 && state == "CANCELLED" }

  /// What it is as a pod.
  var status: PodObservation.Status {
    if let end = QueueEntry.ends[state] {
      return .exited(exitCode >> 8 == JobFolder.interrupted ? .interrupted : end)
    }
    // Put back into the queue, it would begin anew under a name that has been used.
    if restarts > 0 || state.hasPrefix("REQUEUE") || state == "SPECIAL_EXIT" { return .exited(.interrupted) }
    // What no version we know of has said is taken for something that still costs.
    return state == "PENDING" ? .waiting : .running
  }

  /// The states that no job leaves by itself, and what became of the pod.
  private static let ends: [String: LossKind] = [
    "PREEMPTED": .interrupted, "CANCELLED": .interrupted, "TIMEOUT": .interrupted, "DEADLINE": .interrupted,
    "REVOKED": .interrupted, "NODE_FAIL": .hostFailure, "BOOT_FAIL": .hostFailure, "COMPLETED": .lost, "FAILED": .lost,
    "OUT_OF_MEMORY": .lost,
  ]
}
