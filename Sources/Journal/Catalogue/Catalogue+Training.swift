// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Calibration
import DiscreteEvent
import Foundation
import GRDB
import Scenarios

/// Training files and templates.
extension Catalogue {
  /// What is known of a training file; its bytes are beside the store, under their digest.
  public struct FileRecord: Codable, Sendable, Hashable {
    public var id: String
    public var name: String
    public var sha256: String
    public var bytes: Int
    public var conversations: Int
    public var pairs: Int
    public var training_pairs: Int
    public var tokens_per_pair: Double
    public var human_reviewed: Int
    public var quality_mean: Double?
    /// Of the pairs' scores; nil: none has one, or the file was added before this was kept.
    public var quality: QualityRange?
    public var scaffolding: Scaffolding
    public var warnings: [String]
    public var added_at: String
    public var added_by: String

    /// The quality scores of a file's pairs: how many have one, and between what they lie.
    public struct QualityRange: Codable, Sendable, Hashable {
      /// Pairs with a score.
      public var scored: Int
      public var least, greatest: Double
    }

    /// How often each persona, emotional arc and topic occurs in a file.
    public struct Scaffolding: Codable, Sendable, Hashable {
      public var personas: [String: Int]
      public var emotional_arcs: [String: Int]
      public var topics: [String: Int]
    }

    public init(_ file: TrainingFile, name: String, sha256: String, bytes: Int, at: Instant, by person: String) {
      id = "file-" + sha256.prefix(12)
      self.name = name
      self.sha256 = sha256
      self.bytes = bytes
      conversations = file.conversations
      pairs = file.pairs
      training_pairs = file.split.trainingPairs
      tokens_per_pair = file.meanTokens
      human_reviewed = file.humanReviewed
      quality_mean = file.quality?.mean
      quality = file.quality.map { QualityRange(scored: $0.scored, least: $0.least, greatest: $0.greatest) }
      scaffolding = Scaffolding(personas: file.personas, emotional_arcs: file.emotionalArcs, topics: file.topics)
      warnings = file.warnings
      added_at = Catalogue.stamp(at)
      added_by = person
    }

    fileprivate init(row: Row) throws {
      (id, name, sha256, bytes) = (row[0], row[1], row[2], row[3])
      (conversations, pairs, training_pairs, tokens_per_pair) = (row[4], row[5], row[6], row[7])
      (human_reviewed, quality_mean) = (row[8], row[9])
      scaffolding = try Catalogue.value(row[10])
      warnings = try Catalogue.value(row[11])
      added_at = Catalogue.stamp(Instant(microseconds: row[12]))
      added_by = row[13]
      let range: String? = row[14]
      quality = try range.map { try Catalogue.value($0) }
    }

    /// Whether a job may be made from it.
    public var canCreateJob: Bool { conversations >= TrainingFile.fewestConversations }
  }

  /// Adds a file; one with the same bytes that is there already keeps its entry, and is shown again.
  public func add(_ file: FileRecord, at: Instant) throws(InputError) {
    try write { db in
      try db.execute(
        sql: """
          INSERT INTO training_file (id, name, sha256, bytes, conversations, pairs, training_pairs, tokens_per_pair,
            human_reviewed, quality_mean, scaffolding, warnings, added_at, added_by, quality_range)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT (id) DO UPDATE SET hidden_at = NULL, quality_range = excluded.quality_range
          """,
        arguments: [
          file.id, file.name, file.sha256, file.bytes, file.conversations, file.pairs, file.training_pairs,
          file.tokens_per_pair, file.human_reviewed, file.quality_mean, try Catalogue.json(file.scaffolding),
          try Catalogue.json(file.warnings), at.microseconds, file.added_by,
          try file.quality.map { try Catalogue.json($0) },
        ])
    }
  }

  /// The newest first.
  public func files() throws(InputError) -> [FileRecord] {
    try read { db in
      try Row.fetchAll(db, sql: Catalogue.shownFiles + " ORDER BY added_at DESC, id").map(FileRecord.init(row:))
    }
  }

