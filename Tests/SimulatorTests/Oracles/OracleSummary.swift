import Testing

/// Runs after the families: how many, how far off, and what is not covered.
struct OracleSummary {
  /// Families and keys that are tested elsewhere, or that nothing here can express, and why.
  static let elsewhere: Set<String> = [
    "calibration", "scoring", "forecast", "gof", "distribution", "output-analysis", "variance-reduction",
  ]
  static let exempt: [String: String] = [
    "seed_SUM_formula_pos1": "the story's formula, which the record itself calls wrong",
    "se_E_T_h": "the record's own Monte Carlo error, used as such",
  ]

  var lines: [String] = []
  var uncovered: [String] = []
  var rms = 0.0
  var count = 0

  init(_ oracles: [Oracle], _ report: OracleReport) {
    let checks = report.checks
    for family in Set(oracles.map(\.family)).subtracting(Self.elsewhere).sorted() {
      let records = oracles.filter { $0.family == family }
      let ids = Set(records.map(\.id))
      let z = checks.filter { ids.contains($0.id) }.map(\.z)
      var keys = 0
      for record in records {
        for key in record.expected.keys.sorted() {
          if Self.exempt[key] != nil || report.isCovered(record.id, key) {
            keys += 1
          } else {
            uncovered.append("\(record.id) \(key)")
          }
        }
      }
      lines.append(
        "\(family): \(records.count) records, \(keys) values held, \(z.count) simulated,"
          + " max |z| \(Self.rounded(z.map(abs).max() ?? 0)), RMS z \(Self.rounded(Self.rootMeanSquare(z)))")
    }
    rms = Self.rootMeanSquare(checks.map(\.z))
    count = checks.count
    lines.append("all: \(count) simulated, RMS z \(Self.rounded(rms))")
  }

  static func rootMeanSquare(_ z: [Double]) -> Double {
    z.isEmpty ? 0 : (z.reduce(0) { $0 + $1 * $1 } / Double(z.count)).squareRoot()
  }
  private static func rounded(_ x: Double) -> Double { (x * 1000).rounded() / 1000 }
}
