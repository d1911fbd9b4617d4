import Foundation
import Testing

/// What the interface promises and no other suite holds: found by a stranger who went through it line by line.
@Suite struct ContractTests {
  private func run(_ arguments: [String], to device: String? = nil) throws -> CommandLineTool.Run {
    try CommandLineTool.run(arguments, to: device)
  }

  /// The parser knows no more than the top command once a command's own code refuses its arguments.
  @Test func whatACommandItselfRefusesNamesThatCommand() throws {
    for (arguments, name) in [
      (["estimate", "--preset", "fancy"], "estimate"), (["forecast", "--month", "2026-13"] + history, "forecast"),
      (["fit", "x.csv", "--duration", "d", "--family", "weibul"], "fit"),
    ] {
      let run = try run(arguments)
      #expect(run.code == 64 && run.errors.contains("Usage: lora-train \(name) "), "\(run.errors)")
      #expect(run.errors.contains("See 'lora-train \(name) --help'"), "\(run.errors)")
    }
  }

  @Test func aCommandThatIsNotThereNamesTheNearest() throws {
    for (arguments, meant) in [
      (["estimat"], "estimate"), (["job", "lst"], "list"), (["calibrat", "--json"], "calibrate"),
    ] {
      let run = try run(arguments)
      #expect(run.code == 64 && run.errors.contains("Did you mean '\(meant)'?"), "\(run.errors)")
    }
    #expect(try run(["zzzzzz"]).code == 64)
    #expect(try run(["help", "estimate"]).code == 0)
  }

