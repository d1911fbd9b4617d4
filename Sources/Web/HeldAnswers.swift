/// Answers that hold for a while: whoever asks while one is on its way waits for that one, and what failed is asked again by the next.
actor HeldAnswers<Key: Hashable & Sendable, Value: Sendable> {
  private struct Held {
    var at: ContinuousClock.Instant
    var task: Task<Value, any Error>
    /// What came of it, once it is there.
    var value: Value?
  }
  private var known: [Key: Held] = [:]
  private let duration: Duration
  private let most: Int

  /// - Parameters:
  ///   - duration: how long an answer holds, of the machine's time.
  ///   - most: how many are kept at most.
  init(for duration: Duration, most: Int = 200) { (self.duration, self.most) = (duration, most) }

  func answer(to key: Key, _ ask: @escaping @Sendable () async throws -> Value) async throws -> Value {
    if let held = held(key) { return try await held.task.value }
    return try await value(of: begin(key, ask), key)
  }

  /// The answer, or at once the latest one to a question like it; then the answer itself is there for who asks next.
  func answer(
    to key: Key, orOf isLike: (Key) -> Bool, _ ask: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    if let value = held(key)?.value { return value }
    let now = ContinuousClock.now
    let latest = known.filter { $0.value.value != nil && $0.value.at.duration(to: now) < duration && isLike($0.key) }
      .max { $0.value.at < $1.value.at }
    guard let value = latest?.value.value else { return try await answer(to: key, ask) }
    if held(key) == nil {
      let task = begin(key, ask)
      Task { _ = try? await self.value(of: task, key) }
    }
    return value
  }

  /// The answer where it is there within this time; else nil, and it is there for who asks next.
  func answer(
    to key: Key, within limit: Duration, _ ask: @escaping @Sendable () async throws -> Value
  ) async throws -> Value? {
    if let value = held(key)?.value { return value }
    let task: Task<Value, any Error>
    if let held = held(key) {
      task = held.task
    } else {
      task = begin(key, ask)
      Task { _ = try? await self.value(of: task, key) }
    }
    return try await task.value(within: limit)
  }

  /// The answer where it is there within this time; else the latest one to a question like it that is not older than so much; nil: there is none.
  func answer(
    to key: Key, within limit: Duration, orOf isLike: (Key) -> Bool, upTo age: Duration,
    _ ask: @escaping @Sendable () async throws -> Value
  ) async throws -> Value? {
    if let value = try await answer(to: key, within: limit, ask) { return value }
    let now = ContinuousClock.now
    return known.filter { $0.value.value != nil && $0.value.at.duration(to: now) < age && isLike($0.key) }
      .max { $0.value.at < $1.value.at }?.value.value
  }

  /// What is on its way is waited for, however long it takes; what is there holds from then on.
  private func held(_ key: Key) -> Held? {
    known[key].flatMap { $0.value == nil || $0.at.duration(to: .now) < duration ? $0 : nil }
  }

  private func begin(_ key: Key, _ ask: @escaping @Sendable () async throws -> Value) -> Task<Value, any Error> {
    if known.count >= most { known = known.filter { $0.value.value == nil } }
    let task = Task { try await ask() }
    known[key] = Held(at: .now, task: task)
    return task
  }

  private func value(of task: Task<Value, any Error>, _ key: Key) async throws -> Value {
    do {
      let value = try await task.value
      if known[key]?.task == task { known[key] = Held(at: .now, task: task, value: value) }
      return value
    } catch {
      if known[key]?.task == task { known[key] = nil }
      throw error
    }
  }
}
