import Testing

extension OracleTests {
  /// Last of the suite by its file's name: what the others have noted.
  @Suite struct SummaryOracleTests {
    @Test func nothingIsLeftOutAndDeviationsHaveTheRightSize() throws {
      let summary = OracleSummary(try Oracle.all(), .shared)
      for line in summary.lines { print("oracles \(line)") }
      for name in summary.uncovered { print("oracles not covered: \(name)") }
      // With a filter some have not run: then there is nothing to sum up. Without one, a family that did not run is a defect.
      guard summary.count > 900 else {
        let isFiltered = CommandLine.arguments.contains { ["--filter", "--skip"].contains($0) }
        #expect(isFiltered, "only \(summary.count) of the simulated values were noted")
        return
      }
      #expect(summary.rms > 0.85 && summary.rms < 1.15)
      #expect(summary.uncovered == [])
    }
  }
}
