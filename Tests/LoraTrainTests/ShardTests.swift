import Foundation
import Testing

/// `simulate --shard` and `--merge`: the answer of one run, whatever the cut, or a refusal that says the way out.
@Suite struct ShardTests {
  /// A plain run; one with a budget, a calendar month and a calibrated model; one with refusals by time; one replication.
  static let questions = [
    ["scenarios/spot.yaml", "--replications", "300"],
    ["scenarios/budget-pressure.yaml", "--replications", "50", "--seed", "9"],
    ["scenarios/gpu-shortage.yaml", "--replications", "33"],
    ["scenarios/queue-that-fills.yaml", "--replications", "3"],
    ["scenarios/lora-workload.yaml", "--replications", "1"],
    ["scenarios/budget-pressure.yaml", "--replications", "20", "--sampling", "sobol"],
  ]

  private func shard(_ question: [String], _ part: String, threads: Int = 2) throws -> String {
    let file = try Scratch.file("", "json").path
    let run = try CommandLineTool.run(
      ["simulate"] + question + ["--threads", "\(threads)", "--shard", part, "--output", file])
    try #require(run.code == 0 && run.output.isEmpty, "\(run.errors)")
    return file
  }

  /// Without the rate, which is the machine's.
  private func document(_ arguments: [String]) throws -> String {
    let run = try CommandLineTool.run(["simulate", "--json"] + arguments)
    try #require(run.code == 0, "\(run.errors)")
    return run.output.split(separator: "\n").filter { !$0.contains("events_per_s") }.joined(separator: "\n")
  }

