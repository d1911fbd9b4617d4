import ArgumentParser
import Foundation
import Journal
import Live
import Scenarios
import Web

/// What jobs hand over: adapters, deployment packages, metrics.
struct ArtifactCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "artifact",
    abstract: "Shows, hands out and deletes what finished jobs left: adapters, packages, metrics.",
    discussion: """
      EXAMPLES
        lora-train artifact list
        lora-train artifact download job-7 adapters
        lora-train artifact link job-7 deployment_package
      """,
    subcommands: [
      List.self, Show.self, ArtifactLinkCommand.self, ArtifactDownload.self, ArtifactDelete.self, Storage.self,
      ArtifactPut.self,
    ], defaultSubcommand: List.self)

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Lists what there is, by job.", discussion: "EXAMPLE\n  lora-train artifact list")
    @OptionGroup var live: LiveOptions
    func run() async throws {
      let list: ArtifactList = try await live.client.get("/api/v1/artifacts")
      try live.answer(list, ArtifactCommand.table(list))
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Shows what one job left: where it is kept, sizes, times, downloads.",
      discussion: "EXAMPLE\n  lora-train artifact show job-7")
    @OptionGroup var target: JobTarget
    func run() async throws {
      let list: ArtifactList = try await target.live.client.get("/api/v1/jobs/\(target.path)/artifacts")
      if target.live.json { return try target.live.emit(list) }
      print(ArtifactCommand.table(list))
      for artifact in list.artifacts where artifact.deleted_at == nil {
        print("\n\(artifact.kind): \(artifact.storage)/\(artifact.key)\n  SHA-256 \(artifact.sha256)")
        print(
          "  kept since \(artifact.made_at)"
            + (artifact.downloaded_at.map { ", last downloaded \($0)" } ?? ", never downloaded"))
      }
    }
  }

  struct Storage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "storage", abstract: "Says how much is kept, and what that costs.",
      discussion: "EXAMPLE\n  lora-train artifact storage")
    @OptionGroup var live: LiveOptions
    func run() async throws {
      let storage: StorageDocument = try await live.client.get("/api/v1/storage")
      if live.json { return try live.emit(storage) }
      print("Total storage used: \(ArtifactCommand.size(storage.bytes)) in \(storage.storage)")
      print("Number of stored models: \(storage.models)")
      if let mean = storage.mean_model_bytes { print("Average model size: \(ArtifactCommand.size(mean))") }
      print(
        storage.cost_usd_per_month.map { "Storage cost estimate: \(Words.dollars($0)) a month" }
          ?? "Storage cost estimate: unknown (objects.price_per_gb_month in lora-train.yaml)")
      guard !storage.jobs.isEmpty else { return }
      var table = Table(header: ["job", "name", "downloads", "checkpoints"])
      table.left = [0, 1]
      table.rows = storage.jobs.map {
        [$0.job, $0.name ?? "", ArtifactCommand.size($0.artifact_bytes), ArtifactCommand.size($0.checkpoint_bytes)]
      }
      print("\n" + table.text)
    }
  }

  private static func table(_ list: ArtifactList) -> String {
    guard !list.artifacts.isEmpty else {
      return "Nothing yet: jobs that complete with a training file leave adapters, a package and metrics."
    }
    var table = Table(header: ["job", "kind", "file", "size", "downloads", "kept since (UTC)"])
    table.left = [0, 1, 2, 5]
    table.rows = list.artifacts.map {
      [
        $0.job, $0.kind, $0.name, size($0.bytes), "\($0.downloads)",
        $0.deleted_at.map { "deleted \($0)" } ?? $0.made_at,
      ]
    }
    return table.text
  }

  /// `412 MB`: powers of a thousand, as disks and bills count.
  static func size(_ bytes: Int64) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB"]
    var (value, unit) = (Double(bytes), 0)
    while value >= 999.5, unit < units.count - 1 { (value, unit) = (value / 1_000, unit + 1) }
    return String(format: unit == 0 || value >= 99.95 ? "%.0f" : "%.1f", value) + " " + units[unit]
  }
}

/// The kind of an artifact as it is written on the command line.
extension Catalogue.ArtifactKind: ExpressibleByArgument {}
