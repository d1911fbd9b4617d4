import Testing

extension OracleTests {
  /// Last of the suite by its file's name: what the others have noted.
  @Suite struct SummaryOracleTests {
    @Test func nothingIsLeftOutAndDeviationsHaveTheRightSize() throws {
      let summary = OracleSummary(try Oracle.all(), .shared)
      for line in summary.lines { print("oracles \(line)") }
      for name in summary.uncovered { print("oracles not covered: \(name)") }
      // With a filter some have not run: then there is nothing to sum up.
      guard summary.count > 900 else { return }
      #expect(summary.rms > 0.85 && summary.rms < 1.15)
      #expect(summary.uncovered == [])
    }
  }
}
