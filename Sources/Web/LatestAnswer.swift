import Synchronization

/// The latest answer to one question that is asked again and again: computed off the path of any request, kept while a newer one is made.
public actor LatestAnswer<Key: Hashable & Sendable, Value: Sendable> {
  private var latest: (key: Key, value: Value, at: ContinuousClock.Instant)?
  private var task: (key: Key, task: Task<Value, any Error>)?
  private var failure: (key: Key, error: any Error, at: ContinuousClock.Instant)?
  private let duration: Duration
  /// What failed is not tried again sooner, unless somebody waits for it.
  private static var pause: Duration { .seconds(10) }

  /// - Parameter duration: how long an answer holds, of the machine's time.
  public init(for duration: Duration) { self.duration = duration }

  /// The answer, whoever waits for it.
  func answer(_ key: Key, _ ask: @escaping @Sendable () async throws -> Value) async throws -> Value {
    if let latest, latest.key == key, latest.at.duration(to: .now) < duration { return latest.value }
    return try await begin(key, ask).value
  }

  /// What is known by now, however old; a newer one is made meanwhile. nil: nothing is, within this time.
  ///
  /// - Throws: what the question threw a short while ago.
  func answer(
    _ key: Key, within limit: Duration, _ ask: @escaping @Sendable () async throws -> Value
  ) async throws -> Value? {
    if let latest, latest.key == key {
      if latest.at.duration(to: .now) >= duration { _ = begin(key, ask) }
      return latest.value
    }
    if let failure, failure.key == key, failure.at.duration(to: .now) < LatestAnswer.pause { throw failure.error }
    return try await begin(key, ask).value(within: limit)
  }

  /// The same of what cannot fail.
  public func known(_ key: Key, within limit: Duration, _ ask: @escaping @Sendable () async -> Value) async -> Value? {
    try? await answer(key, within: limit, ask)
  }

  private func begin(_ key: Key, _ ask: @escaping @Sendable () async throws -> Value) -> Task<Value, any Error> {
    if let task, task.key == key { return task.task }
    let new = Task(priority: .utility) {
      do {
        let value = try await ask()
        take(key, value)
        return value
      } catch {
        failure = (key, error, .now)
        end(key)
        throw error
      }
    }
    task = (key, new)
    return new
  }

  private func take(_ key: Key, _ value: Value) {
    // A question that was changed meanwhile is answered by another.
    if task?.key == key { latest = (key, value, .now) }
    end(key)
  }

  private func end(_ key: Key) { if task?.key == key { task = nil } }
}

extension Task where Failure == any Error {
  /// What came of it; nil where that takes longer. It goes on all the same.
  func value(within limit: Duration) async throws -> Success? {
    let isTold = Mutex(false)
    let first: @Sendable () -> Bool = {
      isTold.withLock { told in
        defer { told = true }
        return !told
      }
    }
    return try await withCheckedThrowingContinuation { continuation in
      Task<Void, Never> {
        let result = await self.result
        if first() { continuation.resume(with: result.map { $0 }) }
      }
      Task<Void, Never> {
        try? await Task<Never, Never>.sleep(for: limit)
        if first() { continuation.resume(returning: nil) }
      }
    }
  }
}
