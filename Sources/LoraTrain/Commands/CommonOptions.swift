import ArgumentParser
import Calibration
import DiscreteEvent
// The C library keeps its streams in variables: stdout is one.
@preconcurrency import Foundation
import Journal
import Planning
import Scenarios

/// Output of every command.
struct OutputOptions: ParsableArguments {
  @Flag(help: "One JSON document with stable keys, SI seconds and US dollars.")
  var json = false

  func emit(_ document: JSON) {
    StandardOutput.write(document.text() + "\n")
  }

  /// A whole type, with sorted keys.
  func emit(_ document: some Encodable) throws {
    StandardOutput.write(try JSON.encoded(document) + "\n")
  }

  /// The one way to answer: the document, or what people read of it.
  func answer(_ document: some Encodable, _ text: @autoclosure () throws -> String) throws {
    if json { try emit(document) } else { print(try text()) }
  }

  /// The same for what this program alone knows: with its keys in order.
  func answer(_ document: @autoclosure () throws -> JSON, _ text: @autoclosure () throws -> String) rethrows {
    if json { emit(try document()) } else { print(try text()) }
  }
}

/// How an answer is worked out, whatever it is about.
struct ExecutionOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Threads; results never depend on it.", valueName: "n"))
  var threads: Int = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "How a model's possible truths are spread: random (a Latin hypercube) or sobol.")
  var sampling: ParameterSampling = .random

  func validate() throws {
    guard threads >= 1, threads <= 1024 else { throw ValidationError("--threads must be between 1 and 1024") }
  }
}

/// What every simulated answer takes.
struct SimulationOptions: ParsableArguments {
  @Option(help: "Seed of the random streams; the same seed gives the same digest.")
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("How many futures to simulate.", valueName: "n"))
  var replications: Int?

  @OptionGroup var execution: ExecutionOptions

  var threads: Int { execution.threads }
  var sampling: ParameterSampling { execution.sampling }

  func validate() throws { try ReplicationsArgument.validate(replications) }
}

extension ParameterSampling: ExpressibleByArgument {}

/// How many futures may be asked for.
enum ReplicationsArgument {
  static func validate(_ replications: Int?) throws {
    guard let replications else { return }
    guard replications >= 1 else { throw ValidationError("--replications must be at least 1") }
    guard replications <= Scenario.mostReplications else {
      throw ValidationError("--replications must be at most \(Words.group(Scenario.mostReplications))")
    }
  }
}

/// Where an answer's calibration comes from.
struct HistoryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A history database or a model.json; without it the live store, or the shipped priors where there is none.",
      valueName: "file"))
  var history: String?

  func validate() throws { try HistoryOptions.check(history) }

  /// A variable that was not set, as a rule: it is not meant to stand for the priors.
  static func check(_ history: String?) throws {
    if history?.isEmpty == true { throw ValidationError("--history is empty: name a file, or leave it out") }
  }

  /// What was named; else the live store, where one of real jobs is: what was only played is no history to plan by.
  var path: String? {
    if let history { return history }
    let store = StoreOptions.usual
    guard FileManager.default.fileExists(atPath: store), let (opening, _) = try? EventStore.opening(path: store),
      opening.origin == .real
    else { return nil }
    return store
  }

  @Option(help: ArgumentHelp("Use only what was known then: 2026-11-20, or 2026-11-20T03:30:00Z.", valueName: "time"))
  var asOf: String?

  var asOfInstant: Instant? {
    get throws { try asOf.map { try TimeArgument.instant($0, option: "--as-of") } }
  }
}

/// What a scenario's world is calibrated from, in place of the model that the file names.
struct ScenarioModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A history database or a model.json, in place of the model that the file names; what the file says overrides it.",
      valueName: "file"))
  var history: String?

  @Option(help: ArgumentHelp("Use only what was known then: 2026-11-20, or 2026-11-20T03:30:00Z.", valueName: "time"))
  var asOf: String?

  func validate() throws {
    try HistoryOptions.check(history)
    _ = try asOfInstant
  }

  private var asOfInstant: Instant? {
    get throws { try asOf.map { try TimeArgument.instant($0, option: "--as-of") } }
  }

  /// The scenario that is asked about, and its possible truths.
  func read(_ path: String, exact: Bool = false, sampling: ParameterSampling) throws -> (Scenario, ModelSource) {
    var scenario = try ScenarioReader.read(path: path)
    if let history { scenario.model = .file(history) }
    guard asOf == nil || scenario.model != .none else {
      throw ValidationError("--as-of is for a history: give --history, or a model in the scenario")
    }
    let source = try ModelLoader.source(for: scenario, asOf: asOfInstant, exact: exact, sampling: sampling)
    return (scenario, source)
  }

  /// The same for another process.
  var arguments: [String] {
    (history.map { ["--history", $0] } ?? []) + (asOf.map { ["--as-of", $0] } ?? [])
  }
}

/// Times on the command line.
enum TimeArgument {
  /// `2026-11-20` (its first instant) or a time of that day; UTC unless the text has another zone.
  static func instant(_ text: String, option: String) throws -> Instant {
    guard let instant = InstantText.instant(text) else {
      throw ValidationError("\(option) takes a time such as 2026-11-20 or 2026-11-20T03:30:00Z, not '\(text)'")
    }
    return instant
  }

  static func month(_ text: String, option: String) throws -> Scenario.Month {
    guard let month = Scenario.Month(text) else {
      throw ValidationError("\(option) takes a month such as 2026-12, not '\(text)'")
    }
    return month
  }
}

/// Writes whole files: under another name first, so that an interrupt leaves either the old one or the new one.
enum OutputFile {
  static func write(_ text: String, to path: String) throws {
    do {
      // A device or a pipe is written to as it is; only a regular file can be replaced.
      var status = stat()
      let isSpecial = stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
      try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: isSpecial ? [] : .atomic)
    } catch {
      let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
      let why =
        FileManager.default.fileExists(atPath: folder) ? error.localizedDescription : "there is no folder \(folder)"
      throw InputError(
        .cannotCreate, file: path, "cannot be written: \(why)",
        hint: "check that the folder exists, is writable and has room")
    }
  }
}

/// The answer itself: a full disk behind a redirection must not look like success.
enum StandardOutput {
  /// What programs read, byte for byte.
  static func write(_ text: String) { Swift.print(text, terminator: "") }

  static func finish() throws {
    guard fflush(nil) == 0, ferror(stdout) == 0 else {
      throw InputError(.cannotCreate, "the answer could not be written to standard output", hint: "is the disk full?")
    }
  }
}
