import ArgumentParser
import Foundation
import Journal
import Live
import Scenarios
import Web

/// What jobs hand over: adapters, deployment packages, metrics.
struct ArtifactCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "artifact", abstract: "Shows, hands out and deletes what finished jobs left: adapters, packages, metrics.",
    discussion: """
      EXAMPLES
        lora-train artifact list
        lora-train artifact download job-7 adapters
        lora-train artifact link job-7 deployment_package
      """,
    subcommands: [Put.self])

  /// Works without `serve`: it is how what was made elsewhere, or before there was an S3, comes into the object store.
  struct Put: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Puts a file into the object store of the configuration; an interrupted upload goes on where it ended.",
      discussion: "EXAMPLE\n  lora-train artifact put adapters.zip job-7/adapters/adapters.zip")
    @Argument(help: "The file.") var file: String
    @Argument(help: "Its name in the object store.") var key: String
    @OptionGroup var store: StoreOptions
    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions
    func run() async throws {
      let stores = try options.read().objectStores(beside: store.path)
      let info = try await stores.holding(key).put(file, as: key)
      print(
        output.json
          ? try JobText.json(info)
          : "\(info.key): \(Words.group(Int(info.bytes))) bytes, SHA-256 \(info.sha256 ?? "unknown")")
    }
  }
}
