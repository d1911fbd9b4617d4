import DiscreteEvent
import Engine
import GRDB
import Scenarios

extension EventStore {
  /// Rows that a start would have to go through now, after the latest snapshot.
  public var rowsSinceSnapshot: Int { Int(memory.seq - memory.snapshot) }

  /// Keeps what the journal has led to, so that the next start need not go through all of it.
  ///
  /// The journal is not touched, and one that could not be kept is no loss.
  ///
  /// - Parameter follower: has seen every row that this store has appended.
  /// - Throws: ``InputError`` where it could not be written; the store goes on, and ``rowsSinceSnapshot`` counts from here all the same.
  /// - Complexity: O(jobs).
  public func keepSnapshot<Follower: JournalFollower>(of follower: Follower) throws(InputError) {
    guard !memory.isStale else { return }
    memory.snapshot = memory.seq
    var (coder, current, follower) = (StateCoder(), memory, follower)
    current.code(&coder, &follower)
    guard !coder.isBroken else { return }
    let snapshot = Snapshot(seq: memory.seq, chain: memory.digest, state: coder.bytes)
    try guarded { try queue.write { try snapshot.write(Snapshot.version(of: Follower.self), in: $0) } }
  }

  /// What the latest snapshot holds; nil where there is none that can be trusted.
  static func restored<Follower: JournalFollower>(
    _ db: Database, _ type: Follower.Type
  ) throws -> (memory: Memory, follower: Follower)? {
    guard let snapshot = try Snapshot.latest(Snapshot.version(of: type), in: db) else { return nil }
    var (coder, memory, follower) = (StateCoder(reading: snapshot.state), Memory(), type.init())
    memory.code(&coder, &follower)
    guard coder.isWhole else { return nil }
    (memory.seq, memory.digest, memory.snapshot) = (snapshot.seq, snapshot.chain, snapshot.seq)
    return (memory, follower)
  }
}

extension EventStore.Memory {
  fileprivate mutating func code(_ coder: inout StateCoder, _ follower: inout some JournalFollower) {
    projection.code(&coder)
    // A field that the list forgets is found here.
    let state = projection.fleet.stateDigest.value
    var noted = state
    coder.code(&noted)
    if noted != state { coder.fail() }
    coder.code(&at)
    follower.code(&coder, descriptions: projection.descriptions)
  }
}
