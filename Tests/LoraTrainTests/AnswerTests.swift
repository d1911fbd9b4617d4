import Foundation
import Testing

/// The answers: their keys, their arithmetic, their exit codes, and that they do not depend on threads.
@Suite struct AnswerTests {
  @Test func estimateHasItsKeysAndItsPartsAddUp() throws {
    let answer = try CommandLineTool.json(["estimate", "--json", "--replications", "2000"] + history)
    for key in [
      "steps", "duration_s", "cost_usd", "interruptions", "p_completes", "vram_gb", "history", "accuracy", "warnings",
      "digest",
    ] {
      #expect(answer[key] != nil, "\(key)")
    }
    #expect(answer["steps"] as? Int == 1950)
    let cost = try #require(answer["cost_usd"] as? [String: Any])
    for p in ["mean", "p05", "p10", "p25", "p50", "p75", "p90", "p95"] { #expect(cost[p] is Double, "\(p)") }
    let parts = try #require(cost["parts"] as? [String: Double])
    #expect(Set(parts.keys) == ["work", "setup", "checkpoints", "lost_work", "recovery", "idle", "storage"])
    #expect(abs(parts.values.reduce(0, +) - (cost["mean"] as? Double ?? 0)) < 1e-6)
  }

  /// Ten thousand runs of a million dollars each are more than 64 bits of nanodollars.
  @Test func partsOfDearRunsAddUpToo() throws {
    let dear = [
      "--hourly-rate", "1000000", "--pricing", "on_demand", "--replications", "2000", "--start", "2026-11-20",
    ]
    let answer = try CommandLineTool.json(["estimate", "--json"] + dear)
    let cost = try #require(answer["cost_usd"] as? [String: Any])
    let parts = try #require(cost["parts"] as? [String: Double])
    let mean = try #require(cost["mean"] as? Double)
    #expect(mean > 5e6 && abs(parts.values.reduce(0, +) / mean - 1) < 1e-6, "\(mean) \(parts)")
  }

  @Test func digestsDoNotDependOnThreads() throws {
    for command in [
      ["estimate", "--start", "2026-11-20", "--replications", "500"], ["forecast", "--replications", "300"],
    ] {
      let digests = try ["1", "2", "7", "2"].map { threads in
        try CommandLineTool.json(command + ["--json", "--threads", threads] + history)["digest"] as? String
      }
      #expect(Set(digests).count == 1 && digests[0] != nil, "\(command): \(digests)")
    }
  }

  @Test func anotherSeedIsAnotherDigest() throws {
    let digests = try ["1", "2"].map {
      try CommandLineTool.json(["estimate", "--json", "--replications", "100", "--seed", $0])["digest"] as? String
    }
    #expect(digests[0] != digests[1])
  }

  @Test func batchGivesOneLineAJobAndAllPercentiles() throws {
    let jobs = try Scratch.file(
      """
      job,preset,pricing,training_pairs,tokens_per_pair,submitted_at
      a,balanced,spot,2600,3400,2026-11-20T08:00:00Z
      b,aggressive,on_demand,2000,3000,
      """, "csv")
    let run = try CommandLineTool.run(
      ["estimate", "--batch", jobs.path, "--json", "--replications", "500"] + history)
    let lines = run.output.split(separator: "\n")
    try #require(run.code == 0 && lines.count == 2, "\(run.errors)")
    for (line, name) in zip(lines, ["a", "b"]) {
      let answer = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      #expect(answer["job"] as? String == name)
      let duration = try #require(answer["duration_s"] as? [String: Any])
      #expect(duration.count == 100 && duration["p01"] != nil && duration["p99"] != nil)
    }
  }

  @Test func forecastCountsWhatIsSpentRunsAndWillArrive() throws {
    let answer = try CommandLineTool.json(
      ["forecast", "--json", "--budget", "2400", "--month", "2026-11", "--replications", "500"] + history)
    for key in [
      "month", "spent_usd", "running", "queued", "month_end_usd", "p_over_budget", "budget_for_95_percent", "by_day",
      "by_client", "by_preset", "digest",
    ] {
      #expect(answer[key] != nil, "\(key)")
    }
    let spent = try #require(answer["spent_usd"] as? Double)
    let end = try #require((answer["month_end_usd"] as? [String: Double])?["mean"])
    #expect(spent > 1_000 && end > spent)
    #expect((answer["running"] as? [Any])?.count == 1)
    #expect((answer["by_day"] as? [Any])?.count == 30)
    let presets = try #require(answer["by_preset"] as? [String: Double])
    #expect(abs(presets.values.reduce(0, +) - end) < 0.01)
  }

  /// A month that is over needs no simulation: it is the sum of its charges, to the cent.
  @Test func aPastMonthIsWhatWasSpent() throws {
    let answer = try CommandLineTool.json(["forecast", "--json", "--month", "2026-03"] + history)
    let end = try #require((answer["month_end_usd"] as? [String: Double])?["p50"])
    #expect(end == answer["spent_usd"] as? Double)
  }

  @Test func failAboveExitsWithOne() throws {
    let command = ["forecast", "--budget", "2400", "--month", "2026-11", "--replications", "300", "--fail-above"]
    #expect(try CommandLineTool.run(command + ["0.01"] + history).code == 1)
    #expect(try CommandLineTool.run(command + ["0.99"] + history).code == 0)
    // The month that has begun is all but sure to stay below; a whole one is not.
    let late = ["forecast", "--budget", "2900", "--month", "2026-11", "--replications", "300", "--fail-above", "0.01"]
    #expect(try CommandLineTool.run(late + history).code == 0)
    let later = try CommandLineTool.run(late + ["--months", "6"] + history)
    #expect(later.code == 1 && later.errors.contains("in 2027-0"), "\(later.errors)")
  }

  @Test func aModelStandsWhereverAHistoryCan() throws {
    let model = try Scratch.file("", "json")
    let written = try CommandLineTool.run(["calibrate", "--output", model.path] + history)
    #expect(written.code == 0, "\(written.errors)")
    let fromModel = try CommandLineTool.json(
      ["estimate", "--json", "--replications", "300", "--start", "2026-11-20", "--history", model.path])
    let fromHistory = try CommandLineTool.json(
      ["estimate", "--json", "--replications", "300", "--start", "2026-11-20"] + history)
    #expect(fromModel["digest"] as? String == fromHistory["digest"] as? String)
    // What the history showed beside its laws comes along: memory, accuracy, ranges, origin.
    for key in ["vram_gb", "accuracy", "warnings"] {
      let (one, other) = (fromModel[key] as? NSObject, fromHistory[key] as? NSObject)
      #expect(one != nil && one == other, "\(key)")
    }
    let source = (fromModel["history"] as? [String: Any])?["source"] as? String
    #expect(source?.contains("(synthetic)") == true)
  }

  /// As in every other answer: a program that reads one instant reads them all.
  @Test func calibrateSaysWhenAsOthersDo() throws {
    let answer = try CommandLineTool.json(["calibrate", "--json"] + history)
    let source = try #require(answer["source"] as? [String: Any])
    #expect(source["from"] as? String == "2026-01-14T00:00:00Z" && source["until"] as? String == "2026-11-20T06:00:00Z")
    #expect(source["jobs"] is Int && source["leases"] is Int && source["origins"] as? [String] == ["synthetic"])
    let priors = try CommandLineTool.json(["calibrate", "--json"])
    #expect((priors["source"] as? [String: Any])?["from"] == nil)
  }

  @Test func outputForPeopleHasNoColourAndNamesItsSource() throws {
    for command in [["estimate", "--replications", "300"], ["forecast", "--replications", "200"], ["calibrate"]] {
      let run = try CommandLineTool.run(command + history)
      #expect(run.code == 0 && !run.output.contains("\u{1B}["), "\(run.errors)")
      #expect(run.output.contains("calibration/history.sqlite"))
    }
    let priors = try CommandLineTool.run(["estimate", "--replications", "300"])
    #expect(priors.output.contains("priors"))
  }

  @Test func everyCommandHasAnExample() throws {
    for command in ["estimate", "forecast", "simulate", "plan", "calibrate", "fit", "backtest", "replay"] {
      let run = try CommandLineTool.run([command, "--help"])
      // A scenario that an example names is there.
      for match in run.output.matches(of: /scenarios\/[a-z0-9-]+\.yaml/) {
        let file = CommandLineTool.root.appendingPathComponent(String(match.output))
        #expect(FileManager.default.fileExists(atPath: file.path), "\(command): \(match.output)")
      }
      #expect(run.code == 0 && run.output.contains("EXAMPLE") && run.output.contains("lora-train \(command)"))
    }
    #expect(try CommandLineTool.run(["--generate-completion-script", "bash"]).output.contains("lora-train"))
  }

  @Test func aSeedIsToldAsItWasGiven() throws {
    let run = try CommandLineTool.run([
      "simulate", "scenarios/spot.yaml", "--replications", "20", "--seed", "18446744073709551615", "--json",
    ])
    #expect(run.code == 0 && run.output.contains("\"seed\": 18446744073709551615"), "\(run.output)")
  }

  /// An interrupt between the first row of a journal and the last left three files behind.
  @Test func anInterruptLeavesNoPartOfAJournal() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("interrupt-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let scenario = try Scratch.file(
      """
      version: 1
      horizon: {jobs: 40000}
      pods: {slots: 3}
      arrivals: {poisson: {per_day: 10}}
      jobs: [{steps: 1000, checkpoint_every: 100}]
      durations: {step: 10s}
      """, "yaml")
    let process = Process()
    process.executableURL = CommandLineTool.binary
    process.arguments = ["simulate", scenario.path, "--replications", "1", "--journal", "j.sqlite"]
    process.currentDirectoryURL = folder
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    while process.isRunning, try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty {}
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    // All of it, where it was just done; else nothing.
    #expect(try Set(FileManager.default.contentsOfDirectory(atPath: folder.path)).subtracting(["j.sqlite"]).isEmpty)
  }

