import ArgumentParser
import Foundation
import Journal
import Live
import Scenarios
import Web

/// Downloads one of a job's files, or its metrics as they are now.
struct ArtifactDownload: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "download",
    abstract: "Downloads adapters, a deployment package, an evaluation or metrics, and checks them.",
    discussion: """
      Metrics are those of now, of a job that still trains, too.

      EXAMPLE
        lora-train artifact download job-7 adapters
      """)
  @Argument(help: "The job.") var job: String
  @Argument(help: "Which of them.") var kind = Catalogue.ArtifactKind.adapters
  @Option(
    name: .shortAndLong, help: ArgumentHelp("The file; its own name, in this folder, without it.", valueName: "file"))
  var file: String?
  @OptionGroup var live: LiveOptions

  func run() async throws {
    let client = try live.client
    let path = "/api/v1/jobs/\(LiveClient.escaped(job))"
    let list: ArtifactList = try await client.get("\(path)/artifacts")
    let known = list.artifacts.first { $0.kind == kind.rawValue && $0.deleted_at == nil }
    let address =
      switch kind {
      case .metricsCSV: "\(path)/metrics.csv"
      case .metricsJSON: "\(path)/metrics.json"
      default: "\(path)/artifacts/\(kind.rawValue)"
      }
    let folder = file.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path } ?? "."
    let part = folder + "/.lora-train-\(SecretFile.random(8).hex).part"
    defer { unlink(part) }
    let progress = Task { await Self.show(part, of: known?.bytes) }
    let called: String?
    do {
      called = try await client.download(address, into: part)
      progress.cancel()
      await progress.value
    } catch {
      progress.cancel()
      throw error
    }
    let isExport = kind == .metricsCSV || kind == .metricsJSON
    let digest = try FileDigest.of(part)
    if !isExport, let known, known.sha256 != digest.sha256 {
      throw InputError(.badData, file: known.name, "arrived damaged: its SHA-256 differs", hint: "download it again")
    }
    let plain = called.map { $0.replacingOccurrences(of: "/", with: "-") } ?? "\(job)-\(kind.rawValue)"
    let target = file ?? plain
    guard rename(part, target) == 0 else {
      throw InputError(.cannotCreate, file: target, "cannot be written: \(String(cString: strerror(errno)))")
    }
    struct Answer: Encodable {
      var file: String
      var bytes: Int64
      var sha256: String
    }
    if live.json {
      return try live.emit(Answer(file: target, bytes: digest.bytes, sha256: digest.sha256))
    }
    print("\(target): \(ArtifactCommand.size(digest.bytes)), SHA-256 \(digest.sha256)")
    switch kind {
    case .adapters: print("Adapters downloaded. See README.txt for integration instructions.")
    case .deploymentPackage: print("Deployment package downloaded. See README.md for setup instructions.")
    default: break
    }
  }

  /// How far it is, on a terminal.
  private static func show(_ part: String, of bytes: Int64?) async {
    guard isatty(STDERR_FILENO) == 1, let bytes, bytes > 0 else { return }
    while !Task.isCancelled {
      var status = stat()
      let have = stat(part, &status) == 0 ? Int64(status.st_size) : 0
      StandardError.write(
        "\r\(ArtifactCommand.size(have)) of \(ArtifactCommand.size(bytes)) (\(100 * have / bytes) %)  ")
      try? await Task.sleep(for: .milliseconds(200))
    }
    StandardError.write("\r\u{1B}[K")
  }
}

/// A link for somebody who has no token.
struct ArtifactLinkCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "link",
    abstract:
      "Makes a link from which anybody can download for 24 hours, a deployment package for 48; again for a new one.",
    discussion: "EXAMPLE\n  lora-train artifact link job-7 deployment_package")
  @OptionGroup var target: JobTarget
  @Argument(help: "Which of its files.") var kind = Catalogue.ArtifactKind.adapters

  func run() async throws {
    let link: ArtifactLink = try await target.live.client.post(
      "/api/v1/jobs/\(target.path)/artifacts/\(kind.rawValue)/link")
    try target.live.answer(link, "\(link.url)\nValid for \(link.valid_hours) hours, until \(link.expires_at).")
  }
}

/// Deletes, for good.
struct ArtifactDelete: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Deletes what jobs left, for good; it stands in the audit log.",
    discussion: """
      EXAMPLES
        lora-train artifact delete job-7 --kind adapters
        lora-train artifact delete job-3 job-4 job-5 --checkpoints --yes
      """)
  @Argument(help: "The jobs.") var jobs: [String]
  @Option(name: .customLong("kind"), help: "Only these; everything that can be downloaded without it.") var kinds:
    [Catalogue.ArtifactKind] = []
  @Flag(help: "The checkpoints, and nothing else.") var checkpoints = false
  @Option(help: "Why; for the audit log.") var justification: String?
  @Flag(help: "Do not ask.") var yes = false
  @OptionGroup var live: LiveOptions

  func validate() throws {
    if checkpoints, !kinds.isEmpty {
      throw ValidationError("--checkpoints are no --kind: delete them one after the other")
    }
  }

  func run() async throws {
    let client = try live.client
    var chosen: [(path: String, text: String)] = []
    for job in jobs {
      let path = "/api/v1/jobs/\(LiveClient.escaped(job))/artifacts"
      let list: ArtifactList = try await client.get(path)
      if checkpoints {
        chosen.append(("\(path)/checkpoints", "the checkpoints of \(job)"))
        continue
      }
      let there = list.artifacts.filter { artifact in
        artifact.deleted_at == nil && (kinds.isEmpty || kinds.contains { $0.rawValue == artifact.kind })
      }
      chosen += there.map { ("\(path)/\($0.kind)", "\($0.job) \($0.name), \(ArtifactCommand.size($0.bytes))") }
    }
    guard !chosen.isEmpty else {
      throw InputError(.noInput, "there is nothing to delete", hint: "lora-train artifact list")
    }
    if !yes {
      try Terminal.agrees(
        to: "Delete this for good?", of: chosen.map { "  \($0.text)" }.joined(separator: "\n"),
        without: "add --yes", else: "Nothing was deleted.")
    }
    for one in chosen {
      let _: ArtifactList = try await client.send(
        "DELETE", one.path, Deletion(confirm: true, justification: justification))
      if !live.json { print("Deleted \(one.text)") }
    }
    if live.json { try live.emit(chosen.map(\.text)) }
  }
}

/// Works without `serve`: it is how what was made elsewhere, or before there was an S3, comes into the object store.
struct ArtifactPut: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "put",
    abstract: "Puts a file into the object store of the configuration; an interrupted upload goes on where it ended.",
    discussion: "EXAMPLE\n  lora-train artifact put adapters.zip job-7/adapters/adapters.zip")
  @Argument(help: "The file.") var file: String
  @Argument(help: "Its name in the object store.") var key: String
  @OptionGroup var live: LiveOptions
  @OptionGroup var options: ConfigurationOptions

  func run() async throws {
    let stores = try options.read().objectStores(beside: live.store.path)
    let info = try await stores.holding(key).put(file, as: key)
    try live.answer(info, "\(info.key): \(ArtifactCommand.size(info.bytes)), SHA-256 \(info.sha256 ?? "unknown")")
  }
}
