import DiscreteEvent
import Engine
import GRDB
import Scenarios

/// A journal run again: the fleet it leads to, and whether what was noted on the way holds.
///
/// A replay only evolves: what was decided then stands in the journal. With other policies it is decided again from the facts, up to the
/// first decision that comes out differently.
public struct JournalReplay: Sendable {
  public private(set) var opening: JournalOpening
  public private(set) var fleet: Fleet
  /// What jobs are called, by ordinal.
  public private(set) var descriptions: [UInt32: JobDescription] = [:]
  /// Rows, the opening included.
  public private(set) var rows = 0
  public private(set) var from = Instant.zero
  public private(set) var until = Instant.zero
  /// The chain over all rows.
  public private(set) var chain = Digest()
  /// State digests that were held against the replay, and those of another engine's version, which were not.
  public private(set) var statesChecked = 0
  public private(set) var statesSkipped = 0
  /// Where other policies part with the journal; nil: they never do, or none were given.
  public private(set) var divergence: Divergence?

  /// The first decision that comes out differently.
  public struct Divergence: Hashable, Sendable {
    /// The row at which it shows.
    public var seq: Int64
    public var at: Instant
    public var job: JobIndex
    /// nil: nothing was decided.
    public var journal: Event?
    public var policy: Event?
  }

  /// Replays the journal at `path`, which is only read.
  ///
  /// - Throws: ``InputError`` with the sequence number of the first row that does not hold.
  /// - Complexity: O(rows).
  public static func read(path: String, policies: Policies? = nil) throws(InputError) -> JournalReplay {
    try HistoryFile(path: path, patience: 5, role: .journal).read { db in
      try JournalReader.check(db, file: path)
      return try JournalReplay(db, file: path, policies: policies)
    }
  }

  init(_ db: Database, file: String, policies: Policies?) throws {
    let reader = JournalReader(db: db, file: file)
    var states: [Int64: (engine: Int, digest: Int64)] = [:]
    for row in try Row.fetchAll(db, sql: "SELECT seq, engine, digest FROM state_digest") {
      states[row[0]] = (row[1], row[2])
    }
    opening = JournalOpening(store: "", origin: .synthetic, policyName: "", policies: Policies())
    fleet = Fleet()
    var redecision: Redecision?
    chain = try reader.readAll { seq, at, entry in
      switch entry {
      case .opening(let opening):
        self.opening = opening
        fleet = opening.controller().fleet
        redecision = policies.map { Redecision(opening.controller(policies: $0)) }
        from = at
      case .noted: break
      case .described(let description): descriptions[description.ordinal] = description
      case .event(let event):
        do throws(TransitionError) { try fleet.evolve(event, at: at) } catch {
          throw reader.broken(seq, "cannot have happened: \(error)")
        }
        if divergence == nil { divergence = redecision?.take(event, at: at, seq: seq) }
      }
      if let state = states[seq] { try check(state, seq, reader) }
      rows += 1
      until = at
    }
    if divergence == nil { divergence = redecision?.finish(seq: Int64(rows)) }
  }

  private mutating func check(_ state: (engine: Int, digest: Int64), _ seq: Int64, _ reader: JournalReader) throws {
    guard state.engine == Fleet.version else {
      statesSkipped += 1
      return
    }
    guard Int64(bitPattern: fleet.stateDigest.value) == state.digest else {
      throw reader.broken(seq, "leads to another state than it did then, under the same version of the engine")
    }
    statesChecked += 1
  }
}
