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

/// The engine's reused output buffer: nothing is allocated once it has grown. The first commands, which is nearly always all,
/// stand in the buffer itself: nobody asks whether memory is shared.
@frozen
public struct CommandBuffer: Sendable, RandomAccessCollection {
  @usableFromInline var first = InlineArray<8, Command>(repeating: .terminatePod(.none))
  @usableFromInline var more: ContiguousArray<Command> = []
  public private(set) var count = 0
  public init() {}
  @inlinable public var startIndex: Int { 0 }
  @inlinable public var endIndex: Int { count }
  @inlinable @inline(__always)
  public subscript(position: Int) -> Command {
    precondition(position < count, "no such command")
    return position < first.count ? first[position] : more[position - first.count]
  }
  /// The same, read where it stands: the subscript copies the buffer first, and waits for what was just written to it.
  @inlinable @inline(__always)
  public mutating func command(at position: Int) -> Command {
    precondition(position < count, "no such command")
    return position < first.count ? first[position] : more[position - first.count]
  }
  @inline(__always)
  mutating func append(_ command: Command) {
    if count < first.count { first[count] = command } else { add(command) }
    count &+= 1
  }
  @inline(never)
  private mutating func add(_ command: Command) {
    let place = count - first.count
    if place < more.count { more[place] = command } else { more.append(command) }
  }
  @inline(__always)
  mutating func removeAll() { count = 0 }
}
