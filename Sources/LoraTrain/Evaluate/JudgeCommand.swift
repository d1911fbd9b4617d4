import ArgumentParser
import Foundation
import Scenarios
import Transport
import Validation

/// Has a model judge all pairs of answers. It runs here, never on a pod: no key leaves this machine but to the endpoint.
struct JudgeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "judge",
    abstract:
      "Has a model behind an OpenAI-compatible endpoint score both answers, in both orders; goes on where it stopped.",
    discussion: """
      EXAMPLE
        OPENAI_API_KEY=… lora-train evaluate judge emotional-intelligence --answers a.jsonl --verdicts v.jsonl \\
          --endpoint https://api.openai.com/v1 --model gpt-4.1-2025-04-14
      """)

  @OptionGroup var answers: AnswerOptions
  @Option(help: ArgumentHelp("Where verdicts are kept; those it holds are not asked for again.", valueName: "file"))
  var verdicts: String
  @Option(help: ArgumentHelp("The endpoint, up to what stands before /chat/completions.", valueName: "url"))
  var endpoint: String
  @Option(help: "The judging model's name there; name a dated version, so that verdicts can be compared.") var model:
    String
  @Option(help: ArgumentHelp("The environment variable that holds the key.", valueName: "name")) var keyVariable =
    "OPENAI_API_KEY"
  @Option(help: "Verdicts on each pair in each order.") var repeats = 2
  @Option(help: "Questions that are out at once.") var atOnce = 4
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...20).contains(repeats) else { throw ValidationError("--repeats takes 1 to 20") }
    guard (1...32).contains(atOnce) else { throw ValidationError("--at-once takes 1 to 32") }
  }

  func run() async throws {
    let (suite, file) = try answers.readOpen()
    let judge = ModelJudge(model: model, suite: suite)
    var kept = try VerdictStore.read(verdicts, suite, prompt: judge.instructions)
    let before = kept.verdicts
    let endpoint = try JudgeEndpoint(address: endpoint, keyVariable: keyVariable, connections: atOnce)
    var sinceSaved = 0
    do {
      let send: Judging.Send = { try await endpoint.send(try judge.body($0)) }
      try await Judging(judge, atOnce: atOnce).run(file, repeats: repeats, done: before, send: send) { verdict in
        kept.verdicts.append(verdict)
        sinceSaved += 1
        // What was paid for is kept.
        if sinceSaved == 20 {
          try OutputFile.write(try kept.text(), to: verdicts)
          sinceSaved = 0
        }
      }
    } catch {
      try OutputFile.write(try kept.text(), to: verdicts)
      throw error
    }
    try OutputFile.write(try kept.text(), to: verdicts)
    let added = kept.verdicts.count - before.count
    let unreadable = kept.verdicts.suffix(added).count { $0.scores == nil }
    if output.json {
      output.emit(
        .object([
          ("judge", .string(judge.name)), ("added", .integer(added)), ("unreadable", .integer(unreadable)),
          ("verdicts", .integer(kept.verdicts.count)),
        ]))
    } else {
      print(
        "\(added) verdicts by \(judge.name)\(unreadable > 0 ? ", \(unreadable) of which could not be read" : ""); \(verdicts) holds \(kept.verdicts.count)"
      )
    }
  }
}

/// An OpenAI-compatible endpoint over libcurl. Its key is read from the environment and goes into one header.
struct JudgeEndpoint: Sendable {
  private let address: String
  private let headers: [(String, String)]
  private let http: HTTPClient
  private static let tries = 6

  init(address: String, keyVariable: String, connections: Int) throws {
    guard address.hasPrefix("http://") || address.hasPrefix("https://") else {
      throw ValidationError("--endpoint takes an address such as https://api.openai.com/v1")
    }
    self.address = (address.hasSuffix("/") ? String(address.dropLast()) : address) + "/chat/completions"
    var headers = [("Content-Type", "application/json")]
    if let key = ProcessInfo.processInfo.environment[keyVariable], !key.isEmpty {
      headers.append(("Authorization", "Bearer \(key)"))
    } else if !["://127.0.0.1", "://localhost", "://[::1]"].contains(where: address.contains) {
      throw InputError(
        .badConfiguration, "the environment variable \(keyVariable) is not set",
        hint: "it holds the endpoint's key; --key-variable names another")
    }
    self.headers = headers
    http = HTTPClient(connections: connections)
  }

  /// What the judge said. 429 and 5xx are tried again, after what Retry-After says or a pause that doubles.
  ///
  /// - Throws: `InputError`; it holds neither key nor question.
  func send(_ body: Data) async throws -> String {
    var pause = 1.0
    for attempt in 1... {
      var failure: String
      var wait = pause
      do {
        let answer = try await http.send(
          HTTPClient.Call("POST", address, headers: headers, body: body, deadline: .seconds(180)))
        if answer.status == 200 {
          guard let text = ModelJudge.content(answer.body) else {
            throw InputError(.unavailable, "the judge's endpoint answered something else than a chat completion")
          }
          return text
        }
        failure = "the judge's endpoint answered \(answer.status)"
        guard answer.status == 429 || answer.status >= 500 else {
          throw InputError(
            answer.status == 401 || answer.status == 403 ? .badConfiguration : .unavailable, failure,
            hint: "check --endpoint, --model and the key")
        }
        wait =
          answer.headers["retry-after"].flatMap(Double.init).flatMap { $0.isFinite ? min(max($0, 0), 120) : nil }
          ?? pause
      } catch let error as HTTPClient.Failure {
        failure = "the judge's endpoint cannot be reached: \(error)"
      }
      guard attempt < Self.tries else {
        throw InputError(.tryAgainLater, failure, hint: "what was judged is kept; the same command goes on from there")
      }
      try await Task.sleep(for: .seconds(wait))
      pause = min(pause * 2, 60)
    }
    throw CancellationError()
  }
}
