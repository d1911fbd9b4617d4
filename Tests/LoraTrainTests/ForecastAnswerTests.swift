import Foundation
import Testing

/// What a forecast says of months that have passed, go on, or are still to come.
@Suite struct ForecastAnswerTests {
  private func forecast(_ arguments: String...) throws -> [String: Any] {
    try CommandLineTool.json(["forecast", "--json", "--replications", "300"] + arguments + history)
  }

  private func sum(_ value: Any?) -> Double { (value as? [String: Double] ?? [:]).values.reduce(0, +) }

  private func mean(_ answer: [String: Any]) throws -> Double {
    try #require((answer["month_end_usd"] as? [String: Double])?["mean"])
  }

  @Test func aComingMonthSaysAllOfItself() throws {
    let answer = try forecast("--month", "2026-12", "--budget", "2400")
    let days = try #require(answer["by_day"] as? [[String: Any]])
    #expect(days.count == 31 && days[0]["date"] as? String == "2026-12-01")
    let end = try #require(answer["month_end_usd"] as? [String: Double])
    #expect(abs((days[30]["p50"] as? Double ?? 0) - (end["p50"] ?? -1)) < 1e-6)
    let arrivals = try #require(answer["arrivals_mean"] as? Double)
    #expect(arrivals > 30 && arrivals < 48)
    // Shares are by time; together they are the month.
    #expect(abs(sum(answer["by_preset"]) / (try mean(answer)) - 1) < 0.02)
    #expect(abs(sum(answer["by_client"]) / (try mean(answer)) - 1) < 0.02)
  }

  @Test func aPastMonthIsItsOwnMoneyAlone() throws {
    let answer = try forecast("--month", "2026-10", "--as-of", "2026-11-10")
    let spent = try #require(answer["spent_usd"] as? Double)
    #expect(abs(sum(answer["by_preset"]) - spent) < 0.01 && abs(sum(answer["by_client"]) - spent) < 0.01)
    let text = try CommandLineTool.run(["forecast", "--month", "2026-10", "--as-of", "2026-11-10"] + history).output
    #expect(text.contains("The month is over"))
    // One future alone is still a future.
    let one = try CommandLineTool.run(["forecast", "--month", "2026-11", "--replications", "1"] + history).output
    #expect(!one.contains("The month is over"))
  }

  @Test func everyDayIsThereWhateverTheHour() throws {
    for asOf in ["2026-11-10", "2026-11-10T00:00:01Z", "2026-11-09T23:59:59Z", "2026-11-10T12:00:00Z"] {
      let answer = try forecast("--month", "2026-11", "--as-of", asOf)
      let dates = (answer["by_day"] as? [[String: Any]] ?? []).compactMap { $0["date"] as? String }
      #expect(dates == (1...30).map { "2026-11-" + ($0 < 10 ? "0\($0)" : "\($0)") }, "\(asOf): \(dates)")
    }
  }

  /// What the history does not reach to is simulated, not taken for nothing.
  @Test func aHistoryThatEndsTooEarlyIsLivedOn() throws {
    let late = try forecast("--month", "2026-12", "--as-of", "2026-12-10", "--budget", "2400")
    let now = try forecast("--month", "2026-12", "--budget", "2400")
    #expect(try mean(late) == mean(now))
    #expect((late["warnings"] as? [String])?.contains { $0.contains("the history ends Fri 20 Nov") } == true)
    #expect((now["warnings"] as? [String])?.contains { $0.contains("the history ends") } == false)
  }

  @Test func aModelSaysThatItKnowsNoSpending() throws {
    let model = try Scratch.file("", "json")
    _ = try CommandLineTool.run(["calibrate", "--output", model.path] + history)
    let run = try CommandLineTool.run([
      "forecast", "--month", "2026-11", "--as-of", "2026-11-20", "--replications", "50", "--history", model.path,
    ])
    #expect(run.code == 0 && run.output.contains("Warning: a model knows of no spending"), "\(run.output)")
    let nothing = try CommandLineTool.run(
      ["forecast", "--as-of", "2020-01-01", "--month", "2020-01", "--replications", "50"] + history)
    #expect(nothing.output.contains("nothing is known in calibration/history.sqlite by then"), "\(nothing.output)")
  }

  /// On a month's last day most running jobs end in the next one; that is what is to be said.
  @Test func aJobThatGoesOnBeyondTheMonthIsNotPromisedWithinIt() throws {
    let asOf = ["--as-of", "2026-01-31T20:00:00Z", "--month", "2026-01"]
    let text = try CommandLineTool.run(["forecast"] + asOf + history).output
    #expect(text.contains("after 2026-01"), "\(text)")
    let answer = try forecast("--as-of", "2026-01-31T20:00:00Z", "--month", "2026-01")
    let running = try #require(answer["running"] as? [[String: Any]])
    #expect(running.contains { ($0["remaining_s"] as? [String: Any])?["p90"] is NSNull })
  }

  @Test func whatIsAddedForAPastInstantIsSaid() throws {
    let csv = try Scratch.file(
      "job,preset,pricing,training_pairs,tokens_per_pair,submitted_at\na,balanced,spot,2600,3400,2026-11-01\n", "csv")
    let answer = try forecast("--month", "2026-11", "--add", csv.path)
    #expect((answer["warnings"] as? [String])?.contains { $0.contains("counts twice") } == true)
  }
}
