import ArgumentParser
import Foundation
import Scenarios
import Validation

/// Validation from the command line: suites, judging, results.
struct EvaluateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Is the trained model better than its base? Suites, judging, results, and whether it may be delivered.",
    discussion: """
      A job that is created with --suite has its pod answer it after training: questions are scored at once, free answers wait for raters.
      For a job that has completed, run rents a pod to do so.

      EXAMPLE
        lora-train job create --training-file data.json --suite financial-knowledge --suite emotional-intelligence
        lora-train evaluate status job-1
        lora-train evaluate run job-1 --suite elena-morales-voice
        lora-train evaluate answers job-1 emotional-intelligence > answers.jsonl
        lora-train evaluate judge emotional-intelligence --answers answers.jsonl --verdicts v.jsonl --endpoint URL --model NAME
      """,
    subcommands: [
      Suites.self, Check.self, Export.self, JudgeCommand.self, Sheet.self, Take.self, ScoreCommand.self, Show.self,
      RunCommand.self, SubmitCommand.self, StatusCommand.self, DeliverCommand.self, RatersCommand.self,
      UploadCommand.self,
      WithdrawCommand.self,
      AnswersCommand.self,
    ], defaultSubcommand: Suites.self)

  /// What score wrote.
  static func document(_ path: String) throws -> ValidationDocument {
    do {
      return try JSONDecoder().decode(
        ValidationDocument.self, from: try TextFile.bytes(path: path, limit: 64_000_000))
    } catch let error as InputError {
      throw error
    } catch {
      throw InputError(.badData, file: path, "is not what evaluate score --output wrote")
    }
  }

  struct Suites: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "suites", abstract: "Lists the suites that come with the program.",
      discussion: "EXAMPLE\n  lora-train evaluate suites")
    @OptionGroup var output: OutputOptions
    func run() async throws {
      let suites = try ShippedSuites.names.compactMap { try ShippedSuites.read($0) }
      if output.json { return output.emit(.array(suites.map(SuiteText.json))) }
      var table = Table(header: ["suite", "kind", "items", "scales", "year", "version", "title"])
      table.left = [0, 1, 5, 6]
      table.rows = suites.map {
        [
          $0.name, $0.kind.rawValue, "\($0.items.count)", $0.rubric.isEmpty ? Words.nothing : "\($0.rubric.count)",
          "\($0.year)", $0.digest, $0.title,
        ]
      }
      print(table.text)
    }
  }

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract: "Checks a suite (YAML, JSON, or a CSV of questions); names line and field of what is wrong.",
      discussion: "EXAMPLE\n  lora-train evaluate check our-questions.csv")
    @Argument(help: "The file, or a shipped suite's name.") var suite: String
    @OptionGroup var output: OutputOptions
    func run() async throws {
      let suite = try ShippedSuites.find(suite)
      output.json ? output.emit(SuiteText.json(suite)) : print(SuiteText.text(suite))
    }
  }

  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Writes a suite as the JSON that a pod's worker reads.",
      discussion: "EXAMPLE\n  lora-train evaluate export financial-knowledge > suite.json")
    @Argument(help: "The file, or a shipped suite's name.") var suite: String
    @Flag(help: "It is JSON in any case.") var json = false
    func run() async throws {
      let suite = try ShippedSuites.find(suite)
      StandardOutput.write(
        "{\"digest\":\"\(suite.digest)\",\"suite\":\(String(decoding: try suite.json(), as: UTF8.self))}\n")
    }
  }

  struct Sheet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "sheet", abstract: "Makes a rater's sheet: both answers blind, in random order, as CSV to fill in.",
      discussion:
        "EXAMPLE\n  lora-train evaluate sheet emotional-intelligence --answers a.jsonl --rater anna > anna.csv")
    @OptionGroup var answers: AnswerOptions
    @Option(help: "Who scores; the order of items and answers follows from it.") var rater: String
    @OptionGroup var output: OutputOptions
    func run() async throws {
      let (suite, file) = try answers.readOpen()
      let sheet = BlindSheet(file, suite: suite, rater: rater)
      guard output.json else { return StandardOutput.write(sheet.csv) }
      let pairs = sheet.pairs.map { pair in
        JSON.object([
          ("number", .integer(pair.number)), ("prompt", .string(pair.pair.item.prompt)),
          ("answers", .array(pair.answers.map { .string($0) })),
        ])
      }
      output.emit(
        .object([
          ("suite", .string(suite.name)), ("digest", .string(suite.digest)), ("rater", .string(rater)),
          ("pairs", .array(pairs)),
        ]))
    }
  }

  struct Take: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "take", abstract: "Takes a filled sheet in, and adds its verdicts to a file.",
      discussion:
        "EXAMPLE\n  lora-train evaluate take emotional-intelligence anna.csv --answers a.jsonl --rater anna --verdicts v.jsonl"
    )
    @OptionGroup var answers: AnswerOptions
    @Argument(help: "The sheet.") var sheet: String
    @Option(help: "Who scored.") var rater: String
    @Option(help: ArgumentHelp("Where verdicts are kept; it may hold others.", valueName: "file")) var verdicts: String
    @OptionGroup var output: OutputOptions
    func run() async throws {
      let (suite, file) = try answers.readOpen()
      let own = try BlindSheet(file, suite: suite, rater: rater)
        .verdicts(ofSheet: try TextFile.bytes(path: sheet, limit: 64_000_000), file: sheet)
      var kept = try VerdictStore.read(verdicts, suite)
      // A sheet that comes again replaces what it said before.
      kept.verdicts.removeAll { verdict in
        own.contains { ($0.judge, $0.item, $0.draw) == (verdict.judge, verdict.item, verdict.draw) }
      }
      kept.verdicts += own
      try OutputFile.write(try kept.text(), to: verdicts)
      output.answer(
        .object([
          ("rater", .string(rater)), ("added", .integer(own.count)), ("verdicts", .integer(kept.verdicts.count)),
        ]), "\(own.count) verdicts by \(rater); \(verdicts) holds \(kept.verdicts.count)")
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Shows what score found, and whether the model may be delivered.",
      discussion: "EXAMPLE\n  lora-train evaluate show perplexity.json ei.json knowledge.json")
    @Argument(help: "What score --output wrote.") var documents: [String]
    @OptionGroup var output: OutputOptions
    func run() async throws {
      let read = try documents.map(EvaluateCommand.document)
      let gate = DeliveryGate.all(read.map(\.gate))
      if output.json {
        struct All: Encodable {
          var gate: DeliveryGate
          var documents: [ValidationDocument]
        }
        try output.emit(All(gate: gate, documents: read))
      } else {
        print((read.map(ValidationText.text) + [ValidationText.gate(gate)]).joined(separator: "\n\n"))
      }
    }
  }
}

/// A suite and the answers to it.
struct AnswerOptions: ParsableArguments {
  @Argument(help: "The suite: a file, or a shipped suite's name.") var suite: String
  @Option(help: ArgumentHelp("What the pod wrote: store/JOB/answers/SUITE.jsonl.", valueName: "file")) var answers:
    String

  func read() throws -> (Suite, AnswerFile) {
    let suite = try ShippedSuites.find(suite)
    return (suite, try AnswerFile.read(path: answers, suite: suite))
  }

  /// For what is judged: of questions there is nothing to judge.
  func readOpen() throws -> (Suite, AnswerFile) {
    let (suite, file) = try read()
    guard suite.kind != .questions else {
      throw ValidationError(
        "\(suite.name) holds questions with one right answer each: there is nothing to judge; evaluate score it")
    }
    return (suite, file)
  }
}

/// Verdicts in a file, or none yet.
enum VerdictStore {
  static func read(_ path: String, _ suite: Suite, prompt: String? = nil) throws -> VerdictFile {
    guard FileManager.default.fileExists(atPath: path) else {
      return VerdictFile(header: .init(suite: suite, prompt: prompt), verdicts: [])
    }
    return try VerdictFile.read(path: path, suite: suite)
  }
}