  /// `estimate --training-file <(…)`: a pipe has no pages to map.
  @Test func aTrainingFileMayBeAPipe() throws {
    let pair = #"{"prompt": "p", "target_response": "t", "conversation_id": "c1", "_meta": {}}"#
    let file = try Scratch.file(Array(repeating: pair, count: 5).joined(separator: "\n"), "jsonl")
    let pipe = FileManager.default.temporaryDirectory.appendingPathComponent("pipe-\(UUID().uuidString)")
    #expect(mkfifo(pipe.path, 0o600) == 0)
    defer { try? FileManager.default.removeItem(at: pipe) }
    let writer = Process()
    writer.executableURL = URL(fileURLWithPath: "/bin/sh")
    writer.arguments = ["-c", "cat '\(file.path)' > '\(pipe.path)'"]
    try writer.run()
    let options = ["estimate", "--replications", "100", "--start", "2026-11-20", "--training-file"]
    let piped = try CommandLineTool.run(options + [pipe.path])
    writer.waitUntilExit()
    let plain = try CommandLineTool.run(options + [file.path])
    #expect(piped.code == plain.code && piped.code != 66, "\(piped.errors)")
    let told = { (run: CommandLineTool.Run, path: String) in
      (run.output + run.errors).replacingOccurrences(of: path, with: "FILE")
    }
    #expect(told(piped, pipe.path) == told(plain, file.path))
  }

