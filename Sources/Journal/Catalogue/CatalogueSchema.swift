/// What a store keeps beside its journal: people, files, templates, notes, and what workers measure. None of it moves the engine.
enum CatalogueSchema {
  static let sql = """
    CREATE TABLE person (
      name       TEXT    PRIMARY KEY,
      email      TEXT,
      role       TEXT    NOT NULL CHECK (role IN ('viewer', 'engineer', 'manager')),
      created_at INTEGER NOT NULL,
      retired_at INTEGER
    ) STRICT;
    CREATE TABLE api_token (
      digest     TEXT    PRIMARY KEY,        -- SHA-256; the token itself is shown once and kept nowhere
      person     TEXT    NOT NULL REFERENCES person(name),
      label      TEXT    NOT NULL,
      created_at INTEGER NOT NULL,
      revoked_at INTEGER
    ) STRICT;
    CREATE TABLE training_file (
      id              TEXT    PRIMARY KEY,
      name            TEXT    NOT NULL,
      sha256          TEXT    NOT NULL,
      bytes           INTEGER NOT NULL,
      conversations   INTEGER NOT NULL,
      pairs           INTEGER NOT NULL,
      training_pairs  INTEGER NOT NULL,
      tokens_per_pair REAL    NOT NULL,
      human_reviewed  INTEGER NOT NULL,
      quality_mean    REAL,
      scaffolding     TEXT    NOT NULL,      -- JSON: counts by persona, emotional arc, topic
      warnings        TEXT    NOT NULL,      -- JSON
      added_at        INTEGER NOT NULL,
      added_by        TEXT    NOT NULL,
      hidden_at       INTEGER
    ) STRICT;
    CREATE TABLE template (
      name          TEXT    PRIMARY KEY,
      purpose       TEXT,
      is_shared     INTEGER NOT NULL,
      tags          TEXT    NOT NULL,        -- JSON
      configuration TEXT    NOT NULL,        -- JSON
      creator       TEXT    NOT NULL,
      created_at    INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE job_note (
      id     INTEGER PRIMARY KEY,
      job    INTEGER NOT NULL,
      at     INTEGER NOT NULL,
      person TEXT    NOT NULL,
      text   TEXT    NOT NULL
    ) STRICT;
    CREATE INDEX job_note_job ON job_note(job);
    -- One row a step: what a resumed worker does again takes the place of what was lost.
    CREATE TABLE metric (
      job             INTEGER NOT NULL,
      step            INTEGER NOT NULL,
      at              INTEGER NOT NULL,
      epoch           REAL,
      training_loss   REAL,
      validation_loss REAL,
      learning_rate   REAL,
      perplexity      REAL,
      gradient_norm   REAL,
      tokens_per_s    REAL,
      gpu_utilization REAL,
      gpu_memory_gb   REAL,
      elapsed_s       REAL,
      PRIMARY KEY (job, step)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE worker_message (
      pod     TEXT    NOT NULL,
      number  INTEGER NOT NULL,              -- the pod's own: said twice, it is the same
      job     INTEGER NOT NULL,
      at      INTEGER NOT NULL,
      kind    TEXT    NOT NULL CHECK (kind IN ('warning', 'error', 'log')),
      code    TEXT    NOT NULL,
      message TEXT    NOT NULL,
      step    INTEGER,
      PRIMARY KEY (pod, number)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX worker_message_job ON worker_message(job, at);
    """

  static let artifacts = """
    -- What a job handed over; a row stays when the object is deleted.
    CREATE TABLE artifact (
      job             INTEGER NOT NULL,
      kind            TEXT    NOT NULL,
      name            TEXT    NOT NULL,      -- as it is called when it is downloaded
      key             TEXT    NOT NULL,      -- in the object store
      bytes           INTEGER NOT NULL,
      sha256          TEXT    NOT NULL,
      made_at         INTEGER NOT NULL,
      downloads       INTEGER NOT NULL DEFAULT 0,
      downloaded_at   INTEGER,
      deleted_at      INTEGER,
      PRIMARY KEY (job, kind)
    ) STRICT, WITHOUT ROWID;
    -- How often something that is made when it is asked for was taken away: metrics as CSV, as JSON …
    CREATE TABLE export (
      job   INTEGER NOT NULL,
      kind  TEXT    NOT NULL,
      count INTEGER NOT NULL,
      at    INTEGER NOT NULL,
      PRIMARY KEY (job, kind)
    ) STRICT, WITHOUT ROWID;
    """
}
