import GRDB

/// The tables of a store, and how each version became the next. Forwards only.
enum StoreSchema {
  /// "LTst": what says that a database is a store of ours (`PRAGMA application_id`).
  static let applicationID = 0x4C54_7374

  /// Tables that follow from the journal alone, children before their parents.
  static let projections = ["job_suites", "job_examination"] + HistorySchema.tables + AuditProjection.tables

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 journal") { db in
      try db.execute(sql: "PRAGMA application_id = \(applicationID)")
      try db.execute(sql: version1)
      try db.execute(sql: HistorySchema.sql)
    }
    migrator.registerMigration("2 people") { db in
      try db.execute(sql: AuditProjection.sql)
      try db.execute(sql: CatalogueSchema.sql)
    }
    migrator.registerMigration("3 sign-in") { db in try db.execute(sql: SignInSchema.sql) }
    migrator.registerMigration("4 requests") { db in try db.execute(sql: SignInSchema.requests) }
    migrator.registerMigration("artifacts") { db in try db.execute(sql: CatalogueSchema.artifacts) }
    migrator.registerMigration("validation") { db in try db.execute(sql: Catalogue.validationSchema) }
    migrator.registerMigration("notices") { db in try db.execute(sql: NoticeSchema.sql) }
    migrator.registerMigration("notes") { db in try db.execute(sql: TogetherSchema.notes) }
    migrator.registerMigration("shares") { db in try db.execute(sql: TogetherSchema.shares) }
    migrator.registerMigration("knowledge") { db in try db.execute(sql: TogetherSchema.knowledge) }
    migrator.registerMigration("hidden jobs") { db in try db.execute(sql: TogetherSchema.hidden) }
    migrator.registerMigration("search") { db in
      try db.execute(sql: SearchIndex.sql)
      try SearchIndex.rebuild(db)
    }
    migrator.registerMigration("ratings") { db in try db.execute(sql: Catalogue.ratingSchema) }
    migrator.registerMigration("project accounts") { db in try db.execute(sql: Catalogue.projectSchema) }
    migrator.registerMigration("banners") { db in try db.execute(sql: NoticeSchema.banners) }
    migrator.registerMigration("suites") { db in try db.execute(sql: Catalogue.suiteSchema) }
    migrator.registerMigration("removed knowledge") { db in try db.execute(sql: TogetherSchema.removedKnowledge) }
    migrator.registerMigration("budget allocations") { db in try db.execute(sql: Catalogue.allocationSchema) }
    migrator.registerMigration("range of a file's quality") { db in
      // JSON: how many pairs have a score, the least and the greatest.
      try db.execute(sql: "ALTER TABLE training_file ADD COLUMN quality_range TEXT")
    }
    migrator.registerMigration("time of suites") { db in try db.execute(sql: HistorySchema.suites) }
    migrator.registerMigration("heads of suites") { db in try db.execute(sql: Catalogue.suiteHeads) }
    migrator.registerMigration("preset proposals") { db in try db.execute(sql: Catalogue.presetSchema) }
    migrator.registerMigration("signed links") { db in try db.execute(sql: Catalogue.signedLinkSchema) }
    migrator.registerMigration("examinations") { db in try db.execute(sql: HistorySchema.examinations) }
    return migrator
  }

  private static let version1 = """
    CREATE TABLE journal (
      seq     INTEGER PRIMARY KEY,         -- from 1, without holes
      at      INTEGER NOT NULL,            -- when we learned of it, in microseconds since 1970; never earlier than the row before
      format  INTEGER NOT NULL,            -- of kind and payload
      kind    TEXT    NOT NULL,
      job     INTEGER,                     -- the job it is about; NULL: a new one, or none
      payload TEXT    NOT NULL,            -- JSON
      digest  INTEGER NOT NULL             -- of this row and the digest of the row before
    ) STRICT;
    CREATE INDEX journal_job ON journal(job);
    CREATE TABLE state_digest (
      seq    INTEGER PRIMARY KEY REFERENCES journal(seq),  -- the state after this row
      engine INTEGER NOT NULL,                             -- the engine's version; others need not agree
      digest INTEGER NOT NULL
    ) STRICT;
    """
    + ["journal", "state_digest"].map { table in
      ["UPDATE", "DELETE"].map { verb in
        """

        CREATE TRIGGER \(table)_refuses_\(verb.lowercased()) BEFORE \(verb) ON \(table)
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
        """
      }.joined()
    }.joined()

  /// How every connection that writes is set up: a commit is on the disk when it returns.
  static var configuration: Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { db in
      try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
    }
    return configuration
  }
}
