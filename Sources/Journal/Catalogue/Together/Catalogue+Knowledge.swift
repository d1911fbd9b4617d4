import DiscreteEvent
import Engine
import GRDB
import Scenarios

/// What was learnt from jobs, for those who come after. Nothing is overwritten: a changed entry is a revision more.
extension Catalogue {
  /// Where an entry belongs.
  public enum KnowledgeCategory: String, Codable, Sendable, CaseIterable {
    case bestPractices = "best_practices"
    case experiments
    case clientDeliveries = "client_deliveries"
    case troubleshooting
  }

  /// One revision of an entry.
  public struct Knowledge: Sendable, Hashable {
    /// From 1.
    public var number: Int
    /// From 1.
    public var revision: Int
    public var title: String
    public var category: KnowledgeCategory
    public var tags: [String]
    /// Markdown.
    public var content: String
    public var jobs: [JobIndex]
    public var person: String
    public var at: Instant

    fileprivate init(_ row: Row) throws {
      (number, revision, title) = (row[0], row[1], row[2])
      category = KnowledgeCategory(rawValue: row[3]) ?? .experiments
      tags = try Catalogue.value(row[4])
      content = row[5]
      jobs = try (Catalogue.value(row[6]) as [UInt32]).map { JobIndex($0) }
      (person, at) = (row[7], Instant(microseconds: row[8]))
    }

    public init(
      title: String, category: KnowledgeCategory, tags: [String], content: String, jobs: [JobIndex], person: String,
      at: Instant
    ) {
      (number, revision, self.title, self.category, self.tags) = (0, 0, title, category, tags)
      (self.content, self.jobs, self.person, self.at) = (content, jobs, person, at)
    }
  }

  private static let knowledgeColumns = "number, revision, title, category, tags, content, jobs, person, at"

  private static let isKept = "number NOT IN (SELECT number FROM removed_knowledge)"

  /// Takes an entry out of what is read and found; its revisions stay where they are.
  public func removeKnowledge(_ number: Int, by person: String, at: Instant) throws(InputError) {
    try write { db in
      try db.execute(
        sql: "INSERT OR IGNORE INTO removed_knowledge (number, person, at) VALUES (?, ?, ?)",
        arguments: [number, person, at.microseconds])
    }
  }

  /// Keeps a new entry, or the next revision of one.
  ///
  /// - Parameter number: nil: a new one.
  /// - Returns: it as it is kept; nil: there is no entry of that number.
  public func put(_ entry: Knowledge, as number: Int? = nil) throws(InputError) -> Knowledge? {
    try write { db in
      var entry = entry
      if let number {
        let last = try Int.fetchOne(
          db, sql: "SELECT max(revision) FROM knowledge WHERE number = ? AND \(Catalogue.isKept)", arguments: [number])
        guard let last else { return nil }
        (entry.number, entry.revision) = (number, last + 1)
      } else {
        entry.number = (try Int.fetchOne(db, sql: "SELECT max(number) FROM knowledge") ?? 0) + 1
        entry.revision = 1
      }
      try db.execute(
        sql: "INSERT INTO knowledge (\(Catalogue.knowledgeColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          entry.number, entry.revision, entry.title, entry.category.rawValue, try Catalogue.json(entry.tags),
          entry.content, try Catalogue.json(entry.jobs.map(\.rawValue)), entry.person, entry.at.microseconds,
        ])
      return entry
    }
  }

  /// Each entry as it stands now, the newest first.
  public func knowledge() throws(InputError) -> [Knowledge] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT \(Catalogue.knowledgeColumns) FROM knowledge AS k
          WHERE revision = (SELECT max(revision) FROM knowledge WHERE number = k.number) AND \(Catalogue.isKept)
          ORDER BY at DESC, number DESC
          """
      ).map(Knowledge.init)
    }
  }

  /// Every revision of one, the oldest first; empty: there is none of that number, or it was removed.
  public func revisions(of number: Int) throws(InputError) -> [Knowledge] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT \(Catalogue.knowledgeColumns) FROM knowledge WHERE number = ? AND \(Catalogue.isKept) ORDER BY revision
          """,
        arguments: [number]
      ).map(Knowledge.init)
    }
  }
}
