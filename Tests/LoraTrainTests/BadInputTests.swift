import Foundation
import Testing

/// What bad input gets: the exit code of the interface, the place, and the way out.
@Suite struct BadInputTests {
  private func expect(
    _ arguments: [String], code: Int32, _ words: String..., location: SourceLocation = #_sourceLocation
  ) throws {
    let run = try CommandLineTool.run(arguments)
    #expect(run.code == code, "\(arguments): \(run.errors)", sourceLocation: location)
    for word in words {
      #expect(run.errors.contains(word), "\(arguments) says: \(run.errors)", sourceLocation: location)
    }
  }

  @Test func usageIs64() throws {
    try expect(["estimate", "--preset", "fancy"], code: 64, "conservative, balanced or aggressive")
    try expect(["estimate", "--pairs", "0"], code: 64, "--pairs")
    try expect(["estimate", "--pricing", "free"], code: 64, "spot or on_demand")
    try expect(["forecast", "--months", "13"], code: 64, "between 1 and 12")
    try expect(["forecast", "--month", "2026-13"], code: 64, "2026-12")
    try expect(["estimate", "--batch", "x.csv", "--rank", "8"], code: 64, "--rank")
    try expect(["fit", "x.csv", "--duration", "d", "--age-breaks", "3,2"], code: 64, "--age-breaks")
    try expect(["forecast", "--fail-above", "0.1"], code: 64, "--budget")
    try expect(["estimate", "--threads", "0"], code: 64, "--threads")
    try expect(["frobnicate"], code: 64)
    try expect(["simulate"], code: 64)
  }

  /// Each of these was read as another time: the first of December, the day's first instant.
  @Test func timesThatAreNoneAreRefused() throws {
    for time in ["2026-11-31", "2026-11-20x", "2026-11-20T25:00:00Z", "2026-1-2", "2026-11-20T03"] {
      try expect(["estimate", "--start", time], code: 64, "--start takes a time such as", time)
    }
  }

  /// Each of these ended the program by a signal, or went on for ever.
  @Test func numbersThatNobodyMeansAreRefused() throws {
    try expect(["forecast", "--as-of", "300000-01-01"], code: 64, "--as-of")
    try expect(["estimate", "--start", "999999-12-31T00:00:00Z"], code: 64, "--start")
    for n in ["9223372036854775807", "1000000000000000"] {
      try expect(["estimate", "--replications", n], code: 64, "at most 10,000,000")
      try expect(["forecast", "--explain", "--replications", n], code: 64, "at most 10,000,000")
      try expect(["simulate", "scenarios/mm3.yaml", "--replications", n], code: 64, "at most 10,000,000")
      try expect(["plan", "scenarios/cheapest-by-deadline.yaml", "--replications", n], code: 64, "at most 10,000,000")
    }
    try expect(
      ["estimate", "--epochs", "1000000000", "--pairs", "1000000000"], code: 64, "1,000,000,000 are the most",
      "training_pairs", "batch_size × gradient_accumulation_steps")
    let most = "replications: 10000000\nhorizon: {days: 1}\narrivals: {poisson: {per_day: 1}}\n"
    let file = try Scratch.file("version: 1\nname: x\n" + most.replacing("10000000", with: "1000000000"), "yaml")
    try expect(["simulate", file.path], code: 65, "\(file.path):3:", "10,000,000 are the most", "--precision")
  }

