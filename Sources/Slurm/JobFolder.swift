import DiscreteEvent
import Foundation
import Live
import Processes

/// What there is of a pod on the disk that all nodes see: who it is, and when it began and ended by its own word.
struct JobFolder {
  struct Record: Codable {
    var name: String
    /// Nanodollars.
    var hourlyRate: Int64
  }

  var url: URL

  /// The exit code of a worker that saved what it had and can go on elsewhere.
  static let interrupted = 75

  /// What a node runs. All that differs from pod to pod is in its environment, so nothing is ever quoted.
  ///
  /// What is told to the job reaches the shell as well, which waits for the worker.
  static let script = """
    #!/bin/sh
    # A job that was put back into the queue is no pod any more: its name has been used.
    [ "${SLURM_RESTART_COUNT:-0}" = 0 ] || exit 75
    trap : TERM
    cd "$LORA_POD_FOLDER" || exit 70
    date +%s%6N >begin.new && mv begin.new begin
    if [ -n "$LORA_TRAINING_FILE" ]; then "$LORA_PYTHON" -u -m lora_worker train; else python3 -u "$LORA_WORKER"; fi
    code=$?
    echo "$code $(date +%s%6N)" >end.new && mv end.new end
    exit $code

    """

  /// False where there is such a folder already: the name belongs to a call that went before.
  func make(_ record: Record) throws -> Bool {
    try ProcessFolder.make(url, with: record, in: "pod.json")
  }

  var record: Record? {
    contents("pod.json").flatMap { try? JSONDecoder().decode(Record.self, from: Data($0.utf8)) }
  }

  /// Slurm's number for it, once it is known.
  var number: String? { contents("number") }
  func note(number: String) { if self.number == nil { write(number, "number") } }

  /// By the node's word, else by Slurm's.
  var begin: Instant? { (contents("begin") ?? contents("begin.slurm")).flatMap(JobFolder.time) }
  var end: Instant? {
    contents("end").flatMap { $0.split(separator: " ").last.flatMap { JobFolder.time(String($0)) } }
      ?? contents("end.slurm").flatMap(JobFolder.time)
  }
  /// Nobody has to ask any more.
  var isOver: Bool { end != nil }

  func note(begin: Instant) { if self.begin == nil { write("\(begin.microseconds)", "begin.slurm") } }
  func note(end: Instant) { if self.end == nil { write("\(end.microseconds)", "end.slurm") } }

  /// It ended while nobody looked, for so long that Slurm has forgotten it, and could not say so: then when it last wrote anything.
  func noteForgotten() {
    let attributes = try? FileManager.default.attributesOfItem(atPath: file("log").path)
    let last = (attributes?[.modificationDate] as? Date).map {
      Instant(microseconds: Int64($0.timeIntervalSince1970 * 1e6))
    }
    // One that never began has cost nothing, whenever it ended.
    note(end: max(begin ?? .zero, last ?? begin ?? .zero))
  }

  private static func time(_ text: String) -> Instant? { Int64(text).map { Instant(microseconds: $0) } }

  private func contents(_ name: String) -> String? {
    FileManager.default.contents(atPath: file(name).path).map {
      String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }

  private func write(_ text: String, _ name: String) {
    try? Data(text.utf8).write(to: file(name), options: .atomic)
  }

  private func file(_ name: String) -> URL { url.appendingPathComponent(name) }
}
