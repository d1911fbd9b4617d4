import DiscreteEvent
import Engine
import Foundation
import Journal
import Live
import NIOCore

/// What changed, told to everybody who watches: each second once, whatever happens in it, and made into text once for all of them.
///
/// It looks at the state that the runner has in memory and tells what differs from a second ago, so that a hundred events of a job are one message.
actor LiveFeed {
  /// One message, as it goes over the wire.
  struct Message: Sendable {
    var number: UInt64
    /// Whose it is; nil: everybody's.
    var job: JobIndex?
    var text: ByteBuffer
  }

  private struct Watcher {
    var job: JobIndex?
    var stream: AsyncStream<ByteBuffer>.Continuation
  }

  private let runner: LiveRunner
  /// Tells the messages of this process from those of another.
  private let run = SecretFile.random(4).hex
  private var watchers: [UInt64: Watcher] = [:]
  private var tickets: UInt64 = 0
  private var number: UInt64 = 0
  /// The last ones, for whoever was away for a moment.
  private var recent: [Message] = []
  private var known: [Int] = []
  private var knownBudget = 0
  private var measured: [JobIndex: Int] = [:]
  private var ticks = 0
  private var isOver = false

  private static let kept = 2_000
  /// What one who does not read may fall behind; then it is let go, and comes again.
  private static let patience = 64
  private static let heartbeat = 15

  init(runner: LiveRunner) { self.runner = runner }

  /// Tells until the task is cancelled.
  func tell() async {
    while !Task.isCancelled, !isOver {
      await tick()
      try? await Task.sleep(for: .seconds(1))
    }
  }

  /// Ends everybody's stream: the server is about to end.
  func end() {
    isOver = true
    for watcher in watchers.values { watcher.stream.finish() }
    watchers = [:]
  }

  func note(_ job: JobIndex, measured step: Int) { measured[job] = max(step, measured[job] ?? 0) }

  // MARK: Watching

  /// - Parameters:
  ///   - job: only what is told of this one; nil: everything.
  ///   - last: the last message that somebody had, who comes again.
  func watch(_ job: JobIndex?, after last: String?) async -> (ticket: UInt64, AsyncStream<ByteBuffer>) {
    let (stream, continuation) = AsyncStream.makeStream(
      of: ByteBuffer.self, bufferingPolicy: .bufferingOldest(LiveFeed.patience))
    if watchers.isEmpty { await look() }
    guard !isOver else {
      continuation.finish()
      return (0, stream)
    }
    tickets += 1
    watchers[tickets] = Watcher(job: job, stream: continuation)
    let missed = last.map { self.missed(since: $0) } ?? []
    // Whoever was away for too long looks at everything again.
    continuation.yield(text(missed == nil ? "reset" : "hello", "{}", number))
    for message in missed ?? [] where message.job == nil || job == nil || message.job == job {
      continuation.yield(message.text)
    }
    return (tickets, stream)
  }

  func leave(_ ticket: UInt64) { watchers[ticket] = nil }

  /// Where the feed is before a page is made: whoever watches after this hears of what the page may not show yet.
  func position() async -> String {
    if watchers.isEmpty { await look() }
    return "\(run)-\(number)"
  }

  /// nil: not all of them are still here.
  private func missed(since last: String) -> [Message]? {
    let parts = last.split(separator: "-")
    guard parts.count == 2, parts[0] == run, let had = UInt64(parts[1]), had <= number else { return nil }
    guard had >= (recent.first?.number ?? number + 1) - 1 else { return nil }
    return recent.filter { $0.number > had }
  }

  // MARK: Telling

  /// Takes the state as it is for what everybody knows: nobody watched. What changed meanwhile is in no message, so that whoever comes again with
  /// an earlier one has to look at everything; where nothing did, they have heard all.
  private func look() async {
    let view = await runner.view
    guard watchers.isEmpty else { return }
    let jobs = view.fleet.jobs.indices.map { LiveFeed.fingerprint(view, $0) }
    let budget = LiveFeed.fingerprint(BudgetDocument(view))
    guard jobs != known || budget != knownBudget || !measured.isEmpty else { return }
    number += 1
    (known, knownBudget, measured, recent) = (jobs, budget, [:], [])
  }

  /// Tells what changed since it was called last.
  func tick() async {
    guard !watchers.isEmpty else { return }
    let view = await runner.view
    var told: [Message] = []
    for i in view.fleet.jobs.indices {
      let fingerprint = LiveFeed.fingerprint(view, i)
      if i < known.count, known[i] == fingerprint { continue }
      if i < known.count { known[i] = fingerprint } else { known.append(fingerprint) }
      let job = JobIndex(i)
      told.append(message("job", JobDocument(view, job), of: job))
    }
    for (job, step) in measured.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      told.append(message("metrics", ["job": job.id, "step": "\(step)"], of: job))
    }
    measured = [:]
    let budget = BudgetDocument(view)
    if LiveFeed.fingerprint(budget) != knownBudget {
      knownBudget = LiveFeed.fingerprint(budget)
      told.append(message("budget", budget, of: nil))
    }
    ticks += 1
    send(told)
  }

  private func send(_ told: [Message]) {
    recent.append(contentsOf: told)
    if recent.count > LiveFeed.kept { recent.removeFirst(recent.count - LiveFeed.kept) }
    // A connection on which nothing comes is closed by whatever stands between.
    let beat = ticks % LiveFeed.heartbeat == 0 ? ByteBuffer(string: ":\n\n") : nil
    var all = ByteBuffer()
    var byJob: [JobIndex?: ByteBuffer] = [:]
    for message in told {
      all.writeImmutableBuffer(message.text)
      byJob[message.job, default: ByteBuffer()].writeImmutableBuffer(message.text)
    }
    for (ticket, watcher) in watchers {
      var text = all
      if let job = watcher.job {
        text = byJob[job] ?? ByteBuffer()
        if let everybodys = byJob[nil] { text.writeImmutableBuffer(everybodys) }
      }
      if text.readableBytes == 0, let beat { text = beat }
      guard text.readableBytes > 0 else { continue }
      if case .dropped = watcher.stream.yield(text) {
        watcher.stream.finish()
        watchers[ticket] = nil
      }
    }
  }

  private func message(_ event: String, _ value: some Encodable, of job: JobIndex?) -> Message {
    number += 1
    let data = (try? Reply.bytes(value)).map { String(buffer: $0) } ?? "{}"
    return Message(number: number, job: job, text: text(event, data, number))
  }

  private func text(_ event: String, _ data: String, _ number: UInt64) -> ByteBuffer {
    ByteBuffer(string: "id: \(run)-\(number)\nevent: \(event)\ndata: \(data)\n\n")
  }

  /// What has to differ for a job to be told of: not that time went by, but that its cost reached another cent did.
  private static func fingerprint(_ view: LiveView, _ i: Int) -> Int {
    let job = view.fleet.jobs[i]
    var hasher = Hasher()
    for number in [
      Int(job.phase.rawValue), Int(job.durableStep), Int(job.interruptions), Int(job.failures),
      Int(job.pricing.rawValue),
      Int(job.question.rawValue), Int(job.refusal.rawValue), Int(job.cost(at: view.at) / 10_000_000),
    ] { hasher.combine(number) }
    return hasher.finalize()
  }

  private static func fingerprint(_ budget: BudgetDocument) -> Int {
    var hasher = Hasher()
    for dollars in [budget.limit_usd ?? -1, budget.spent_usd, budget.reserved_usd] {
      hasher.combine(Int((dollars * 100).rounded(.down)))
    }
    hasher.combine(budget.active_jobs)
    return hasher.finalize()
  }
}
