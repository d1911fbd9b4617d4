import GRDB

/// The full-text index over what the store says in words: SQLite's FTS5.
///
/// It follows from the journal and the catalogue, and can be made anew at any time. What the catalogue keeps is taken up by triggers, in the
/// transaction that keeps it; jobs are taken up when somebody searches, so that a step of the engine pays nothing for it.
enum SearchIndex {
  // A job's row is its ordinal + 1; all others are below zero.
  static let sql = """
    CREATE VIRTUAL TABLE search USING fts5(
      kind UNINDEXED,                        -- job, file, template, knowledge
      ref UNINDEXED,                         -- the job's ordinal, the file's id, the template's name, the entry's number
      owner UNINDEXED,                       -- who alone may find it; NULL: everybody
      title, body, notes,
      tokenize = 'porter unicode61 remove_diacritics 2', prefix = '2 3'
    );
    -- How far the journal has been read for it.
    CREATE TABLE search_cursor (
      id  INTEGER PRIMARY KEY CHECK (id = 0),
      seq INTEGER NOT NULL
    ) STRICT;
    INSERT INTO search_cursor (id, seq) VALUES (0, 0);

    CREATE TRIGGER search_note AFTER INSERT ON job_note BEGIN
      UPDATE search SET notes = \(notes("NEW.job")) WHERE rowid = NEW.job + 1;
    END;
    CREATE TRIGGER search_file AFTER INSERT ON training_file BEGIN
      INSERT INTO search (rowid, kind, ref, owner, title, body, notes) \(file("NEW"));
    END;
    CREATE TRIGGER search_template AFTER INSERT ON template BEGIN
      INSERT INTO search (rowid, kind, ref, owner, title, body, notes) \(template("NEW"));
    END;
    CREATE TRIGGER search_template_changed AFTER UPDATE ON template BEGIN
      DELETE FROM search WHERE kind = 'template' AND ref = OLD.name;
      INSERT INTO search (rowid, kind, ref, owner, title, body, notes) \(template("NEW"));
    END;
    CREATE TRIGGER search_template_removed AFTER DELETE ON template BEGIN
      DELETE FROM search WHERE kind = 'template' AND ref = OLD.name;
    END;
    CREATE TRIGGER search_knowledge AFTER INSERT ON knowledge BEGIN
      DELETE FROM search WHERE kind = 'knowledge' AND ref = CAST(NEW.number AS TEXT);
      INSERT INTO search (rowid, kind, ref, owner, title, body, notes) \(knowledge("NEW"));
    END;
    """

  private static let next = "(SELECT min(0, coalesce(min(rowid), 0)) - 1 FROM search)"

  private static func notes(_ job: String) -> String {
    "(SELECT coalesce(group_concat(text, char(10)), '') FROM note WHERE job = \(job))"
  }

  private static func file(_ row: String) -> String {
    "SELECT \(next), 'file', \(row).id, NULL, \(row).name, \(row).id || ' ' || \(row).added_by || ' ' || \(row).scaffolding, ''"
  }

  private static func template(_ row: String) -> String {
    """
    SELECT \(next), 'template', \(row).name, CASE WHEN \(row).is_shared THEN NULL ELSE \(row).creator END, \(row).name,
      coalesce(\(row).purpose, '') || ' ' || \(row).tags || ' ' || \(row).creator, ''
    """
  }

  private static func knowledge(_ row: String) -> String {
    """
    SELECT \(next), 'knowledge', CAST(\(row).number AS TEXT), NULL, \(row).title,
      \(row).content || ' ' || \(row).tags || ' ' || \(row).category, ''
    """
  }

  /// What of a job's description is looked for.
  private static let described =
    [
      "purpose", "notes", "client", "project", "creator", "template", "fix", "baseModel", "gpuType",
      "configuration.preset", "id",
    ].map { "coalesce(json_extract(payload, '$.\($0)'), '')" }.joined(separator: " || ' ' || ")
    + " || ' ' || coalesce((SELECT group_concat(value, ', ') FROM json_each(payload, '$.tags')), '')"

  /// Takes up the jobs that have been described since.
  static func catchUp(_ db: Database) throws {
    let seq = try Int64.fetchOne(db, sql: "SELECT seq FROM search_cursor") ?? 0
    let last = try Int64.fetchOne(db, sql: "SELECT max(seq) FROM journal") ?? 0
    guard last > seq else { return }
    // Rows about no job yet are found by the index over `job`.
    try db.execute(
      sql: """
        INSERT OR REPLACE INTO search (rowid, kind, ref, owner, title, body, notes)
        SELECT json_extract(payload, '$.ordinal') + 1, 'job', CAST(json_extract(payload, '$.ordinal') AS TEXT), NULL,
          json_extract(payload, '$.name'),
          \(described) || ' ' || coalesce(
            (SELECT name FROM training_file AS f WHERE f.id = json_extract(payload, '$.trainingFile')), ''),
          \(notes("json_extract(payload, '$.ordinal')"))
        FROM journal WHERE job IS NULL AND seq > ? AND seq <= ? AND kind = 'jobDescribed'
        """, arguments: [seq, last])
    try db.execute(sql: "UPDATE search_cursor SET seq = ?", arguments: [last])
  }

  /// Makes it anew.
  static func rebuild(_ db: Database) throws {
    try db.execute(sql: "DELETE FROM search; UPDATE search_cursor SET seq = 0")
    for (table, part) in [("training_file", file), ("template", template)] {
      // One after the other: each takes the next free row.
      for row in try Int64.fetchAll(db, sql: "SELECT rowid FROM \(table) ORDER BY rowid") {
        try db.execute(
          sql:
            "INSERT INTO search (rowid, kind, ref, owner, title, body, notes) \(part("t")) FROM \(table) AS t WHERE t.rowid = ?",
          arguments: [row])
      }
    }
    for number in try Int64.fetchAll(db, sql: "SELECT DISTINCT number FROM knowledge ORDER BY number") {
      try db.execute(
        sql: """
          INSERT INTO search (rowid, kind, ref, owner, title, body, notes) \(knowledge("t")) FROM knowledge AS t
          WHERE t.number = ? ORDER BY t.revision DESC LIMIT 1
          """, arguments: [number])
    }
    // Not there yet where an older store is brought up to date.
    if try db.tableExists("removed_knowledge") {
      try db.execute(
        sql: """
          DELETE FROM search
          WHERE kind = 'knowledge' AND CAST(ref AS INTEGER) IN (SELECT number FROM removed_knowledge)
          """)
    }
    try catchUp(db)
  }
}
