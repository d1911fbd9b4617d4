import Foundation

/// A few threads, each with its own handle, that take turns at a queue. They end with their owner.
final class WorkerThreads: Sendable {
  private let queue = Queue()

  init(count: Int) {
    for _ in 0..<max(1, count) {
      let queue = queue
      Thread.detachNewThread {
        let handle = CurlHandle()
        while let work = queue.next() { work(handle) }
      }
    }
  }

  deinit { queue.close() }

  func run(_ work: @escaping @Sendable (CurlHandle) -> Void) { queue.add(work) }

  private final class Queue: @unchecked Sendable {
    private let condition = NSCondition()
    private var waiting: [@Sendable (CurlHandle) -> Void] = []
    private var isClosed = false

    func add(_ work: @escaping @Sendable (CurlHandle) -> Void) {
      condition.withLock {
        waiting.append(work)
        condition.signal()
      }
    }

    /// nil: there is nothing more to come, and nothing left.
    func next() -> (@Sendable (CurlHandle) -> Void)? {
      condition.withLock {
        while waiting.isEmpty, !isClosed { condition.wait() }
        return waiting.isEmpty ? nil : waiting.removeFirst()
      }
    }

    func close() {
      condition.withLock {
        isClosed = true
        condition.broadcast()
      }
    }
  }
}
