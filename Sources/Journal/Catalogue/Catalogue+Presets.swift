import Calibration
import DiscreteEvent
import GRDB
import Scenarios

/// What each quarter's history proposed for the presets, and what was made of it.
extension Catalogue {
  /// What a quarter's jobs support changing in a preset, and what became of it.
  public struct PresetProposal: Sendable, Hashable {
    /// Where it stands.
    public enum Status: String, Sendable, CaseIterable {
      /// Waits for a manager.
      case proposed
      /// The history supports no change.
      case unchanged
      case accepted, rejected
    }

    /// From 1.
    public var number: Int
    /// `2026-Q3`.
    public var quarter: String
    public var preset: Preset
    /// What held when it was made.
    public var from: PresetParameters
    /// nil: nothing should change.
    public var to: PresetParameters?
    /// What it stands on: JSON.
    public var finding: String
    public var made: Instant
    public var status: Status
    public var decided: Instant?
    public var person: String?
    public var remark: String?

    /// One that is still to be kept, which gives it its number.
    public init(
      quarter: String, preset: Preset, from: PresetParameters, to: PresetParameters?, finding: String, made: Instant
    ) {
      (number, self.quarter, self.preset) = (0, quarter, preset)
      (self.from, self.to, self.finding, self.made) = (from, to, finding, made)
      status = to == nil ? .unchanged : .proposed
    }

    fileprivate init(_ row: Row) throws {
      (number, quarter, finding) = (row[0], row[1], row[5])
      preset = Preset(rawValue: row[2]) ?? .custom
      from = try Catalogue.value(row[3])
      to = try (row[4] as String?).map { try Catalogue.value($0) }
      (made, status) = (Instant(microseconds: row[6]), Status(rawValue: row[7]) ?? .unchanged)
      (decided, person, remark) = ((row[8] as Int64?).map(Instant.init(microseconds:)), row[9], row[10])
    }
  }

  static let presetSchema = """
    -- One a quarter and preset: what it stands on is what was known when it was made.
    CREATE TABLE preset_proposal (
      number     INTEGER PRIMARY KEY,
      quarter    TEXT    NOT NULL,
      preset     TEXT    NOT NULL,
      present    TEXT    NOT NULL,           -- JSON: the parameters that held then
      proposed   TEXT,                       -- JSON; NULL: nothing should change
      finding    TEXT    NOT NULL,           -- JSON
      made_at    INTEGER NOT NULL,
      status     TEXT    NOT NULL CHECK (status IN ('proposed', 'unchanged', 'accepted', 'rejected')),
      decided_at INTEGER,
      decided_by TEXT,
      remark     TEXT,
      UNIQUE (quarter, preset)
    ) STRICT;
    """

  private static let presetColumns =
    "number, quarter, preset, present, proposed, finding, made_at, status, decided_at, decided_by, remark"

  /// Keeps those whose quarter and preset have none yet.
  public func keep(_ proposals: [PresetProposal]) throws(InputError) {
    try write { db in
      for one in proposals {
        try db.execute(
          sql: """
            INSERT OR IGNORE INTO preset_proposal (quarter, preset, present, proposed, finding, made_at, status)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
          arguments: [
            one.quarter, one.preset.rawValue, try Catalogue.json(one.from), try one.to.map { try Catalogue.json($0) },
            one.finding, one.made.microseconds, one.status.rawValue,
          ])
      }
    }
  }

  /// The newest first.
  public func presetProposals() throws(InputError) -> [PresetProposal] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT \(Catalogue.presetColumns) FROM preset_proposal ORDER BY number DESC")
        .map { try PresetProposal($0) }
    }
  }

  /// What holds: of each preset, what was accepted last.
  public func acceptedPresets() throws(InputError) -> [PresetProposal] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT \(Catalogue.presetColumns) FROM preset_proposal AS one WHERE status = 'accepted' AND NOT EXISTS (
            SELECT 1 FROM preset_proposal AS other WHERE other.status = 'accepted' AND other.preset = one.preset
              AND (other.decided_at, other.number) > (one.decided_at, one.number)) ORDER BY number
          """
      ).map { try PresetProposal($0) }
    }
  }

  /// What presets stand for now.
  public func presets() throws(InputError) -> PresetBook {
    var book = PresetBook()
    for one in try acceptedPresets() { book[one.preset] = one.to ?? one.from }
    return book
  }

  /// False: it is not in that state any more.
  public func decidePreset(
    _ number: Int, from: PresetProposal.Status, to: PresetProposal.Status, by person: String, remark: String?,
    at: Instant
  ) throws(InputError) -> Bool {
    try write { db in
      try db.execute(
        sql: """
          UPDATE preset_proposal SET status = ?, decided_at = ?, decided_by = ?, remark = ?
          WHERE number = ? AND status = ?
          """,
        arguments: [to.rawValue, at.microseconds, person, remark, number, from.rawValue])
      return db.changesCount > 0
    }
  }
}

extension HistoryReader {
  /// What presets stand for in a store, or stood for at an instant; as they come with the program in a history that is none.
  ///
  /// - Throws: ``InputError`` as ``read(path:asOf:origins:patience:)`` does.
  public static func presets(path: String, asOf: Instant? = nil) throws(InputError) -> PresetBook {
    try HistoryFile(path: path, patience: 2).read { db in
      var book = PresetBook()
      guard try db.tableExists("preset_proposal") else { return book }
      let rows = try Row.fetchAll(
        db,
        sql: """
          SELECT preset, proposed FROM preset_proposal
          WHERE status = 'accepted' AND decided_at <= ? ORDER BY decided_at, number
          """, arguments: [asOf?.microseconds ?? .max])
      for row in rows {
        guard let preset = Preset(rawValue: row[0]) else { continue }
        book[preset] = try Catalogue.value(row[1])
      }
      return book
    }
  }
}