  @Test(arguments: questions) func mergesToTheAnswerOfOneRun(_ question: [String]) throws {
    let text = try CommandLineTool.run(["simulate"] + question).output
    let json = try document(question)
    #expect(text.contains("digest "))
    // A calibrated model takes every shard a second to fit, and so do 30,000 jobs to write and read.
    let isSlow = question[0].contains("budget") || question[0].contains("workload")
    for (cut, threads) in isSlow ? [(2, 1), (3, 2)] : [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 2), (7, 1), (7, 2)] {
      let files = try (1...cut).reversed().map { try shard(question, "\($0)/\(cut)", threads: threads) }
      let merged = try CommandLineTool.run(["simulate", "--merge"] + files)
      #expect(merged.code == 0 && merged.output == text, "\(cut) on \(threads): \(merged.errors)")
      #expect(try document(["--merge"] + files) == json)
    }
  }

  /// Which future costs too much only the simulation shows, and a shard's file does not say it.
  @Test func shardsThatCostMoreThanThereIsRoomForAreNoAnswer() throws {
    let world = """
      version: 1
      horizon: {jobs: 1}
      pods: {slots: 1, spot: {hourly_rate: 1000000}, on_demand: {hourly_rate: 1000000}}
      arrivals: {times: [0h]}
      jobs: [{steps: 4000, checkpoint_every: 4000}]
      durations: {step: 1h}
      interruptions: {exponential: {mean: 3000h}}

      """
    let path = try Scratch.file(world, "yaml").path
    let question = [path, "--replications", "40"]
    let run = try CommandLineTool.run(["simulate"] + question)
    #expect(run.code == 65 && run.errors.contains("one of the futures costs more than"), "\(run.output)\(run.errors)")
    let files = try ["1/2", "2/2"].map { try shard(question, $0) }
    let merged = try CommandLineTool.run(["simulate", "--merge"] + files)
    #expect(merged.code == 65 && merged.errors.contains("one of the futures costs more than"), "\(merged.output)")
  }

  /// More than 100,000 jobs, where quantiles become a sketch.
  @Test func mergesSketchesToo() throws {
    let question = ["scenarios/mm3.yaml", "--replications", "2"]
    let text = try CommandLineTool.run(["simulate"] + question).output
    let files = try ["1/2", "2/2"].map { try shard(question, $0) }
    #expect(try CommandLineTool.run(["simulate", "--merge"] + files).output == text)
  }

  @Test func resultsDoNotDependOnThreadsAndMayStandTwice() throws {
    let question = Self.questions[0]
    let files = try [1, 2].map { try shard(question, "1/2", threads: $0) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: files[0])) == Data(contentsOf: URL(fileURLWithPath: files[1])))
    let halves = files + [try shard(question, "2/2")]
    let one = try CommandLineTool.run(["simulate"] + question).output
    #expect(try CommandLineTool.run(["simulate", "--merge"] + halves).output == one)
    // Another cut of the same half fits as well.
    let mixed = [halves[0]] + (try ["3/4", "4/4", "2/4"].map { try shard(question, $0) })
    #expect(try CommandLineTool.run(["simulate", "--merge"] + mixed).output == one)
    let out = try CommandLineTool.run(["simulate"] + question + ["--shard", "1/2"]).output
    #expect(out == (try String(contentsOfFile: files[0], encoding: .utf8)))
  }

  private func refuse(
    _ files: [String], _ words: String..., location: SourceLocation = #_sourceLocation
  ) throws {
    let run = try CommandLineTool.run(["simulate", "--merge"] + files)
    #expect(run.code == 65 && run.output.isEmpty, "\(run.errors)", sourceLocation: location)
    for word in ["error: ", "hint: "] + words {
      #expect(run.errors.contains(word), "no '\(word)' in: \(run.errors)", sourceLocation: location)
    }
  }

  @Test func holesAreNamedWithTheCommandsThatFillThem() throws {
    let question = Self.questions[0]
    let files = try ["1/3", "3/3"].map { try shard(question, $0) }
    let command =
      "lora-train simulate scenarios/spot.yaml --seed 1 --replications 300 --shard 2/3 --output spot-2-of-3.json"
    try refuse(files, "missing is shard 2/3 (replications 91 to 198)", command)
    try refuse([files[0]], "missing are shards 2/3", "3/3", command, "--shard 3/3")
    // The commands do what they promise.
    let missing = try Scratch.file("", "json").path
    let words = command.split(separator: " ").dropFirst().dropLast().map(String.init)
    #expect(try CommandLineTool.run(words + [missing]).code == 0)
    #expect(try CommandLineTool.run(["simulate", "--merge", missing] + files).code == 0)
  }

  /// A model's possible truths at Sobol's points: the commands say so, and no shard drawn at random fits in.
  @Test func theWayTruthsAreSpreadIsPartOfTheExperiment() throws {
    let question = ["scenarios/budget-pressure.yaml", "--replications", "20"]
    let first = try shard(question + ["--sampling", "sobol"], "1/2")
    try refuse([first], "--replications 20 --sampling sobol --shard 2/2")
    try refuse([first, try shard(question, "2/2")], "another experiment")
  }

  @Test func anotherExperimentIsRefusedByItsDigest() throws {
    let first = try shard(Self.questions[0], "1/2")
    for other in [
      ["scenarios/spot.yaml", "--replications", "300", "--seed", "2"],
      ["scenarios/spot.yaml", "--replications", "301"],
      ["scenarios/on-demand.yaml", "--replications", "300"],
    ] {
      let second = try shard(other, "2/2")
      try refuse([first, second], second, first, "another experiment", "digest", "the same scenario")
    }
    // A law changed by a little, under the same name.
    let root = CommandLineTool.root
    let text = try String(contentsOf: root.appendingPathComponent("scenarios/spot.yaml"), encoding: .utf8)
    let changed = try Scratch.file(text.replacingOccurrences(of: "6.9h", with: "6.8h"), "yaml").path
    try refuse([first, try shard([changed, "--replications", "300"], "2/2")], "another experiment")
    // A comment changes nothing.
    let same = try Scratch.file("# the same\n" + text, "yaml").path
    #expect(
      try CommandLineTool.run(["simulate", "--merge", first, try shard([same, "--replications", "300"], "2/2")]).code
        == 0)
  }

  @Test func damagedFilesAreRefused() throws {
    let whole = try shard(Self.questions[0], "1/1")
    let text = try String(contentsOfFile: whole, encoding: .utf8)
    let half = try Scratch.file(String(text.prefix(text.count / 2)), "json").path
    try refuse([half], half, "cut short", "--shard")
    try refuse([try Scratch.file("", "json").path], "cut short")
    let garbage = try Scratch.file("no shard at all", "json").path
    try refuse([garbage], garbage, "is no shard's result")
    try refuse([try Scratch.file("{\"format\": 1}", "json").path], "checksum")
    let digit = try #require(text.range(of: "\"events\":"))
    var changed = text
    changed.replaceSubrange(digit, with: "\"events\":1")
    try refuse([try Scratch.file(changed, "json").path], "checksum")
    let newer = text.replacingOccurrences(of: "\"format\":1", with: "\"format\":2")
    try refuse([try Scratch.file(newer, "json").path], "format 2", "format 1", "same version")
    let missing = try CommandLineTool.run(["simulate", "--merge", "nowhere.json"])
    #expect(missing.code == 66 && missing.errors.contains("nowhere.json"))
  }

  @Test func whatIsNoPartIsUsage() throws {
    let scenario = "scenarios/spot.yaml"
    for part in ["0/3", "4/3", "a/b", "3", "1/0", "-1/3", "1/2/3", "1/", "1/200000"] {
      let run = try CommandLineTool.run(["simulate", scenario, "--shard=\(part)"])
      #expect(run.code == 64 && run.errors.contains("--shard takes i/n"), "\(part): \(run.errors)")
    }
    for (arguments, word) in [
      ([scenario, "--shard", "1/2", "--precision", "1%"], "--replications"),
      ([scenario, "--shard", "1/2", "--trace", "x"], "--trace"), ([scenario, "--output", "x"], "--shard"),
      ([scenario, "--merge", "x"], "no scenario"), (["--merge", "x", "--seed", "3"], "no option"),
      (["--merge", "x", "--sampling", "sobol"], "no option"), ([], "<scenario>"),
    ] {
      let run = try CommandLineTool.run(["simulate"] + arguments)
      #expect(run.code == 64 && run.errors.contains(word), "\(arguments): \(run.errors)")
    }
  }

  @Test func aResultIsWholeOrNotThere() throws {
    let run = try CommandLineTool.run(
      ["simulate"] + Self.questions[0] + ["--shard", "1/2", "--output", "/nowhere/x.json"])
    #expect(run.code == 73 && run.errors.contains("/nowhere/x.json"))
  }
}
