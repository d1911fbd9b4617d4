import Foundation
import Synchronization

/// One record of `oracles.json`: a closed form or a published result.
struct Oracle: Decodable, Sendable {
  enum Value: Decodable, Sendable {
    case number(Double)
    case text(String)
    case list([Value])
    case object([String: Value])
    case nothing

    init(from decoder: any Decoder) throws {
      let c = try decoder.singleValueContainer()
      if c.decodeNil() {
        self = .nothing
      } else if let x = try? c.decode(Bool.self) {
        self = .number(x ? 1 : 0)
      } else if let x = try? c.decode(Double.self) {
        self = .number(x)
      } else if let x = try? c.decode(String.self) {
        self = .text(x)
      } else if let x = try? c.decode([Value].self) {
        self = .list(x)
      } else {
        self = .object(try c.decode([String: Value].self))
      }
    }

    var number: Double? { if case .number(let x) = self { x } else { nil } }
    var text: String? { if case .text(let x) = self { x } else { nil } }
    var list: [Value]? { if case .list(let x) = self { x } else { nil } }
    var numbers: [Double]? { list?.compactMap(\.number) }
  }

  var id: String
  var family: String
  var inputs: [String: Value]
  var expected: [String: Value]
  var check: [String: Value]

  /// Each record has luck of its own, fixed by its name (FNV-1a): else one seed's luck would count in all of them.
  var seed: UInt64 { Self.seed(id) }
  static func seed(_ name: String) -> UInt64 {
    name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
  }

  struct Missing: Error { var id: String, key: String }

  /// An input that is a number.
  func input(_ key: String) throws -> Double {
    guard let x = inputs[key]?.number else { throw Missing(id: id, key: key) }
    return x
  }
  func expects(_ key: String) -> Double? { expected[key]?.number }

  private struct File: Decodable { var oracles: [Oracle] }

  static func all() throws -> [Oracle] {
    guard let folder = Bundle.module.url(forResource: "Fixtures", withExtension: nil) else {
      throw Missing(id: "Fixtures", key: "oracles.json")
    }
    let data = try Data(contentsOf: folder.appendingPathComponent("oracles.json"))
    return try JSONDecoder().decode(File.self, from: data).oracles
  }

  static func family(_ name: String) throws -> [Oracle] { try all().filter { $0.family == name } }

  /// `MEASURE=1` runs everything in full size.
  static let full = ProcessInfo.processInfo.environment["MEASURE"] != nil
}

/// What was checked of which record, and how far off it was.
final class OracleReport: Sendable {
  struct Check: Sendable { var id: String, key: String, z: Double }
  private struct State { var covered: Set<String> = [], analytic = 0, checks: [Check] = [] }
  private let state = Mutex(State())
  static let shared = OracleReport()

  func analytic(_ id: String, _ key: String) {
    state.withLock {
      $0.covered.insert(id + "|" + key)
      $0.analytic += 1
    }
  }
  func simulated(_ id: String, _ key: String, z: Double) {
    state.withLock {
      $0.covered.insert(id + "|" + key)
      $0.checks.append(Check(id: id, key: key, z: z))
    }
  }
  func isCovered(_ id: String, _ key: String) -> Bool { state.withLock { $0.covered.contains(id + "|" + key) } }
  var checks: [Check] { state.withLock { $0.checks } }
}
