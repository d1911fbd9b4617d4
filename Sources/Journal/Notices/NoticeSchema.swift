/// What people are told, to whom it still has to go, and how each wants to hear it. All that is told follows from the journal; what became
/// of telling it stands here alone.
enum NoticeSchema {
  static let sql = """
    -- How far the journal has been read for notices. What was there before is no news.
    CREATE TABLE notice_cursor (
      id  INTEGER PRIMARY KEY CHECK (id = 0),
      seq INTEGER NOT NULL
    ) STRICT;
    INSERT INTO notice_cursor (id, seq) SELECT 0, coalesce(max(seq), 0) FROM journal;
    CREATE TABLE notice (
      id      INTEGER PRIMARY KEY,
      key     TEXT    NOT NULL UNIQUE,       -- what it is about: said twice, it is the same
      at      INTEGER NOT NULL,              -- when it happened, in the store's own time
      made_at INTEGER NOT NULL,              -- this machine's time
      kind    TEXT    NOT NULL,
      urgent  INTEGER NOT NULL,
      facts   TEXT    NOT NULL               -- JSON
    ) STRICT;
    -- Times are this machine's: people sleep by it, and servers count their limits in it.
    CREATE TABLE notice_delivery (
      id           INTEGER PRIMARY KEY,
      notice       INTEGER NOT NULL REFERENCES notice(id),
      recipient    TEXT    NOT NULL,         -- a person, an address, a Slack channel or a webhook by name
      channel      TEXT    NOT NULL CHECK (channel IN ('email', 'slack', 'webhook', 'banner')),
      address      TEXT    NOT NULL,
      state        TEXT    NOT NULL CHECK (state IN ('waiting', 'digest', 'delivered', 'dead', 'shown', 'seen')),
      due_at       INTEGER NOT NULL,
      attempts     INTEGER NOT NULL DEFAULT 0,
      delivered_at INTEGER,
      error        TEXT,
      UNIQUE (notice, channel, recipient)
    ) STRICT;
    CREATE INDEX notice_delivery_due ON notice_delivery(state, due_at);
    -- Whoever is behind an address asked for a pause: nothing goes there before its end.
    CREATE TABLE notice_pause (
      channel  TEXT    NOT NULL,
      address  TEXT    NOT NULL,
      until_at INTEGER NOT NULL,
      PRIMARY KEY (channel, address)
    ) STRICT;
    CREATE TABLE notice_preference (
      person     TEXT    PRIMARY KEY,
      wishes     TEXT    NOT NULL,           -- JSON
      changed_at INTEGER NOT NULL
    ) STRICT;
    """
  /// Every page asks for those that its reader has not seen.
  static let banners =
    "CREATE INDEX notice_delivery_banner ON notice_delivery(recipient, state) WHERE channel = 'banner'"
}