  /// Whoever mends a file wants to do so once.
  @Test func everyDefectOfATrainingFileIsNamed() throws {
    let pairs = (1...3).map {
      #"{"id": "c\#($0)_turn1", "conversation_id": "c\#($0)", "turn_number": 1, "system_prompt": "s", "#
        + #""conversation_history": [], "current_user_input": "q", "target_response": 5}"#
    }
    let file = try Scratch.file(pairs.joined(separator: "\n"), "jsonl")
    let run = try CommandLineTool.run(["estimate", "--training-file", file.path])
    #expect(run.code == 65, "\(run.errors)")
    for line in 1...3 { #expect(run.errors.contains("\(file.path):\(line):"), "\(run.errors)") }
  }

  @Test func aModelOfAnotherVersionIsRefused() throws {
    let model = try Scratch.file("", "json")
    let history = ["--history", "calibration/history.sqlite"]
    #expect(try CommandLineTool.run(["calibrate", "--output", model.path] + history).code == 0)
    let late = try CommandLineTool.run(["estimate", "--history", model.path, "--as-of", "2026-02-01", "--json"])
    #expect(late.code == 0 && late.output.contains("after --as-of"), "\(late.output) \(late.errors)")
    let text = try String(contentsOf: model, encoding: .utf8)
    let changed = text.replacing(/"version"\s*:\s*1\b/, with: #""version": 99"#)
    #expect(changed != text)
    try Data(changed.utf8).write(to: model)
    try expect(["estimate", "--history", model.path], code: 65, "version 99", "calibrate --history")
  }

  @Test func aMissingFileIs66() throws {
    try expect(["simulate", "nowhere.yaml"], code: 66, "nowhere.yaml")
    try expect(["estimate", "--history", "nowhere.sqlite"], code: 66, "nowhere.sqlite")
    try expect(["estimate", "--history", "nowhere.json"], code: 66, "nowhere.json")
    try expect(["fit", "nowhere.csv", "--duration", "x"], code: 66, "nowhere.csv")
    try expect(["estimate", "--training-file", "nowhere.json"], code: 66, "nowhere.json")
  }

  @Test func aBadScenarioNamesItsPlace() throws {
    for (text, words) in [
      ("version: 1\nname: x\nrepliactions: 3\n", ["3:1", "replications"]),
      ("version: 1\nname: x\ndurations: {restore: -5s}\n", ["3:"]),
      ("version: 1\nname: x\ndurations: {restore: {lognormal: {median: 5s}}}\n", ["3:", "sigma"]),
      ("version: 2\nname: x\n", ["1:"]),
      ("version: 1\nname: x\narrivals: {poisson: {per_day: 3}}\n", ["horizon"]),
    ] {
      let file = try Scratch.file(text, "yaml")
      let run = try CommandLineTool.run(["simulate", file.path])
      #expect(run.code == 65, "\(text): \(run.errors)")
      for word in [file.path] + words { #expect(run.errors.contains(word), "\(text): \(run.errors)") }
    }
  }

  @Test func aBadHistoryIs65() throws {
    let garbage = try Scratch.file(String(repeating: "no database ", count: 100), "sqlite")
    try expect(["estimate", "--history", garbage.path], code: 65, garbage.path)
    let data = try Data(contentsOf: CommandLineTool.root.appendingPathComponent("calibration/history.sqlite"))
    let truncated = try Scratch.file("", "sqlite")
    try data.prefix(100_000).write(to: truncated)
    try expect(["forecast", "--history", truncated.path], code: 65, truncated.path)
    let model = try Scratch.file("{}", "json")
    try expect(["estimate", "--history", model.path], code: 65, "calibrate --history")
  }

  @Test func aBadTableIs65() throws {
    let csv = try Scratch.file("a,b\n1,2\n-3,4\nx,5\n", "csv")
    try expect(["fit", csv.path, "--duration", "c"], code: 65, csv.path, "a")
    try expect(["fit", csv.path, "--duration", "a"], code: 65, ":3")
    let jobs = try Scratch.file("job,preset,pricing,training_pairs,tokens_per_pair\nj,balanced,spot,many,3400\n", "csv")
    try expect(["estimate", "--batch", jobs.path], code: 65, "\(jobs.path):2")
  }

  @Test func aBadTrainingFileNamesConversationAndField() throws {
    let malformed = try Scratch.file("{\"conversations\": [\n  {\\\\ }\n]}", "json")
    try expect(["estimate", "--training-file", malformed.path], code: 65, "\(malformed.path):2:4")
  }

  /// A message names the option that was given, what it was given, and what it takes.
  @Test func whatWasGivenAndWhatIsTakenIsSaid() throws {
    try expect(["estimate", "--preset", "Balanced"], code: 64, "not 'Balanced': did you mean balanced?")
    try expect(["estimate", "--hourly-rate", "0"], code: 64, "above 0 and at most 1,000,000")
    try expect(["estimate", "--history", ""], code: 64, "--history is empty")
    try expect(["simulate", "scenarios/spot.yaml", "--history", ""], code: 64, "--history is empty")
    try expect(["forecast", "--hourly-rate", "2000000"], code: 64, "at most 1,000,000", "'2000000'")
    try expect(["forecast", "--slots", "99999999999"], code: 64, "between 1 and 1,000,000")
    try expect(["forecast", "--as-of", "2030-01-01"] + history, code: 64, "--as-of: at most 24 months ahead")
    let fit = ["fit", "calibration/data/goog_preemptible_vms.csv", "--duration", "lifetime_s", "--event", "event"]
    try expect(fit + ["--family", "weibul"], code: 64, "not 'weibul': did you mean weibull?")
    try expect(fit + ["--unit", "hours"], code: 64, "s, min, h, d", "not 'hours'")
    try expect(fit + ["--age-breaks", "1h"], code: 64, "not '1h'", "unit of the durations")
    try expect(
      ["backtest", "--require", "coverage80=1..2"] + history, code: 64, "coverage_80=", "not 'coverage80=1..2'")
    try expect(["estimate", "--batch", "calibration/history.sqlite"], code: 65, "is no CSV", "names the columns")
  }

  /// A table of dashes is no answer to a scenario that forgot its arrivals.
  @Test func aWorldInWhichNothingArrivesIsRefused() throws {
    for arrivals in ["", "arrivals: {times: []}\n"] {
      let file = try Scratch.file("version: 1\n\(arrivals)horizon: {days: 30}\njobs: [{steps: 100}]\n", "yaml")
      try expect(["simulate", file.path], code: 65, file.path, "no job ever arrives", "arrivals: {poisson")
    }
  }

  /// "Must be above 0" is no answer to whoever gave two thousand million.
  @Test func amountsThatAreTooHighAreCalledThat() throws {
    let most = "below 1,000,000,000"
    try expect(["job", "create", "--pairs", "10", "--max-cost", "2e9"], code: 64, "--max-cost must be above 0", most)
    try expect(["evaluate", "run", "1", "--suite", "s", "--max-cost", "2e9"], code: 64, "--max-cost", most)
    try expect(["serve", "--sandbox", "--budget", "2e9"], code: 64, "--budget must be at least 0", most)
    try expect(["budget", "set", "2e9", "--justification", "why"], code: 64, most, "not '2e9'")
  }

  /// Shares are written as everywhere else: nobody is refused for a sign of per cent.
  @Test func requireTakesPercent() throws {
    let late = ["backtest", "--from", "100000", "--require"] + ["coverage_80=76.5%..83.5%"]
    try expect(late + history, code: 65, "nothing to score")
  }

  @Test func aHistoryThatKnewNothingByThenIsNamed() throws {
    let run = try CommandLineTool.run(["calibrate", "--as-of", "2020-01-01"] + history)
    #expect(
      run.code == 0 && run.output.contains("nothing is known in calibration/history.sqlite by then"), "\(run.output)")
    let none = try CommandLineTool.run(["calibrate"])
    #expect(!none.output.contains("nothing is known"))
  }

  @Test func sharesOfThreeFuturesAreNoAnswer() throws {
    let run = try CommandLineTool.run(["forecast", "--explain", "--replications", "3"] + history)
    #expect(run.code == 0 && run.output.contains("So few futures do not tell where it comes from"), "\(run.output)")
    let one = try CommandLineTool.run(["forecast", "--replications", "1"] + history)
    #expect(one.output.contains("\n1 simulated future, digest"), "\(one.output)")
  }

  @Test func whatCannotBeWrittenIs73() throws {
    try expect(
      ["calibrate", "--output", "/nowhere/model.json"], code: 73, "/nowhere/model.json", "there is no folder /nowhere")
    if FileManager.default.fileExists(atPath: "/dev/full") {
      try expect(["calibrate", "--output", "/dev/full"], code: 73, "/dev/full")
    }
  }
}
