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

/// What a forecast may not leave unsaid.
@Suite struct ForecastCandourTests {
  private func forecast(_ arguments: [String]) throws -> CommandLineTool.Run {
    try CommandLineTool.run(["forecast", "--replications", "100"] + arguments + history)
  }

  /// Nothing was watched before 14 January: $0 is no fact of it.
  @Test func aMonthBeforeTheHistoryIsNotKnown() throws {
    for (month, place) in [("2025-12", "after 2025-12"), ("2026-01", "in the middle of 2026-01")] {
      let run = try forecast(["--month", month])
      #expect(run.output.contains("the history begins Wed 14 Jan 2026") && run.output.contains(place), "\(run.output)")
    }
    #expect(try !forecast(["--month", "2026-02"]).output.contains("the history begins"))
    let early = try forecast(["--as-of", "2026-01-02", "--month", "2026-01"])
    #expect(
      early.output.contains("had watched nothing by then") && !early.output.contains("name the database"),
      "\(early.output)")
    let estimate = try CommandLineTool.run(["estimate", "--replications", "50", "--as-of", "2026-01-02"] + history)
    #expect(estimate.output.contains("nothing is known in calibration/history.sqlite by then; the shipped priors"))
  }

  @Test func aMonthThatIsOverIsHeldAgainstItsBudget() throws {
    let run = try forecast(["--month", "2026-10", "--budget", "1000"])
    #expect(run.output.contains("this is what was spent, $678.96 more than the budget of $1,000"), "\(run.output)")
    #expect(try forecast(["--month", "2026-10", "--budget", "2000"]).output.contains("less than the budget of $2,000"))
  }

  /// Keys are stable: an alert that came is null, not absent.
  @Test func alertsThatCameKeepTheirKeys() throws {
    for budget in ["1600", "100", "2400"] {
      let answer = try CommandLineTool.json(
        ["forecast", "--month", "2026-11", "--replications", "100", "--json", "--budget", budget] + history)
      let alerts = try #require(answer["budget_alerts"] as? [String: Any])
      #expect(Set(alerts.keys) == ["expected", "p_80", "p_95", "p_100"], "\(alerts)")
    }
  }

  /// Who passes all of a budget has passed 80 % of it, also where the odds are found by importance sampling.
  @Test func theOddsOfMoreAreNoGreater() throws {
    let answer = try CommandLineTool.json(
      ["forecast", "--month", "2026-11", "--replications", "200", "--json", "--budget", "4000"] + history)
    let alerts = try #require(answer["budget_alerts"] as? [String: Double])
    let odds = ["p_80", "p_95", "p_100"].compactMap { alerts[$0] }
    #expect(odds.count == 3 && odds == odds.sorted(by: >), "\(alerts)")
  }

  @Test func oddsMayBeGivenInPerCent() throws {
    let asked = ["--month", "2026-11", "--budget", "2000", "--fail-above"]
    #expect(try forecast(asked + ["5%"]).code == 1 && forecast(asked + ["0.05"]).code == 1)
    #expect(try forecast(asked + ["100%"]).code == 0 && forecast(asked + ["101%"]).code == 64)
  }

  @Test func oneFutureIsNoOdds() throws {
    let run = try CommandLineTool.run(
      ["forecast", "--replications", "1", "--month", "2026-11", "--budget", "100000"] + history)
    #expect(run.code == 0 && !run.output.contains("1 chances") && !run.output.contains("in 1 "), "\(run.output)")
  }
}
