import Foundation
import Testing

/// The test data beside the tests.
enum Fixture {
  struct Missing: Error { var name: String }

  static func data(_ name: String) throws -> Data {
    guard let folder = Bundle.module.url(forResource: "Fixtures", withExtension: nil) else { throw Missing(name: name) }
    return try Data(contentsOf: folder.appendingPathComponent(name))
  }

  struct Oracle: Decodable {
    var inputs: [String: Double]
    var expected: [String: Double]
  }

  static func oracles() throws -> [String: Oracle] {
    try JSONDecoder().decode([String: Oracle].self, from: data("oracles.json"))
  }

  static func oracle(_ id: String) throws -> Oracle {
    guard let oracle = try oracles()[id] else { throw Missing(name: id) }
    return oracle
  }
}

/// |a − b| relative to b, or absolute where b is 0.
func relativeError(_ a: Double, _ b: Double) -> Double { a == b ? 0 : abs(a - b) / (b == 0 ? 1 : abs(b)) }
