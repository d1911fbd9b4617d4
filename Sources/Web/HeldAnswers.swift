/// Answers that hold for a while: whoever asks while one is on its way waits for that one, and what failed is asked again by the next.
actor HeldAnswers<Key: Hashable & Sendable, Value: Sendable> {
  private var known: [Key: (at: ContinuousClock.Instant, task: Task<Value, any Error>)] = [:]
  private let duration: Duration
  private let most: Int

  /// - Parameters:
  ///   - duration: how long an answer holds, of the machine's time.
  ///   - most: how many are kept at most.
  init(for duration: Duration, most: Int = 200) { (self.duration, self.most) = (duration, most) }

  func answer(to key: Key, _ ask: @escaping @Sendable () async throws -> Value) async throws -> Value {
    let now = ContinuousClock.now
    if let held = known[key], held.at.duration(to: now) < duration { return try await held.task.value }
    if known.count >= most { known.removeAll(keepingCapacity: true) }
    let task = Task { try await ask() }
    known[key] = (now, task)
    do {
      return try await task.value
    } catch {
      // By now another may be on its way.
      if known[key]?.task == task { known[key] = nil }
      throw error
    }
  }
}
