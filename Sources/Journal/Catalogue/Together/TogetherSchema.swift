/// What people share, find again and write down together.
enum TogetherSchema {
  static let shares = """
    -- Links to one job. Times are this machine's, as those of sessions are.
    CREATE TABLE job_share (
      id          INTEGER PRIMARY KEY,
      digest      TEXT    NOT NULL UNIQUE,   -- SHA-256 of what the link bears, which is kept nowhere
      job         INTEGER NOT NULL,
      audience    TEXT    NOT NULL CHECK (audience IN ('private', 'team', 'public')),
      shows_costs INTEGER NOT NULL,
      shows_notes INTEGER NOT NULL,
      person      TEXT    NOT NULL,
      created_at  INTEGER NOT NULL,
      ends_at     INTEGER NOT NULL,
      revoked_at  INTEGER,
      views       INTEGER NOT NULL DEFAULT 0,
      viewed_at   INTEGER
    ) STRICT;
    CREATE INDEX job_share_job ON job_share(job);
    """

  static let hidden = """
    -- Jobs that lists leave out. The journal, the ledger and the audit log keep them.
    CREATE TABLE hidden_job (
      job    INTEGER PRIMARY KEY,
      person TEXT    NOT NULL,
      at     INTEGER NOT NULL
    ) STRICT;
    """

  // A note that is changed or taken back is a row more: what was said stays said.
  static let notes = """
    ALTER TABLE job_note ADD COLUMN root INTEGER REFERENCES job_note(id);
    ALTER TABLE job_note ADD COLUMN is_removed INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX job_note_root ON job_note(root);
    CREATE VIEW note AS
      SELECT first.id AS id, first.job AS job, first.at AS at, first.person AS person, last.text AS text,
        CASE WHEN last.id <> first.id THEN last.at END AS edited_at
      FROM job_note AS first JOIN job_note AS last
        ON last.id = (SELECT max(id) FROM job_note AS v WHERE v.id = first.id OR v.root = first.id)
      WHERE first.root IS NULL AND NOT last.is_removed;
    CREATE TRIGGER job_note_refuses_update BEFORE UPDATE ON job_note
    BEGIN SELECT RAISE(ABORT, 'notes are append-only'); END;
    CREATE TRIGGER job_note_refuses_delete BEFORE DELETE ON job_note
    BEGIN SELECT RAISE(ABORT, 'notes are append-only'); END;
    """

  static let knowledge = """
    -- An entry that is changed is a row more; the highest revision is what is read.
    CREATE TABLE knowledge (
      number   INTEGER NOT NULL,
      revision INTEGER NOT NULL,
      title    TEXT    NOT NULL,
      category TEXT    NOT NULL,
      tags     TEXT    NOT NULL,             -- JSON
      content  TEXT    NOT NULL,             -- Markdown
      jobs     TEXT    NOT NULL,             -- JSON: ordinals
      person   TEXT    NOT NULL,
      at       INTEGER NOT NULL,
      PRIMARY KEY (number, revision)
    ) STRICT;
    """

  static let removedKnowledge = """
    -- Entries that are read no more; their revisions stay.
    CREATE TABLE removed_knowledge (
      number INTEGER PRIMARY KEY,
      person TEXT    NOT NULL,
      at     INTEGER NOT NULL
    ) STRICT;
    CREATE TRIGGER search_knowledge_removed AFTER INSERT ON removed_knowledge BEGIN
      DELETE FROM search WHERE kind = 'knowledge' AND ref = CAST(NEW.number AS TEXT);
    END;
    """
}
