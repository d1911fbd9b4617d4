import Foundation
import Testing

/// `--precision` from the command line.
@Suite struct PrecisionCommandTests {
  @Test func simulateStopsAtThePrecisionAndSaysSo() throws {
    let answer = try CommandLineTool.json(["simulate", "scenarios/spot.yaml", "--precision", "1%", "--json"])
    let precision = try #require(answer["precision"] as? [String: Any])
    #expect(precision["met"] as? Bool == true && precision["metric"] as? String == "cost_usd")
    let metrics = try #require(answer["metrics"] as? [String: [String: Any]])
    let cost = try #require(metrics["cost_usd"])
    let (mean, half) = (try #require(cost["mean"] as? Double), try #require(cost["half_width_95"] as? Double))
    #expect(half / mean <= 0.01)
  }

  @Test func whatIsNotReachedIsSaidAndTheAnswerStands() throws {
    let run = try CommandLineTool.run([
      "simulate", "scenarios/spot.yaml", "--precision", "0.01%", "--replications", "200",
    ])
    #expect(run.code == 0 && run.output.contains("200 replications"))
    #expect(run.errors.contains("--precision 0.01 % was not reached within 200 replications"), "\(run.errors)")
    #expect(run.errors.contains("--replications"))
  }

  @Test func estimateAndForecastTakeIt() throws {
    for command in [["estimate", "--start", "2026-11-20"], ["forecast"]] {
      let answers = try ["1", "3"].map {
        try CommandLineTool.json(command + ["--precision", "2%", "--json", "--threads", $0] + history)
      }
      for answer in answers { #expect((answer["precision"] as? [String: Any])?["met"] as? Bool == true, "\(command)") }
      #expect(answers[0]["digest"] as? String == answers[1]["digest"] as? String)
    }
  }

  @Test func anythingElseIsAUsageError() throws {
    for text in ["fast", "0", "-1%", "200%"] {
      let run = try CommandLineTool.run(["estimate", "--precision=\(text)"])
      #expect(run.code == 64 && run.errors.contains("--precision takes"), "\(text): \(run.errors)")
    }
  }
}
