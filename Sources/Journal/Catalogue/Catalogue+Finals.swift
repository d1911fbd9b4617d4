// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Engine
import GRDB
import Scenarios

/// What jobs were measured at last.
extension Catalogue {
  /// The last value of each that was measured; nil: none was.
  public struct Finals: Codable, Sendable, Hashable {
    public var training_loss: Double?
    public var validation_loss: Double?
    public var perplexity: Double?
    public init(training_loss: Double? = nil, validation_loss: Double? = nil, perplexity: Double? = nil) {
      (self.training_loss, self.validation_loss, self.perplexity) = (training_loss, validation_loss, perplexity)
    }
  }

  /// In the order of the jobs. Reads each job's last rows alone, however many there are.
  public func finals(of jobs: [JobIndex]) throws(InputError) -> [Finals] {
    func last(_ column: String) -> String {
      "(SELECT \(column) FROM metric WHERE job = ?1 AND \(column) IS NOT NULL ORDER BY step DESC LIMIT 1)"
    }
    let sql = "SELECT \(last("training_loss")), \(last("validation_loss")), \(last("perplexity"))"
    return try read { db in
      let statement = try db.cachedStatement(sql: sql)
      return try jobs.map { job in
        guard let row = try Row.fetchOne(statement, arguments: [job.rawValue]) else { return Finals() }
        return Finals(training_loss: row[0], validation_loss: row[1], perplexity: row[2])
      }
    }
  }
}
