/// Passwords, sessions and the links that are good for one sign-in. Their times are the machine's, not the store's: a person's day does not go by
/// faster where pods are played.
enum SignInSchema {
  /// What lets somebody in without a password: it holds for one life of a store.
  static let entrances = ["session", "sign_in_link", "job_share"]

  static let sql = """
    CREATE TABLE password (
      person TEXT    PRIMARY KEY REFERENCES person(name),
      hash   TEXT    NOT NULL,             -- $scrypt$ln=…,r=…,p=…$salt$hash
      set_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE session (
      digest     TEXT    PRIMARY KEY,      -- SHA-256 of what the cookie holds, which is kept nowhere
      person     TEXT    NOT NULL REFERENCES person(name),
      created_at INTEGER NOT NULL,
      seen_at    INTEGER NOT NULL,
      ends_at    INTEGER NOT NULL,
      agent      TEXT    NOT NULL          -- what the browser calls itself
    ) STRICT;
    CREATE INDEX session_person ON session(person);
    CREATE TABLE sign_in_link (
      digest  TEXT    PRIMARY KEY,         -- SHA-256 of its code
      person  TEXT    REFERENCES person(name),  -- NULL: the first one, who chooses a name
      ends_at INTEGER NOT NULL
    ) STRICT;
    """

  static let requests = """
    CREATE TABLE kept_request (
      person TEXT    NOT NULL,
      key    TEXT    NOT NULL,             -- Idempotency-Key
      digest TEXT    NOT NULL,             -- SHA-256 of what is asked for
      at     INTEGER NOT NULL,
      status INTEGER,                      -- NULL: begun
      type   TEXT,
      body   TEXT,                         -- NULL: it held a secret, which is kept nowhere
      PRIMARY KEY (person, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX kept_request_at ON kept_request(at);
    """
}
