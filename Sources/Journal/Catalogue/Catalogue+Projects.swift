import DiscreteEvent
import GRDB
import Scenarios

/// What projects bring in and cost beside their training, as a manager enters it.
extension Catalogue {
  /// One project's figures.
  public struct ProjectAccount: Sendable, Hashable {
    /// Empty: none is named.
    public var client, project: String
    /// Nanodollars.
    public var revenue, otherCosts: Int64
    public var person: String
    public var at: Instant

    public init(client: String, project: String, revenue: Int64, otherCosts: Int64, person: String, at: Instant) {
      (self.client, self.project, self.revenue, self.otherCosts) = (client, project, revenue, otherCosts)
      (self.person, self.at) = (person, at)
    }
  }

  static let projectSchema = """
    CREATE TABLE project_account (
      client      TEXT    NOT NULL,
      project     TEXT    NOT NULL,
      revenue     INTEGER NOT NULL,        -- nanodollars
      other_costs INTEGER NOT NULL,        -- nanodollars, beside what training cost
      person      TEXT    NOT NULL,
      at          INTEGER NOT NULL,
      PRIMARY KEY (client, project)
    ) STRICT, WITHOUT ROWID;
    """

  /// Takes the place of what was said of that project before.
  public func put(_ account: ProjectAccount) throws(InputError) {
    try write { db in
      try db.execute(
        sql: """
          INSERT OR REPLACE INTO project_account (client, project, revenue, other_costs, person, at)
          VALUES (?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          account.client, account.project, account.revenue, account.otherCosts, account.person, account.at.microseconds,
        ])
    }
  }

  /// By client and project.
  public func projectAccounts() throws(InputError) -> [ProjectAccount] {
    try read { db in
      try Row.fetchAll(
        db,
        sql:
          "SELECT client, project, revenue, other_costs, person, at FROM project_account ORDER BY client, project"
      ).map {
        ProjectAccount(
          client: $0[0], project: $0[1], revenue: $0[2], otherCosts: $0[3], person: $0[4],
          at: Instant(microseconds: $0[5]))
      }
    }
  }
}
