import Foundation
import GRDB

/// A history database in a folder of its own, made from the contract, that disappears with the value.
final class TestDatabase {
  let folder: URL
  let path: String

  static let schema: String = {
    let url = Bundle.module.url(forResource: "history", withExtension: "sql", subdirectory: "Fixtures")!
    return try! String(contentsOf: url, encoding: .utf8)
  }()

  init(schema: String = TestDatabase.schema, _ statements: String = "") throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("journal-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    path = folder.appendingPathComponent("history.sqlite").path
    try run(schema + statements)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Runs SQL without holding foreign keys: these tests break them.
  func run(_ sql: String) throws {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.writeWithoutTransaction { db in try db.execute(sql: sql) }
    try queue.close()
  }

  /// An hour, in microseconds.
  static let hour: Int64 = 3_600_000_000

  /// Two jobs, times in hours: `a` (submitted 0, admitted 1, ended 11; interrupted at 5) and `b`, submitted 6 and still going on.
  static let twoJobs = """
    INSERT INTO observation VALUES ('s', 'real', 0, 12 * 3600000000);
    INSERT INTO job VALUES ('a', 'job a', 'me', 'acme', NULL, 'llama-3-70b', 'balanced', 16, 2e-4, 3, 2, 2, 4096, 100,
      100, 400, 800000, 300, 'spot', 'h100-pcie-80gb', 0, 3600000000, 39600000000, 'completed', NULL, NULL,
      30000000000, 20000000000, NULL);
    INSERT INTO job VALUES ('b', 'job b', NULL, NULL, NULL, 'llama-3-70b', 'aggressive', 32, 3e-4, 4, 1, 4, 4096, 100,
      100, 400, 800000, 400, 'on_demand', 'h100-pcie-80gb', 21600000000, 21600000000, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
    INSERT INTO job_pause VALUES ('b', 25200000000, 26000000000);
    INSERT INTO pod_request VALUES ('r1', 'a', 'runpod', NULL, 'spot', 'h100', 3600000000, 7200000000, 'granted');
    INSERT INTO pod_request VALUES ('r2', 'a', 'runpod', NULL, 'on_demand', 'h100', 18000000000, 21600000000, 'granted');
    INSERT INTO pod_request VALUES ('r3', 'b', 'runpod', NULL, 'on_demand', 'h100', 21600000000, 25200000000, 'granted');
    INSERT INTO lease VALUES ('l1', 'r1', 'a', 'p1', 2000000000, 7200000000, NULL, NULL, NULL, NULL, 18000000000,
      'interrupted', NULL, NULL);
    INSERT INTO lease VALUES ('l2', 'r2', 'a', 'p2', 8000000000, 21600000000, NULL, NULL, NULL, NULL, 39600000000,
      'released', NULL, NULL);
    INSERT INTO lease VALUES ('l3', 'r3', 'b', 'p3', 8000000000, 25200000000, NULL, NULL, NULL, 43000000000, NULL, NULL,
      NULL, NULL);
    INSERT INTO stage_run VALUES ('l1', 'training', 7200000000, 18000000000, 0, 150, 17900000000, 0);
    INSERT INTO stage_run VALUES ('l2', 'training', 21600000000, 36000000000, 100, 300, 36000000000, 1);
    INSERT INTO stage_run VALUES ('l2', 'finalization', 36000000000, 39600000000, NULL, NULL, NULL, 1);
    INSERT INTO stage_run VALUES ('l3', 'training', 25200000000, NULL, 0, 90, 43000000000, 0);
    INSERT INTO checkpoint VALUES ('a', 'l1', 100, 14000000000, 30000000, 14060000000, NULL);
    INSERT INTO checkpoint VALUES ('a', 'l2', 200, 28000000000, NULL, 28030000000, NULL);
    INSERT INTO progress VALUES ('l1', 50, 10000000000);
    INSERT INTO progress VALUES ('l2', 150, 25000000000);
    INSERT INTO progress VALUES ('l2', 250, 32000000000);
    INSERT INTO charge VALUES (1, 'a', 'l1', 'work', 7200000000, 18000000000, 6000000000, NULL);
    INSERT INTO charge VALUES (2, 'a', 'l2', 'work', 21600000000, 39600000000, 15000000000, NULL);
    INSERT INTO charge VALUES (3, 'a', NULL, 'adjustment', 39600000000, 39600000000, -1000000000, 40000000000);
    INSERT INTO charge VALUES (4, NULL, NULL, 'storage', 0, 43200000000, 1200000000, NULL);

    """
}
