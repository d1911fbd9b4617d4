import ArgumentParser
import Calibration
import DiscreteEvent
import Engine
import Foundation
import Planning
import Scenarios
import Simulator

struct SimulateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "What happens in this world, over N replications.",
    discussion: """
      EXAMPLE
        lora-train simulate scenarios/three-spot-slots.yaml

      On several machines, with the very answer of one run:
        lora-train simulate scenarios/mm3.yaml --shard 1/2 --output mm3-1-of-2.json
        lora-train simulate scenarios/mm3.yaml --shard 2/2 --output mm3-2-of-2.json
        lora-train simulate --merge mm3-*.json
      On a Slurm cluster, from a folder that all nodes see:
        lora-train simulate scenarios/mm3.yaml --engine slurm --shards 20
      """)

  @Argument(help: "The scenario file (YAML, version 1).")
  var scenario: String?

  @Option(help: "Seed of the random streams; the file's own without it.")
  var seed: UInt64?

  @Option(help: ArgumentHelp("How many futures to simulate; the file's own number without it.", valueName: "n"))
  var replications: Int?

  @OptionGroup var execution: ExecutionOptions

  @Option(help: ArgumentHelp("Write the events of the first replication.", valueName: "file.jsonl"))
  var trace: String?

  @Option(help: ArgumentHelp("Write the first replication as a journal, for replay.", valueName: "file"))
  var journal: String?

  @Option(help: ArgumentHelp("Write one row for each simulated job.", valueName: "file.csv"))
  var jobsCSV: String?

  @Option(help: ArgumentHelp("Run the i-th of n parts alone, and write its result.", valueName: "i/n"))
  var shard: String?

  @Option(
    name: .customLong("output"),
    help: ArgumentHelp("Where --shard writes; standard output without it.", valueName: "file.json"))
  var resultFile: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Answer from the results of all shards, as one run would.", valueName: "file.json"))
  var merge: [String] = []

  /// Where replications are run.
  enum Engine: String, ExpressibleByArgument, CaseIterable { case local, slurm }

  @Option(help: "Where to run: on this machine, or as a Slurm job array.")
  var engine = Engine.local

  @Option(help: ArgumentHelp("Tasks of the Slurm job array, one processor each; 8 without it.", valueName: "n"))
  var shards: Int?

  @OptionGroup var model: ScenarioModelOptions
  @OptionGroup var precision: PrecisionOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    try ReplicationsArgument.validate(replications)
    try validateShards()
  }

  private func validateShards() throws {
    if !merge.isEmpty {
      let others: [Any?] = [
        scenario, seed, replications, trace, journal, jobsCSV, shard, resultFile, shards, precision.precision,
        model.history, model.asOf,
      ]
      guard others.allSatisfy({ $0 == nil }), engine == .local, execution.sampling == .random else {
        throw ValidationError("--merge answers from the shards' results alone: no scenario and no option but --json")
      }
      return
    }
    guard scenario != nil else { throw ValidationError("Missing expected argument '<scenario>'") }
    if engine == .local, shards != nil { throw ValidationError("--shards is for --engine slurm: give both") }
    if let shards, ShardPart(index: 1, of: shards) == nil {
      throw ValidationError("--shards takes a number between 1 and \(ShardPart.most)")
    }
    if shard == nil, resultFile != nil {
      throw ValidationError("--output is where --shard i/n writes: give --shard too")
    }
    guard shard != nil || engine == .slurm else { return }
    guard shard == nil || engine == .local else {
      throw ValidationError("--shard runs one part here, --engine slurm runs them all there: give one of them")
    }
    if let shard, ShardPart(shard) == nil {
      throw ValidationError(
        "--shard takes i/n, the i-th of n parts, such as 1/3, 2/3 or 3/3 (n at most \(ShardPart.most)), not '\(shard)'")
    }
    guard precision.precision == nil else {
      throw ValidationError("shards need to know how many replications there are: --replications, not --precision")
    }
    guard trace == nil, jobsCSV == nil, journal == nil else {
      throw ValidationError("--trace, --journal and --jobs-csv are written by one run, not by a shard")
    }
  }

  func run() async throws {
    guard merge.isEmpty else { return try answerFromShards() }
    guard let path = scenario else { throw CleanExit.helpRequest(self) }
    if engine == .slurm { return try answerFromSlurm(path) }
    let (scenario, source) = try model.read(path, sampling: execution.sampling)
    var request = Simulation.Request(
      seed: seed, replications: replications, threads: execution.threads, keepsJobs: jobsCSV != nil || journal != nil,
      traces: trace != nil || journal != nil)
    if let part = shard.flatMap(ShardPart.init) {
      let result = try await SimulationShard.run(
        scenario, source: source, part: part, request: request, sampling: execution.sampling, model: model.arguments)
      return try ShardFile.write(result, to: resultFile)
    }
    let clock = ContinuousClock()
    let began = clock.now
    request.precision = try precision.precision(cap: replications)
    let answer = try await Simulation.run(scenario, source: source, request: request)
    let elapsed = clock.now - began
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    answer.precision?.sayIfMissed()
    if let trace { try OutputFile.write(answer.traceText, to: trace) }
    if let journal {
      let experiment = try Simulation.experiment(scenario, source: source, request: request)
      try Interrupt.deferred {
        try SimulationJournal.write(answer, of: experiment, scenario: scenario, to: journal)
      }
    }
    if let jobsCSV { try OutputFile.write(answer.jobsText, to: jobsCSV) }
    show(answer, seconds: seconds)
  }

  private func answerFromShards() throws {
    show(try ShardSet(try merge.map { ($0, try ShardFile.read($0)) }).simulation(), seconds: nil)
  }

  private func answerFromSlurm(_ path: String) throws {
    _ = try ScenarioReader.read(path: path)
    var arguments = [path] + model.arguments
    if let seed { arguments += ["--seed", "\(seed)"] }
    if let replications { arguments += ["--replications", "\(replications)"] }
    if execution.sampling != .random { arguments += ["--sampling", execution.sampling.rawValue] }
    show(try ShardSet(try SlurmEngine(arguments: arguments, shards: shards ?? 8).run()).simulation(), seconds: nil)
  }

  private func show(_ answer: Simulation, seconds: Double?) {
    if output.json {
      output.emit(SimulationText.document(answer, seconds: seconds))
    } else {
      print(SimulationText.text(answer))
    }
  }
}
