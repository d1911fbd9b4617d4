import ArgumentParser
import Foundation
import Journal
import Live
import Scenarios
import Transport
import Web

/// Brings the training files of a Supabase project into the store.
struct FileSyncCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sync", abstract: "Brings the training files of a Supabase project into the store.",
    discussion: """
      Reads the table over PostgREST and the files from the bucket, checks each as `file add` does, and keeps what is sound. Nothing is written \
      to Supabase; the same bytes are kept once, however often they are brought. The key is SUPABASE_KEY of the environment, or stands in a \
      file that its owner alone can read (--key-file). Ends with 1 where a file could not be taken.

      EXAMPLE
        SUPABASE_KEY=… lora-train file sync --url https://PROJECT.supabase.co --bucket training-files
      """)
  @Option(help: ArgumentHelp("The project's API address (SUPABASE_URL).", valueName: "url")) var url: String?
  @Option(help: ArgumentHelp("A file that holds the key alone.", valueName: "path")) var keyFile: String?
  @Option(help: "The table.") var table = "training_files"
  @Option(help: "The bucket that its files are in.") var bucket = "training-files"
  @Option(help: "The column that says where in the bucket; json_file_path, file_path, storage_path or path without it.")
  var pathColumn: String?
  @OptionGroup var live: LiveOptions

  struct Outcome: Codable, Equatable {
    var id, name: String
    /// `added`, `present` or `refused`.
    var state: String
    /// The file's id in the store.
    var file: String?
    var problem: String?
  }
  private struct Document: Codable { var files: [Outcome] }

  func run() async throws {
    let environment = ProcessInfo.processInfo.environment
    guard let address = url ?? environment["SUPABASE_URL"], !address.isEmpty else {
      throw InputError(.badConfiguration, "which Supabase project?", hint: "--url https://PROJECT.supabase.co")
    }
    guard KeptAddress.isKept(address) else {
      throw InputError(
        .badConfiguration, "the key would go out in the clear", hint: "an address that begins with https://")
    }
    let http = HTTPClient(connections: 1)
    let files = SupabaseFiles(
      address: address, key: try key(environment), table: table, bucket: bucket, pathColumn: pathColumn,
      call: { try await http.send($0) })
    let client = try live.client
    let known: FileList = try await client.get("/api/v1/files")
    let outcomes = try await FileSyncCommand.sync(files, known: Set(known.files.map(\.id))) { name, path in
      try await client.upload("/api/v1/files?name=\(LiveClient.escaped(name))", path)
    }
    if live.json {
      try live.emit(Document(files: outcomes))
    } else {
      for one in outcomes {
        print(
          "\(one.name): "
            + (one.problem
              ?? (one.state == "added" ? "added as \(one.file ?? "")" : "is there already (\(one.file ?? ""))")))
      }
      let added = outcomes.count { $0.state == "added" }
      let refused = outcomes.count { $0.state == "refused" }
      print("\(outcomes.count) in Supabase, \(added) added, \(refused) refused.")
    }
    if outcomes.contains(where: { $0.state == "refused" }) { throw ExitCode(1) }
  }

  /// Each row in its turn; what one is refused for keeps no other from being taken.
  ///
  /// - Parameters:
  ///   - known: ids of the files that the store has.
  ///   - upload: checks a file and keeps it under a name.
  static func sync(
    _ files: SupabaseFiles, known: Set<String>,
    upload: (_ name: String, _ path: String) async throws -> Catalogue.FileRecord
  ) async throws -> [Outcome] {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("lora-sync-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(at: folder) }
    var known = known
    var outcomes: [Outcome] = []
    for row in try await files.rows() {
      var outcome = Outcome(id: row.id, name: row.name, state: "refused")
      do {
        guard let place = row.path else {
          throw InputError(
            .badData, "its row names no file", hint: "--path-column names the column that says where it is")
        }
        let path = folder.appendingPathComponent("file").path
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
          throw InputError(.cannotCreate, file: path, "cannot be written", hint: "has the disk room?")
        }
        try await files.download(place, to: path)
        let name = row.name.replacing("/", with: "-").prefix(200)
        let kept = try await upload(name.isEmpty ? row.id : String(name), path)
        (outcome.state, outcome.file) = (known.insert(kept.id).inserted ? "added" : "present", kept.id)
      } catch let error as InputError where error.kind == .badData || error.kind == .noInput {
        outcome.problem = error.problem + (error.hint.map { "; \($0)" } ?? "")
      }
      outcomes.append(outcome)
    }
    return outcomes
  }

  private func key(_ environment: [String: String]) throws -> String {
    if let keyFile {
      let text = String(decoding: try SecretFile.read(keyFile), as: UTF8.self).trimmingCharacters(
        in: .whitespacesAndNewlines)
      guard !text.isEmpty else { throw InputError(.badConfiguration, file: keyFile, "holds no key") }
      return text
    }
    guard let key = environment["SUPABASE_KEY"], !key.isEmpty else {
      throw InputError(
        .badConfiguration, "there is no key for Supabase", hint: "set SUPABASE_KEY, or name a file: --key-file")
    }
    return key
  }
}
