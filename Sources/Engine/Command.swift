import DiscreteEvent

/// An intent, imperative; the shell around the engine carries it out, and its outcome comes back as an event.
public enum Command: Hashable, Sendable, BitwiseCopyable {
  case requestPod(JobIndex, lease: UInt16, Pricing)
  case terminatePod(JobIndex)
  /// Save a checkpoint if there is training to save, then let go.
  case stopWorker(JobIndex)
  case startWorker(JobIndex)
  case notify(JobIndex, Notice)
}

/// What a person is told.
public enum Notice: UInt8, Hashable, Sendable, BitwiseCopyable {
  case blocked, waitingForGPU, decisionNeeded, interrupted, resumed, switchedToOnDemand, capReached
  case completed, failed, cancelled
}

/// The engine's reused output buffer: nothing is allocated once it has grown.
public struct CommandBuffer: Sendable, RandomAccessCollection {
  private var storage: ContiguousArray<Command>
  public private(set) var count = 0
  public init() { storage = ContiguousArray(repeating: .terminatePod(.none), count: 16) }
  public var startIndex: Int { 0 }
  public var endIndex: Int { count }
  public subscript(position: Int) -> Command {
    precondition(position < count, "no such command")
    return storage[position]
  }
  @inline(__always)
  mutating func append(_ command: Command) {
    if count < storage.count { storage[count] = command } else { storage.append(command) }
    count &+= 1
  }
  @inline(__always)
  mutating func removeAll() { count = 0 }
}
