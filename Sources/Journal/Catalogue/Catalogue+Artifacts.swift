import DiscreteEvent
import Engine
import GRDB
import Scenarios

/// What jobs handed over, and who has taken it away how often.
extension Catalogue {
  /// What there is to download of a job.
  public enum ArtifactKind: String, Codable, Sendable, CaseIterable {
    case adapters
    case deploymentPackage = "deployment_package"
    case metricsCSV = "metrics_csv"
    case metricsJSON = "metrics_json"
    case evaluationCSV = "evaluation_csv"
    case evaluationJSON = "evaluation_json"
  }

  /// A file that a job left to be downloaded.
  public struct Artifact: Sendable, Hashable {
    public var job: JobIndex
    public var kind: ArtifactKind
    /// As it is called when it is downloaded.
    public var name: String
    /// In the object store.
    public var key: String
    public var bytes: Int64
    /// In lower-case hexadecimal digits.
    public var sha256: String
    public var made: Instant
    public var downloads = 0
    public var downloaded: Instant?
    /// nil: it is there.
    public var deleted: Instant?

    public init(
      job: JobIndex, kind: ArtifactKind, name: String, key: String, bytes: Int64, sha256: String, made: Instant
    ) {
      (self.job, self.kind, self.name, self.key) = (job, kind, name, key)
      (self.bytes, self.sha256, self.made) = (bytes, sha256, made)
    }

    fileprivate init?(_ row: Row) {
      guard let kind = ArtifactKind(rawValue: row[1]) else { return nil }
      let job: UInt32 = row[0]
      self.init(
        job: JobIndex(job), kind: kind, name: row[2], key: row[3], bytes: row[4], sha256: row[5],
        made: Instant(microseconds: row[6]))
      downloads = row[7]
      downloaded = (row[8] as Int64?).map { Instant(microseconds: $0) }
      deleted = (row[9] as Int64?).map { Instant(microseconds: $0) }
    }
  }

  private static let artifactColumns =
    "job, kind, name, key, bytes, sha256, made_at, downloads, downloaded_at, deleted_at"

  /// Adds what a job handed over. What is there already, also as deleted, stays as it is: a job is over once.
  public func add(_ artifacts: [Artifact]) throws(InputError) {
    try write { db in
      for one in artifacts {
        try db.execute(
          sql:
            "INSERT OR IGNORE INTO artifact (job, kind, name, key, bytes, sha256, made_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
          arguments: [
            one.job.rawValue, one.kind.rawValue, one.name, one.key, one.bytes, one.sha256, one.made.microseconds,
          ])
      }
    }
  }

  /// Of one job, or of all; by job and kind, the deleted ones too.
  public func artifacts(of job: JobIndex? = nil) throws(InputError) -> [Artifact] {
    try read { db in
      try Row.fetchAll(
        db,
        sql:
          "SELECT \(Catalogue.artifactColumns) FROM artifact \(job == nil ? "" : "WHERE job = ?") ORDER BY job, kind",
        arguments: job.map { [$0.rawValue] } ?? []
      ).compactMap(Artifact.init)
    }
  }

  /// What is there and was made then or before.
  public func artifacts(madeBy at: Instant) throws(InputError) -> [Artifact] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT \(Catalogue.artifactColumns) FROM artifact WHERE deleted_at IS NULL AND made_at <= ? ORDER BY job, kind
          """, arguments: [at.microseconds]
      ).compactMap(Artifact.init)
    }
  }

  /// Counts one download.
  public func countDownload(_ kind: ArtifactKind, of job: JobIndex, at: Instant) throws(InputError) {
    try write { db in
      try db.execute(
        sql: "UPDATE artifact SET downloads = downloads + 1, downloaded_at = ? WHERE job = ? AND kind = ?",
        arguments: [at.microseconds, job.rawValue, kind.rawValue])
    }
  }

  /// Says that an object is no more.
  public func markDeleted(_ kind: ArtifactKind, of job: JobIndex, at: Instant) throws(InputError) {
    try write { db in
      try db.execute(
        sql: "UPDATE artifact SET deleted_at = ? WHERE job = ? AND kind = ? AND deleted_at IS NULL",
        arguments: [at.microseconds, job.rawValue, kind.rawValue])
    }
  }

  /// Counts one taking away of what is made when it is asked for, and returns how many there have been.
  public func countExport(_ kind: String, of job: JobIndex, at: Instant) throws(InputError) -> Int {
    try write { db in
      try db.execute(
        sql: """
          INSERT INTO export (job, kind, count, at) VALUES (?, ?, 1, ?)
          ON CONFLICT (job, kind) DO UPDATE SET count = count + 1, at = excluded.at
          """, arguments: [job.rawValue, kind, at.microseconds])
      return try Int.fetchOne(
        db, sql: "SELECT count FROM export WHERE job = ? AND kind = ?", arguments: [job.rawValue, kind]) ?? 1
    }
  }
}