  /// A result longer than what is kept back for writing left nothing to fail at the end: the loss passed for success.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"))) func aFullDiskIsNoSuccess() throws {
    let shard = ["simulate", "scenarios/spot.yaml", "--replications", "4", "--shard", "1/2"]
    for arguments in [shard, ["--help"], ["estimate", "--help"], ["--version"]] {
      #expect(try run(arguments, to: "/dev/full").code == 73, "\(arguments)")
    }
  }

  /// It ended by a trap.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"))) func diagnosticsThatNobodyGetsEndNothing()
    throws
  {
    let process = Process()
    process.executableURL = CommandLineTool.binary
    process.arguments = ["estimate", "--history", "nowhere.sqlite"]
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: "/dev/full"))
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 66)
  }

  /// What several commands take is declared once: the same words, the same values.
  @Test func threadsAndSamplingAreTheSameEverywhere() throws {
    var words: Set<[String]> = []
    for command in [["estimate"], ["forecast"], ["simulate", "scenarios/spot.yaml"], ["plan", "scenarios/spot.yaml"]] {
      let help = try run([command[0], "--help"]).output.split(separator: "\n").map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      words.insert(help.filter { $0.hasPrefix("--threads") || $0.hasPrefix("--sampling") })
      for (option, value) in [("--threads", "0"), ("--threads", "1025"), ("--sampling", "sobl")] {
        let refused = try run(command + [option, value])
        #expect(refused.code == 64 && refused.errors.contains(option), "\(command) \(option): \(refused.errors)")
      }
    }
    #expect(words.count == 1 && words.first?.count == 2, "\(words)")
  }

  @Test func aMissingJournalIsNotToBeNamedAsAHistory() throws {
    for arguments in [["replay", "nowhere.journal"], ["store", "check", "nowhere.journal"]] {
      let run = try run(arguments)
      #expect(run.code == 66 && run.errors.contains("simulate --journal FILE"), "\(run.errors)")
      #expect(!run.errors.contains("--history"), "\(run.errors)")
    }
  }

  @Test func anAddressThatIsNoneIsNoDefectOfOurs() throws {
    let folder = try Scratch.file("").path + "-folder"
    let played = try run(["sandbox", "--host", "256.1.1.1", "--port", "0", "--store", folder])
    #expect(played.code == 69 && played.errors.contains("256.1.1.1"), "\(played.errors)")
    let served = try run(["serve", "--sandbox", "--host", "256.1.1.1", "--store", folder + ".store"])
    #expect(served.code == 69 && served.errors.contains("--host"), "\(served.errors)")
  }

  /// What no money can hold came out negative.
  @Test func aCostBeyondAllMoneyIsRefused() throws {
    let dear = ["estimate", "--replications", "200", "--hourly-rate"]
    let run = try run(dear + ["100000000"])
    #expect(run.code == 64 && run.errors.contains("at most 1,000,000"), "\(run.errors)")
    let long = try self.run(dear + ["1000000", "--pairs", "30000000"])
    #expect(long.code == 65 ? long.errors.contains("more than $9,223,372,036") : !long.output.contains("-$"), "\(long)")
  }

  @Test func programsGetSecondsFromEveryCommand() throws {
    let rows = (1...40).map { "\(100 * $0),\($0 % 3 == 0 ? 0 : 1)" }
    let csv = try Scratch.file("lifetime_s,event\n" + rows.joined(separator: "\n") + "\n", "csv")
    let fit = ["fit", csv.path, "--duration", "lifetime_s", "--event", "event", "--family", "exponential"]
    let answer = try CommandLineTool.json(fit + ["--json"])
    let families = try #require(answer["families"] as? [String: [String: Any]])
    let parameters = families["exponential"]?["parameters"] as? [String: [String: Double]]
    let mean = try #require(parameters?["mean"]?["value"])
    // All that was lived through ÷ the events.
    let expected = (1...40).reduce(0.0) { $0 + 100 * Double($1) } / Double((1...40).count { $0 % 3 != 0 })
    #expect(abs(mean / expected - 1) < 1e-6 && answer["unit"] as? String == "s", "\(mean) \(expected)")
    #expect(try run(fit).output.contains("time in h"))
  }

  @Test func anAgeThatNobodyReachedHasNoBound() throws {
    let csv = try Scratch.file("lifetime_s,event\n100,1\n200,1\n300,0\n", "csv")
    let fit = try run([
      "fit", csv.path, "--duration", "lifetime_s", "--event", "event", "--family", "piecewise", "--age-breaks", "900",
    ])
    #expect(
      fit.code == 0 && !fit.output.contains("e+308") && fit.output.contains("nobody was watched"), "\(fit.output)")
    #expect(try run(["fit", csv.path, "--duration", "lifetime_s", "--age-breaks", "inf"]).code == 64)
  }

  /// `--history` and `--as-of` are common options.
  @Test func aScenarioTakesAnotherHistory() throws {
    let simulate = ["simulate", "scenarios/budget-pressure.yaml", "--replications", "4"]
    let own = try CommandLineTool.json(simulate + ["--json"])
    let same = try CommandLineTool.json(simulate + history + ["--json"])
    let early = try CommandLineTool.json(simulate + history + ["--as-of", "2026-05-01", "--json"])
    #expect(own["digest"] as? String == same["digest"] as? String)
    #expect(own["digest"] as? String != early["digest"] as? String)
    let parts = try (1...2).map { i in
      let path = try Scratch.file("", "json").path
      let shard = try run(simulate + history + ["--as-of", "2026-05-01", "--shard", "\(i)/2", "--output", path])
      #expect(shard.code == 0, "\(shard.errors)")
      return path
    }
    #expect(
      try CommandLineTool.json(["simulate", "--json", "--merge"] + parts)["digest"] as? String == early["digest"]
        as? String)
    let hole = try run(["simulate", "--merge", parts[0]])
    #expect(
      hole.code == 65 && hole.errors.contains("--history calibration/history.sqlite --as-of 2026-05-01"),
      "\(hole.errors)")
    #expect(try run(["simulate", "scenarios/mm3.yaml", "--as-of", "2026-05-01"]).code == 64)
    #expect(try run(["plan", "scenarios/cheapest-by-deadline.yaml", "--history", "nowhere.sqlite"]).code == 66)
  }

  @Test func aRowOfABatchSaysWhatWasAssumedForIt() throws {
    let csv = try Scratch.file(
      """
      job,preset,pricing,training_pairs,tokens_per_pair,total_steps
      whole,balanced,spot,2600,3400,1950
      short,balanced,spot,2600,3400,99
      bare,balanced,spot,2600,,

      """, "csv")
    let lines = try run(["estimate", "--batch", csv.path, "--replications", "50", "--json"]).output
      .split(separator: "\n").map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] }
    let warnings = lines.map { ($0?["warnings"] as? [String] ?? []).joined(separator: "; ") }
    try #require(warnings.count == 3)
    #expect(
      warnings[0].isEmpty && warnings[1].contains("= 1950") && warnings[2].contains("3400 tokens are assumed"),
      "\(warnings)")
    let text = try run(["estimate", "--batch", csv.path, "--replications", "50"]).output
    #expect(text.contains("  Warning: total_steps is 99"), "\(text)")
  }
}
