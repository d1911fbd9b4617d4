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
public struct CommandBuffer: Sendable {
  public private(set) var commands: ContiguousArray<Command> = []
  public init() { commands.reserveCapacity(64) }
  @inline(__always) public mutating func append(_ command: Command) { commands.append(command) }
  @inline(__always) public mutating func removeAll() { commands.removeAll(keepingCapacity: true) }
}
