// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import DiscreteEvent
import Engine
import GRDB
import Scenarios

/// What is noted down about jobs after their start. Nothing is overwritten: a changed note is a row more.
extension Catalogue {
  /// What somebody noted about a job.
  public struct Note: Codable, Sendable, Hashable {
    public var id: Int64
    public var at: String
    public var person: String
    public var text: String
    /// nil: as it was written first.
    public var edited_at: String?

    fileprivate init(_ row: Row) {
      (id, person, text) = (row[0], row[2], row[3])
      at = Catalogue.stamp(Instant(microseconds: row[1]))
      edited_at = (row[4] as Int64?).map { Catalogue.stamp(Instant(microseconds: $0)) }
    }
  }

  /// One wording of a note.
  public struct NoteVersion: Codable, Sendable, Hashable {
    public var at: String
    /// nil: it was taken back then.
    public var text: String?
  }

  public func addNote(_ text: String, to job: JobIndex, by person: String, at: Instant) throws(InputError) {
    try write { db in
      try db.execute(
        sql: "INSERT INTO job_note (job, at, person, text) VALUES (?, ?, ?, ?)",
        arguments: [job.rawValue, at.microseconds, person, text])
    }
  }

  /// Gives a note another wording, or takes it back (nil). False: there is no such note of that person's.
  public func change(note id: Int64, of job: JobIndex, to text: String?, by person: String, at: Instant)
    throws(InputError) -> Bool
  {
    try write { db in
      try db.execute(
        sql: """
          INSERT INTO job_note (job, at, person, text, root, is_removed)
          SELECT job, ?, person, coalesce(?, text), id, ? FROM note WHERE id = ? AND job = ? AND person = ?
          """, arguments: [at.microseconds, text, text == nil, id, job.rawValue, person])
      return db.changesCount > 0
    }
  }

  /// In the order in which they were first written.
  public func notes(of job: JobIndex) throws(InputError) -> [Note] {
    try read { db in
      try Row.fetchAll(
        db, sql: "SELECT id, at, person, text, edited_at FROM note WHERE job = ? ORDER BY id", arguments: [job.rawValue]
      ).map(Note.init)
    }
  }

  /// Every wording that a note has had, the oldest first, with whose it is; nil: there is none.
  public func versions(ofNote id: Int64, of job: JobIndex) throws(InputError) -> (
    person: String, versions: [NoteVersion]
  )? {
    try read { db in
      let rows = try Row.fetchAll(
        db,
        sql: "SELECT at, text, is_removed, person FROM job_note WHERE job = ? AND (id = ? OR root = ?) ORDER BY id",
        arguments: [job.rawValue, id, id])
      guard let first = rows.first else { return nil }
      return (
        first[3],
        rows.map { row in
          NoteVersion(at: Catalogue.stamp(Instant(microseconds: row[0])), text: row[2] ? nil : row[1])
        }
      )
    }
  }

  /// All jobs' notes, by job.
  public func allNotes() throws(InputError) -> [JobIndex: [Note]] {
    try read { db in
      var notes: [JobIndex: [Note]] = [:]
      for row in try Row.fetchAll(db, sql: "SELECT id, at, person, text, edited_at, job FROM note ORDER BY id") {
        notes[JobIndex(row[5] as UInt32), default: []].append(Note(row))
      }
      return notes
    }
  }

  /// Jobs whose later notes hold a text, whatever its case.
  public func jobs(noted text: String) throws(InputError) -> Set<JobIndex> {
    let pattern = text.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
    return try read { db in
      Set(
        try UInt32.fetchAll(
          db, sql: "SELECT DISTINCT job FROM note WHERE text LIKE ? ESCAPE '\\'", arguments: ["%\(pattern)%"]
        ).map { JobIndex($0) })
    }
  }
}
