import Foundation
import Testing

@Suite struct BacktestCommandTests {
  private let fast = ["backtest", "--refit-every", "60", "--replications", "40"] + history

  @Test func everyRatioHasItsStandardError() throws {
    let answer = try CommandLineTool.json(fast + ["--json"])
    for quantity in ["cost", "duration"] {
      let block = try #require(answer[quantity] as? [String: Any])
      let bands = try #require(block["bands"] as? [[String: Any]])
      #expect(bands.count == 4)
      for band in bands {
        let ratio = try #require(band["ratio_to_best"] as? Double)
        let error = try #require(band["ratio_standard_error"] as? Double)
        let jobs = try #require(band["jobs"] as? Int)
        // The error of a mean of so many jobs whose scores differ by about their mean.
        #expect(error > 0.1 * ratio / Double(jobs).squareRoot() && error < ratio / Double(jobs).squareRoot())
      }
    }
    #expect(try CommandLineTool.run(fast).output.contains(/\d\.\d\d ± 0\.\d\d/))
  }
}
