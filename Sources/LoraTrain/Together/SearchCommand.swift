import ArgumentParser
import Foundation
import Journal
import Web

/// Full text of the live system.
struct SearchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Finds jobs with their notes, training files, templates and knowledge by words or their beginnings.",
    discussion: "EXAMPLE\n  lora-train search retirement planning\n  lora-train search emotional --kind knowledge")
  @Argument(help: "Words.") var words: [String]
  @Option(help: "Only these: job, file, template or knowledge.") var kind: String?
  @Option(help: "How many.") var limit = 50
  @OptionGroup var live: LiveOptions

  func validate() throws {
    guard kind.map({ Catalogue.FindKind(rawValue: $0) != nil }) ?? true else {
      throw ValidationError("the kind is job, file, template or knowledge")
    }
  }

  func run() async throws {
    let text = LiveClient.escaped(words.joined(separator: " "))
    let list: SearchList = try await live.client.get(
      "/api/v1/search?q=\(text)&limit=\(limit)" + (kind.map { "&kind=\($0)" } ?? ""))
    if live.json { return try live.emit(list) }
    guard !list.results.isEmpty else { return print("Nothing was found.") }
    if !list.have_all_words { print("Nothing has all of these words; this has some of them.") }
    for found in list.results {
      print(
        "\(found.kind.rawValue) \(found.id): \(PlainText.line(found.title))" + (found.status.map { " (\($0))" } ?? ""))
      let snippet = found.snippet.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      if snippet.replacing("**", with: "") != found.title { print("  \(snippet)") }
    }
    if list.total > list.results.count { print("\(list.total) in all: --limit") }
  }
}
