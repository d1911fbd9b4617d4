import Dispatch

/// Work that blocks or takes long, one at a time on a thread of its own: the few threads that everything is answered on are not held up by it.
public struct SideQueue: Sendable {
  private let queue: DispatchQueue

  /// - Parameter name: what a debugger calls its thread.
  public init(_ name: String) { queue = DispatchQueue(label: name) }

  /// What came of it, once its turn has come.
  public func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result(catching: body)) }
    }
  }
}
