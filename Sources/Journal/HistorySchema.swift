/// The history schema as SQL: the contract between live mode and calibration, word for word but for its comments.
enum HistorySchema {
  /// What the history's tables are called, children before their parents.
  static let tables = [
    "charge", "progress", "checkpoint", "stage_run", "lease", "pod_request", "job_pause", "job", "observation",
  ]

  /// Beside the contract, and only in stores: how many forward passes answer a job's suites. A history without it has no such jobs.
  static let suites = """
    CREATE TABLE job_suites (
      job_id TEXT    PRIMARY KEY REFERENCES job(id),
      passes INTEGER NOT NULL
    ) STRICT
    """

  /// The same: which jobs trained nothing, and whose model they examined.
  static let examinations = """
    CREATE TABLE job_examination (
      job_id   TEXT PRIMARY KEY REFERENCES job(id),
      examines TEXT NOT NULL
    ) STRICT
    """

  static let sql = """
    PRAGMA user_version = 1;
    CREATE TABLE observation (
      store_id TEXT    NOT NULL,
      origin   TEXT    NOT NULL CHECK (origin IN ('real', 'sandbox', 'synthetic')),
      from_at  INTEGER NOT NULL,
      until_at INTEGER NOT NULL CHECK (until_at >= from_at),
      PRIMARY KEY (store_id, from_at)
    ) STRICT;
    CREATE TABLE job (
      id                          TEXT    PRIMARY KEY,
      name                        TEXT    NOT NULL,
      creator                     TEXT,
      client                      TEXT,
      project                     TEXT,
      base_model                  TEXT    NOT NULL,
      preset                      TEXT    NOT NULL,
      rank                        INTEGER NOT NULL,
      learning_rate               REAL    NOT NULL,
      epochs                      INTEGER NOT NULL,
      batch_size                  INTEGER NOT NULL,
      gradient_accumulation_steps INTEGER NOT NULL,
      max_sequence_length         INTEGER NOT NULL,
      checkpoint_interval_steps   INTEGER NOT NULL,
      conversations               INTEGER NOT NULL,
      training_pairs              INTEGER NOT NULL,
      training_tokens             INTEGER NOT NULL,
      total_steps                 INTEGER NOT NULL,
      pricing                     TEXT    NOT NULL,
      gpu_type                    TEXT    NOT NULL,
      submitted_at                INTEGER NOT NULL,
      admitted_at                 INTEGER,
      ended_at                    INTEGER,
      outcome                     TEXT,
      failure                     TEXT,
      retry_of                    TEXT    REFERENCES job(id),
      quoted_cost                 INTEGER,
      cost                        INTEGER,
      recorded_at                 INTEGER,
      CHECK ((ended_at IS NULL) = (outcome IS NULL)),
      CHECK (outcome IN ('completed', 'failed', 'cancelled'))
    ) STRICT;
    CREATE TABLE job_pause (
      job_id  TEXT    NOT NULL REFERENCES job(id),
      from_at INTEGER NOT NULL,
      to_at   INTEGER,
      PRIMARY KEY (job_id, from_at)
    ) STRICT;
    CREATE TABLE pod_request (
      id           TEXT    PRIMARY KEY,
      job_id       TEXT    NOT NULL REFERENCES job(id),
      provider     TEXT    NOT NULL,
      region       TEXT,
      pricing      TEXT    NOT NULL,
      gpu_type     TEXT    NOT NULL,
      requested_at INTEGER NOT NULL,
      resolved_at  INTEGER,
      result       TEXT
    ) STRICT;
    CREATE TABLE lease (
      id          TEXT    PRIMARY KEY,
      request_id  TEXT    NOT NULL REFERENCES pod_request(id),
      job_id      TEXT    NOT NULL REFERENCES job(id),
      pod_id      TEXT    NOT NULL,
      hourly_rate INTEGER NOT NULL,
      granted_at  INTEGER NOT NULL,
      running_at  INTEGER,
      worker_up_at INTEGER,
      observed_from INTEGER,
      last_seen_at INTEGER,
      ended_at    INTEGER,
      end_reason  TEXT CHECK (end_reason IN ('interrupted',
                                             'host_failure',
                                             'lost',
                                             'released', 'failed', 'cancelled', 'paused')),
      provider_reason TEXT,
      recorded_at INTEGER,
      CHECK (ended_at IS NULL OR ended_at >= granted_at)
    ) STRICT;
    CREATE TABLE stage_run (
      lease_id   TEXT    NOT NULL REFERENCES lease(id),
      stage      TEXT    NOT NULL CHECK (stage IN ('boot', 'preprocessing', 'model_loading', 'restore', 'training', 'finalization')),
      started_at INTEGER NOT NULL,
      ended_at   INTEGER,
      first_step INTEGER,
      last_step  INTEGER,
      last_step_at INTEGER,
      completed  INTEGER NOT NULL DEFAULT 0,
      PRIMARY KEY (lease_id, stage, started_at)
    ) STRICT;
    CREATE TABLE checkpoint (
      job_id     TEXT    NOT NULL REFERENCES job(id),
      lease_id   TEXT    NOT NULL REFERENCES lease(id),
      step       INTEGER NOT NULL,
      started_at INTEGER NOT NULL,
      blocked_us INTEGER,
      durable_at INTEGER NOT NULL,
      bytes      INTEGER,
      PRIMARY KEY (job_id, lease_id, step)
    ) STRICT;
    CREATE TABLE progress (
      lease_id TEXT    NOT NULL REFERENCES lease(id),
      step     INTEGER NOT NULL,
      at       INTEGER NOT NULL,
      PRIMARY KEY (lease_id, step)
    ) STRICT;
    CREATE TABLE charge (
      id       INTEGER PRIMARY KEY,
      job_id   TEXT    REFERENCES job(id),
      lease_id TEXT    REFERENCES lease(id),
      account  TEXT    NOT NULL CHECK (account IN ('work', 'setup', 'checkpoints', 'lost_work',
                                                   'recovery', 'idle', 'storage', 'adjustment')),
      from_at  INTEGER NOT NULL,
      to_at    INTEGER NOT NULL,
      amount   INTEGER NOT NULL,
      recorded_at INTEGER
    ) STRICT;
    CREATE INDEX job_submitted_at   ON job(submitted_at);
    CREATE INDEX pod_request_job    ON pod_request(job_id);
    CREATE INDEX lease_job          ON lease(job_id);
    CREATE INDEX charge_job         ON charge(job_id);
    """
}
