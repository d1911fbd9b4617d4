import CCurl
import Foundation

/// Calls over HTTP, through libcurl. Connections are kept and used again; a call has a deadline. A call that is not idempotent is never repeated: it has a
/// connection of its own, since on a kept one that was closed meanwhile libcurl says a request again.
///
/// libcurl blocks, so each call in progress has one of a few threads of the client's own. A deadline begins when it has its thread.
public final class HTTPClient: Sendable {
  /// One request.
  public struct Call: Sendable {
    public var method: String
    public var url: String
    public var headers: [(String, String)]
    public var body: Data?
    /// Goes out in place of ``body``, read piece by piece as it is sent.
    public var source: FilePart?
    /// Where the body of a good answer (2xx) is written as it comes, from this place of an existing file on; ``Answer/body`` is empty then.
    public var sink: FilePart?
    /// For all of it, from the first byte to the last; where a file goes out or comes in, how long it may stand still.
    public var deadline: Duration

    public init(
      _ method: String, _ url: String, headers: [(String, String)] = [], body: Data? = nil,
      deadline: Duration = .seconds(30)
    ) {
      (self.method, self.url, self.headers, self.body, self.deadline) = (method, url, headers, body, deadline)
    }
  }

  /// What the server answered.
  public struct Answer: Sendable {
    public var status: Int
    /// Names in lower case.
    public var headers: [String: String]
    public var body: Data
  }

  /// What kept a call from being answered. Never holds a header or a body: there may be a secret in them.
  public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// Whether not a byte of the request can have reached the server; else it may have done all that was asked.
    public var neverSent: Bool
    /// Without the address, which may be a secret itself.
    public var reason: String
    public var description: String
  }

  private let threads: WorkerThreads
  private let isOverdue: @Sendable () -> Bool

  /// - Parameter connections: how many calls may go on at once.
  public convenience init(connections: Int = 4) { self.init(connections: connections) { false } }

  /// - Parameter isOverdue: asked about once a second while a call goes on; true ends it as its deadline does. On a busy machine a test can
  ///   say when time is up, and no limit that is short enough to wait for is long enough for everything else.
  init(connections: Int, isOverdue: @escaping @Sendable () -> Bool) {
    CurlHandle.prepare
    threads = WorkerThreads(count: connections)
    self.isOverdue = isOverdue
  }

  /// - Throws: ``Failure``; an answer of whatever status is an answer. `CancellationError` where the task is cancelled.
  public func send(_ call: Call) async throws -> Answer {
    let flag = Flag()
    return try await withTaskCancellationHandler {
      let result: Result<Answer, any Error> = await withCheckedContinuation { continuation in
        threads.run { [isOverdue] handle in
          continuation.resume(returning: Result { try handle.perform(call, flag, isOverdue) })
        }
      }
      try Task.checkCancellation()
      return try result.get()
    } onCancel: {
      flag.raise()
    }
  }
}

/// Raised by one thread, seen by another.
final class Flag: @unchecked Sendable {
  private let lock = NSLock()
  private var value = false
  func raise() { lock.withLock { value = true } }
  var isRaised: Bool { lock.withLock { value } }
}
