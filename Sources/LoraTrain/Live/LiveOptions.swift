import ArgumentParser
import Foundation
import Scenarios
import Web

/// What every command takes that asks a served store: which one, and how the answer is to look.
struct LiveOptions: ParsableArguments {
  @OptionGroup var store: StoreOptions
  @OptionGroup var output: OutputOptions

  /// - Throws: `InputError` where the store is not served.
  var client: LiveClient { get throws { try LiveClient(store) } }

  var json: Bool { output.json }

  /// The server's own document, with its names and units: what `/api/v1` answers is what `--json` prints.
  func emit(_ document: some Encodable) throws { try output.emit(document) }

  /// The one way to answer: the document, or what people read of it.
  func answer(_ document: some Encodable, _ text: @autoclosure () throws -> String) throws {
    try output.answer(document, text())
  }
}

/// A manager's word on a numbered question: a preset's proposal, a request for a higher limit.
struct DecisionOptions: ParsableArguments {
  @Argument(help: "Its number.") var number: UInt32
  @Option(help: "Why: whoever asked reads it, and it goes to the audit log.") var remark: String?
  @OptionGroup var live: LiveOptions

  /// - Parameters:
  ///   - word: what is decided, as the address has it.
  ///   - questions: where such questions are, below `/api/v1/`.
  func say<Document: Codable>(
    _ word: String, to questions: String, _ text: (Document) -> String
  ) async throws {
    let decided: Document = try await live.client.send(
      "POST", "/api/v1/\(questions)/\(number)/\(word)", Reason(justification: remark))
    try live.answer(decided, text(decided))
  }
}
