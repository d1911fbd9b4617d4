import GRDB
import Scenarios

/// What somebody looks for, over everything that the store says in words.
extension Catalogue {
  /// What can be found.
  public enum FindKind: String, Codable, Sendable, CaseIterable { case job, file, template, knowledge }

  /// One thing that was found.
  public struct Find: Sendable, Hashable {
    public var kind: FindKind
    /// The job's ordinal, the file's id, the template's name, the entry's number.
    public var ref: String
    public var title: String
    /// Where it stands, with what was found between ``mark`` and ``endMark``.
    public var snippet: String
  }

  public static let mark: Character = "\u{2}"
  public static let endMark: Character = "\u{3}"

  /// A page of what was found, and how much there is.
  public struct Finds: Sendable {
    public var list: [Find] = []
    /// How many there are in all.
    public var total = 0
    /// False: nothing has all of the words, and these have some.
    public var haveAll = true
  }

  /// Looks for words, each of which may be the beginning of one; the best comes first: a title counts eight times what a text counts. Where nothing
  /// has all of them, what has some is found, the rarest words first.
  ///
  /// - Parameters:
  ///   - person: who looks: others' own templates are not found.
  ///   - kind: nil: all kinds.
  public func search(_ text: String, for person: String, kind: FindKind? = nil, limit: Int, offset: Int = 0)
    throws(InputError) -> Finds
  {
    let words = Catalogue.words(text)
    guard !words.isEmpty else { return Finds() }
    return try write { db in
      try SearchIndex.catchUp(db)
      let all = try Catalogue.find(words.joined(separator: " AND "), person, kind, limit, offset, db)
      guard all.total == 0, words.count > 1 else { return all }
      var some = try Catalogue.find(words.joined(separator: " OR "), person, kind, limit, offset, db)
      some.haveAll = false
      return some
    }
  }

  /// Letters and digits alone, in quotes: nothing that is typed is syntax. What is joined, as in `job-7`, is looked for as it stands.
  private static func words(_ text: String) -> [String] {
    func isWord(_ letter: Character) -> Bool { letter.isLetter || letter.isNumber }
    return text.prefix(400).split { !isWord($0) && !"-_.@'’".contains($0) }.map { joined in
      joined.split { !isWord($0) }.joined(separator: " ")
    }.filter { !$0.isEmpty }.prefix(32).map { "\"\($0)\"*" }
  }

  private static func find(
    _ pattern: String, _ person: String, _ kind: FindKind?, _ limit: Int, _ offset: Int, _ db: Database
  ) throws -> Finds {
    let condition = "search MATCH ?1 AND (owner IS NULL OR owner = ?2) AND (?3 IS NULL OR kind = ?3)"
    let rows = try Row.fetchAll(
      db,
      sql: """
        SELECT kind, ref, title, snippet(search, -1, char(2), char(3), '…', 28) FROM search WHERE \(condition)
        ORDER BY bm25(search, 0, 0, 0, 8, 1, 1), rowid LIMIT ?4 OFFSET ?5
        """, arguments: [pattern, person, kind?.rawValue, limit, offset])
    let total = try Int.fetchOne(
      db, sql: "SELECT count(*) FROM search WHERE \(condition)", arguments: [pattern, person, kind?.rawValue])
    return Finds(
      list: rows.compactMap { row in
        FindKind(rawValue: row[0]).map { Find(kind: $0, ref: row[1], title: row[2], snippet: row[3]) }
      }, total: total ?? 0)
  }
}