  @Test func simulateWritesTraceAndJobs() throws {
    let trace = try Scratch.file("", "jsonl")
    let jobs = try Scratch.file("", "csv")
    let run = try CommandLineTool.run([
      "simulate", "scenarios/spot.yaml", "--replications", "20", "--trace", trace.path, "--jobs-csv", jobs.path,
      "--json",
    ])
    #expect(run.code == 0, "\(run.errors)")
    let lines = try String(contentsOf: trace, encoding: .utf8).split(separator: "\n")
    #expect(lines.count >= 8)
    for line in lines { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
    #expect(try String(contentsOf: jobs, encoding: .utf8).split(separator: "\n").count == 21)
  }

  /// A mean of nothing is no number, and none makes a text crash.
  @Test func aScenarioInWhichNothingEndsIsSaidToBeOne() throws {
    for text in [
      "version: 1\nmodel: priors\nhorizon: {days: 30}\narrivals: {poisson: {per_day: 0.001}}\nreplications: 2\n",
      "version: 1\nmodel: priors\nhorizon: {month: 2026-12}\narrivals: {times: [743h]}\nreplications: 3\n",
    ] {
      let path = try Scratch.file(text, "yaml").path
      let run = try CommandLineTool.run(["simulate", path])
      #expect(
        run.code == 0 && run.output.contains("No job came to an end") && !run.output.contains("nan"), "\(run.output)")
      let metrics = try #require(
        try CommandLineTool.json(["simulate", path, "--json"])["metrics"] as? [String: [String: Any]])
      #expect(metrics["cost_usd"]?["mean"] is NSNull && metrics["cost_usd"]?["p90"] is NSNull)
      #expect((metrics["p_failed"] as? [String: [String: Any]])?["worker_crash"]?["mean"] as? Double == 0)
    }
  }

  @Test func oneReplicationHasNoSpread() throws {
    let run = try CommandLineTool.run(["simulate", "scenarios/three-spot-slots.yaml", "--replications", "1"])
    #expect(!run.output.contains("$0.00") && run.output.contains("–"), "\(run.output)")
  }

  /// The limit is a month's: over ninety days it says nothing of the whole.
  @Test func aMonthlyLimitIsHeldAgainstAMonthAlone() throws {
    let text =
      "version: 1\nmodel: priors\nhorizon: {days: 90}\narrivals: {every: 12h}\nbudget: {monthly: 500}\nreplications: 3\n"
    let long = try CommandLineTool.run(["simulate", try Scratch.file(text, "yaml").path])
    #expect(long.code == 0 && !long.output.contains("to pass it all the same"), "\(long.output)")
    let month = try CommandLineTool.run(["simulate", "scenarios/budget-pressure.yaml", "--replications", "5"])
    #expect(month.output.contains("to pass it all the same"))
  }

  @Test func whatDoesNotFitDoesNotComplete() throws {
    let size = ["estimate", "--json", "--replications", "300", "--pairs", "2600", "--tokens-per-pair"]
    let large = try CommandLineTool.json(
      size + ["8000", "--batch-size", "8", "--max-sequence-length", "8192"] + history)
    #expect((large["p_completes"] as? Double ?? 1) < 0.05)
    let line = try Scratch.file(
      "job,preset,pricing,batch_size,training_pairs,tokens_per_pair\na,balanced,spot,16,2600,3400\n", "csv")
    let batch = try CommandLineTool.run(["estimate", "--replications", "100", "--batch", line.path] + history)
    #expect(batch.output.contains("does not fit the GPU"), "\(batch.output)")
  }

  @Test func whatIsLongerThanASequenceIsCutAndSaid() throws {
    let size = [
      "estimate", "--json", "--replications", "300", "--start", "2026-11-20", "--pairs", "2600", "--tokens-per-pair",
    ]
    let cut = try CommandLineTool.json(size + ["34000"] + history)
    let whole = try CommandLineTool.json(size + ["4096"] + history)
    #expect(cut["digest"] as? String == whole["digest"] as? String && cut["tokens_per_pair"] as? Double == 4096)
    #expect((cut["warnings"] as? [String])?.contains { $0.contains("cut off") } == true)
    let none = try CommandLineTool.json(["estimate", "--json", "--replications", "50"] + history)
    #expect(
      (none["warnings"] as? [String])?.contains { $0.contains("2,600 pairs of 3,400 tokens are assumed") } == true)
  }

  @Test func aRunThatIsStoppedByItsCapSaysSo() throws {
    let run = try CommandLineTool.run(
      ["estimate", "--pairs", "2600", "--tokens-per-pair", "3400", "--max-cost", "10", "--replications", "100"])
    #expect(run.code == 0 && run.output.contains("each is stopped at $10.00"), "\(run.output)")
    #expect(!run.output.contains("card quotes"))
  }
}