  /// nil: there is none of that id, or it is hidden.
  public func file(_ id: String) throws(InputError) -> FileRecord? {
    try read { db in
      try Row.fetchOne(db, sql: Catalogue.shownFiles + " AND id = ?", arguments: [id]).map(FileRecord.init(row:))
    }
  }

  /// What they are called, the newest first.
  public func fileNames() throws(InputError) -> [(id: String, name: String)] {
    try read { db in
      try Row.fetchAll(
        db, sql: "SELECT id, name FROM training_file WHERE hidden_at IS NULL ORDER BY added_at DESC, id"
      ).map { ($0[0], $0[1]) }
    }
  }

  /// What a list to choose from says of them, the newest first.
  public func fileChoices() throws(InputError) -> [(id: String, name: String, conversations: Int, pairs: Int)] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT id, name, conversations, pairs FROM training_file WHERE hidden_at IS NULL ORDER BY added_at DESC, id
          """
      ).map { ($0[0], $0[1], $0[2], $0[3]) }
    }
  }

  private static let shownFiles = """
    SELECT id, name, sha256, bytes, conversations, pairs, training_pairs, tokens_per_pair, human_reviewed,
      quality_mean, scaffolding, warnings, added_at, added_by, quality_range
    FROM training_file WHERE hidden_at IS NULL
    """

  /// A configuration worth starting from again.
  public struct Template: Codable, Sendable, Hashable {
    public var name: String
    public var purpose: String?
    /// Seen by the whole team; else by its creator alone.
    public var is_shared: Bool
    public var tags: [String]
    public var configuration: JobConfiguration
    public var creator: String
    /// nil: it comes with the program.
    public var created_at: String?

    public init(
      name: String, purpose: String?, isShared: Bool, tags: [String], configuration: JobConfiguration, creator: String
    ) {
      self.name = name
      self.purpose = purpose
      is_shared = isShared
      self.tags = tags
      self.configuration = configuration
      self.creator = creator
    }
  }

  /// Adds a template, or takes the place of the creator's own of that name. False: the name is somebody else's.
  public func put(_ template: Template, at: Instant) throws(InputError) -> Bool {
    guard !Catalogue.defaultTemplates.contains(where: { $0.name == template.name }) else { return false }
    return try write { db in
      try db.execute(
        sql: """
          INSERT INTO template (name, purpose, is_shared, tags, configuration, creator, created_at)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT (name) DO UPDATE SET purpose = excluded.purpose, is_shared = excluded.is_shared,
            tags = excluded.tags, configuration = excluded.configuration WHERE creator = excluded.creator
          """,
        arguments: [
          template.name, template.purpose, template.is_shared, try Catalogue.json(template.tags),
          try Catalogue.json(template.configuration), template.creator, at.microseconds,
        ])
      return db.changesCount > 0
    }
  }

  /// Those that a person may see: what comes with the program first, then by name.
  public func templates(for person: String) throws(InputError) -> [Template] {
    let own = try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT name, purpose, is_shared, tags, configuration, creator, created_at FROM template
          WHERE is_shared OR creator = ? ORDER BY name
          """, arguments: [person]
      ).map { row in
        var template = Template(
          name: row[0], purpose: row[1], isShared: row[2],
          tags: try Catalogue.value(row[3]), configuration: try Catalogue.value(row[4]), creator: row[5])
        template.created_at = Catalogue.stamp(Instant(microseconds: row[6]))
        return template
      }
    }
    // A store may hold one of that name from before they came with the program.
    return Catalogue.defaultTemplates.filter { usual in !own.contains { $0.name == usual.name } } + own
  }

  /// False: there is none of that name.
  public func removeTemplate(_ name: String) throws(InputError) -> Bool {
    try write { db in
      try db.execute(sql: "DELETE FROM template WHERE name = ?", arguments: [name])
      return db.changesCount > 0
    }
  }

  static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  static func value<Value: Decodable>(_ json: String) throws -> Value {
    try JSONDecoder().decode(Value.self, from: Data(json.utf8))
  }

  /// To the second, UTC.
  static func stamp(_ instant: Instant) -> String {
    Date(timeIntervalSince1970: Double(instant.microseconds) / 1e6).formatted(.iso8601)
  }
}
