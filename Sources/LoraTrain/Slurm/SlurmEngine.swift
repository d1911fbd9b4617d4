import Foundation
import Planning
import Scenarios

/// Runs a simulation's shards as a Slurm job array, and those that fail or get lost again.
///
/// Only a result that is whole counts: neither an exit code nor an accounting database is asked, and a task that was killed, a node
/// that went away and a file that was cut short are one and the same.
struct SlurmEngine {
  /// What each task runs, `--shard` and `--output` apart.
  var arguments: [String]
  var shards: Int

  /// How often a shard is run again.
  static let retries = 3

  /// The results of all shards.
  func run() throws -> [(file: String, shard: SimulationShard)] {
    let folder = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
      .appendingPathComponent("lora-train-slurm-\(UUID().uuidString.prefix(8))")
    let client = try SlurmClient(name: folder.lastPathComponent)
    let script = try prepare(folder)
    InterruptWatch.begin()
    defer { Interrupt.install() }
    do {
      let results = try collect(client, script, folder)
      remove(folder)
      return results
    } catch {
      // Nothing is left in the cluster's queue, whatever went wrong.
      try? client.cancel()
      // Slurm's programs die of the same interrupt, which is then no failure of theirs.
      guard error is CancellationError || InterruptWatch.happens(within: 0) else { throw error }
      remove(folder)
      throw CancellationError()
    }
  }

  /// A task that is about to start or end may write its log into the folder while it is being emptied: then once more.
  private func remove(_ folder: URL) {
    for _ in 0..<50 where FileManager.default.fileExists(atPath: folder.path) {
      if (try? FileManager.default.removeItem(at: folder)) == nil { Thread.sleep(forTimeInterval: 0.1) }
    }
  }

  private func collect(
    _ client: SlurmClient, _ script: URL, _ folder: URL
  ) throws -> [(file: String, shard: SimulationShard)] {
    var results: [Int: SimulationShard] = [:]
    for attempt in 0...SlurmEngine.retries {
      let due = (1...shards).filter { results[$0] == nil }
      if due.isEmpty { break }
      let number = try client.submit(due, script: script, folder: folder)
      let again = attempt == 0 ? "" : " again: no result yet of \(due.map(String.init).joined(separator: ", "))"
      Failure.say("note: Slurm job \(number), \(due.count) \(due.count == 1 ? "shard" : "shards")\(again)")
      var delay = 0.5
      while true {
        // Asked before the files are looked at: who has left the queue by then has written.
        let queued = try client.queued(number)
        for i in due where results[i] == nil { results[i] = result(i, folder) }
        let missing = due.filter { results[$0] == nil }
        if missing.isEmpty || queued.map({ $0.isDisjoint(with: missing) }) == true { break }
        if InterruptWatch.happens(within: delay) { throw CancellationError() }
        delay = min(15, delay * 1.5)
      }
    }
    let failed = (1...shards).filter { results[$0] == nil }
    guard failed.isEmpty else { throw gaveUp(failed, folder) }
    return (1...shards).compactMap { i in results[i].map { (file(i, folder).path, $0) } }
  }

  private func prepare(_ folder: URL) throws -> URL {
    let script = folder.appendingPathComponent("task.sh")
    let program =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    let words = ([program, "simulate"] + arguments).map(SlurmEngine.quoted)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
      let text = """
        #!/bin/sh
        exec \(words.joined(separator: " ")) --threads 1 --shard "$SLURM_ARRAY_TASK_ID/\(shards)" \
        --output \(SlurmEngine.quoted(folder.path))/"$SLURM_ARRAY_TASK_ID.json"

        """
      try Data(text.utf8).write(to: script)
    } catch {
      throw InputError(
        .cannotCreate, file: folder.path, "cannot be made: \(error.localizedDescription)",
        hint: "--engine slurm keeps its results below the present folder, which all nodes must see and you may write to"
      )
    }
    return script
  }

  /// As a shell takes it for one word.
  private static func quoted(_ word: String) -> String {
    "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
  }

  private func file(_ i: Int, _ folder: URL) -> URL { folder.appendingPathComponent("\(i).json") }

  /// nil: not there, or not whole.
  private func result(_ i: Int, _ folder: URL) -> SimulationShard? {
    let path = file(i, folder).path
    guard FileManager.default.fileExists(atPath: path), let shard = try? ShardFile.read(path) else { return nil }
    return shard.part == ShardPart(index: i, of: shards) ? shard : nil
  }

  private func gaveUp(_ failed: [Int], _ folder: URL) -> InputError {
    let log = folder.appendingPathComponent("\(failed[0]).log")
    let last = (try? String(contentsOf: log, encoding: .utf8))?.split(whereSeparator: \.isNewline).suffix(3)
    let said = last.map { $0.isEmpty ? "" : "; shard \(failed[0]) said: \($0.joined(separator: "; "))" } ?? ""
    return InputError(
      .unavailable, file: folder.path,
      "no result of \(failed.count == 1 ? "shard" : "shards") \(failed.map(String.init).joined(separator: ", ")) after "
        + "\(SlurmEngine.retries + 1) runs\(said)",
      hint: "see the tasks' *.log there; all nodes must see that folder and the program")
  }
}
