import DiscreteEvent
import GRDB
import Scenarios

/// Parts of the budget: what they are called, and whose jobs are charged to them. Their limits stand in the journal.
extension Catalogue {
  /// A part of the budget that has a limit of its own.
  public struct Allocation: Sendable, Hashable {
    /// From 1, never given again: jobs bear it.
    public var number: UInt16
    public var name: String
    /// Jobs of any of these clients, or with any of these tags.
    public var clients, tags: [String]
    /// No new job is charged to it any more.
    public var isClosed: Bool

    public init(number: UInt16, name: String, clients: [String], tags: [String], isClosed: Bool = false) {
      (self.number, self.name, self.clients, self.tags, self.isClosed) = (number, name, clients, tags, isClosed)
    }

    public func takes(client: String?, tags: [String]) -> Bool {
      !isClosed && (client.map(clients.contains) ?? false || self.tags.contains { tags.contains($0) })
    }
  }

  static let allocationSchema = """
    CREATE TABLE budget_allocation (
      number  INTEGER PRIMARY KEY,
      name    TEXT    NOT NULL,
      clients TEXT    NOT NULL,        -- JSON
      tags    TEXT    NOT NULL,        -- JSON
      closed  INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    """

  /// In the order in which they were made, which is the order in which a job is held against them.
  public func allocations() throws(InputError) -> [Allocation] {
    try read { db in
      try Row.fetchAll(db, sql: "SELECT number, name, clients, tags, closed FROM budget_allocation ORDER BY number").map
      {
        Allocation(
          number: $0[0], name: $0[1], clients: try Catalogue.value($0[2]), tags: try Catalogue.value($0[3]),
          isClosed: $0[4])
      }
    }
  }

  /// Adds one, whose number is the next, or changes the one of that name that is open.
  public func putAllocation(_ name: String, clients: [String], tags: [String]) throws(InputError) -> UInt16 {
    try write { db in
      let lists = [try Catalogue.json(clients), try Catalogue.json(tags)]
      let known = "SELECT number FROM budget_allocation WHERE name = ? AND NOT closed"
      if let number = try UInt16.fetchOne(db, sql: known, arguments: [name]) {
        try db.execute(
          sql: "UPDATE budget_allocation SET clients = ?, tags = ? WHERE number = ?",
          arguments: [lists[0], lists[1], number])
        return number
      }
      try db.execute(
        sql: "INSERT INTO budget_allocation (name, clients, tags) VALUES (?, ?, ?)",
        arguments: [name, lists[0], lists[1]])
      return UInt16(clamping: db.lastInsertedRowID)
    }
  }

  /// False: there is none of that number, or it is closed.
  public func closeAllocation(_ number: UInt16) throws(InputError) -> Bool {
    try write { db in
      try db.execute(
        sql: "UPDATE budget_allocation SET closed = 1 WHERE number = ? AND NOT closed", arguments: [number])
      return db.changesCount > 0
    }
  }
}
