import DiscreteEvent
import Engine
import GRDB
import Scenarios

/// Jobs that lists leave out: what people call deleted. Their money, their history and the audit log stay.
extension Catalogue {
  /// Hides jobs, or shows them again.
  public func hide(_ jobs: [JobIndex], isHidden: Bool, by person: String, at: Instant) throws(InputError) {
    try write { db in
      for job in jobs {
        if isHidden {
          try db.execute(
            sql: "INSERT OR IGNORE INTO hidden_job (job, person, at) VALUES (?, ?, ?)",
            arguments: [job.rawValue, person, at.microseconds])
        } else {
          try db.execute(sql: "DELETE FROM hidden_job WHERE job = ?", arguments: [job.rawValue])
        }
      }
    }
  }

  public func hiddenJobs() throws(InputError) -> Set<JobIndex> {
    try read { db in Set(try UInt32.fetchAll(db, sql: "SELECT job FROM hidden_job").map { JobIndex($0) }) }
  }
}
