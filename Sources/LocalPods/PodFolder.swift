import DiscreteEvent
import Engine
import Foundation
import Live
import Processes

/// What there is of a pod on the disk: who it is, and how it ended.
struct PodFolder {
  struct Record: Codable {
    var name: String
    /// Microseconds of the machine's clock.
    var created: Int64
    /// Nanodollars.
    var hourlyRate: Int64
  }

  enum Mark: String { case removed }

  var url: URL

  /// The worker, and a line that says when and how it ended. What is told to the session reaches the shell as well, which waits.
  static func script(_ worker: String) -> String {
    "trap : TERM; cd \"$LORA_POD_FOLDER\" || exit 70; \(worker); code=$?; "
      + "echo \"$code $(date +%s%6N)\" > end.new; mv end.new end; exit $code"
  }

  static let standIn = script("python3 -u \"$LORA_WORKER\"")
  static let trainer = script("\"$LORA_PYTHON\" -u -m lora_worker train")

  /// The exit code of a worker that saved what it had and can go on elsewhere.
  static let interrupted = 75

  /// False where there is such a folder already.
  func make(_ record: Record) throws -> Bool {
    try ProcessFolder.make(url, with: record, in: "pod.json")
  }

  var record: Record? {
    FileManager.default.contents(atPath: file("pod.json").path).flatMap {
      try? JSONDecoder().decode(Record.self, from: $0)
    }
  }

  func has(_ mark: Mark) -> Bool { FileManager.default.fileExists(atPath: file(mark.rawValue).path) }
  func stamp(_ mark: Mark) { try? Data().write(to: file(mark.rawValue)) }

  /// Writes down that nothing of it runs, where the pod could not do so itself.
  func stampEnd() {
    guard end == nil else { return }
    try? Data("none \(LiveTime.machine.microseconds)".utf8).write(to: file("end"), options: .atomic)
  }

  /// When it ended, by the machine's clock; nil: it has not, as far as anybody knows.
  var end: Instant? { ending?.at }

  /// Why it is no more.
  var loss: LossKind { ending?.code == PodFolder.interrupted ? .interrupted : .lost }

  private var ending: (code: Int?, at: Instant)? {
    guard let data = FileManager.default.contents(atPath: file("end").path) else { return nil }
    let words = String(decoding: data, as: UTF8.self).split { $0 == " " || $0 == "\n" }
    guard words.count == 2, let at = Int64(words[1]) else { return nil }
    return (Int(words[0]), Instant(microseconds: at))
  }

  private func file(_ name: String) -> URL { url.appendingPathComponent(name) }
}
