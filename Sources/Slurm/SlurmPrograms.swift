import Foundation
import Scenarios

/// Slurm's own programs, as a person would call them. No shell stands between: an argument is one word, whatever is in it.
public struct SlurmPrograms: Sendable {
  /// Slurm's programs that are run.
  public enum Name: String, CaseIterable, Sendable { case sbatch, squeue, scancel, sinfo }

  /// What a program wrote, and how it ended.
  public struct Answer: Sendable {
    /// nil: it was not done in time and ended by us, or could not be started.
    public var code: Int32?
    public var output = ""
    public var errors = ""

    /// What it said, in one line.
    public var said: String {
      let text = (errors + "\n" + output).split(whereSeparator: \.isNewline).joined(separator: "; ")
      return text.isEmpty ? code.map { "exit code \($0)" } ?? "no answer in time" : text
    }
  }

  private let paths: [Name: String]

  /// - Throws: `InputError` where one of them is not on the path.
  public init(path: String = ProcessInfo.processInfo.environment["PATH"] ?? "") throws {
    var paths: [Name: String] = [:]
    for name in Name.allCases {
      let candidates = path.split(separator: ":").map { "\($0)/\(name)" }
      guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
        throw InputError(
          .unavailable, "pods of a Slurm cluster need \(name), which is not on this machine's PATH",
          hint: "run serve where Slurm is (Debian: apt install slurm-client, and the cluster's slurm.conf)")
      }
      paths[name] = found
    }
    self.paths = paths
  }

  /// What of our environment a program of Slurm's may see: how it finds its cluster, and nothing that would change what it is asked.
  static var environment: [String: String] {
    ProcessInfo.processInfo.environment.filter { ["PATH", "USER", "LOGNAME", "SLURM_CONF"].contains($0.key) }
      // Seconds since 1970, in whatever zone anybody is.
      .merging(["SLURM_TIME_FORMAT": "%s"]) { $1 }
  }

  /// Runs one of them to its end, or ends it.
  public func run(
    _ name: Name, _ arguments: [String], environment: [String: String] = [:], within: Duration = .seconds(30)
  ) async -> Answer {
    let path = paths[name] ?? name.rawValue
    let environment = SlurmPrograms.environment.merging(environment) { $1 }
    return await withCheckedContinuation { continuation in
      // It waits for a process: a thread that nobody else needs.
      Thread.detachNewThread {
        continuation.resume(returning: SlurmPrograms.run(path, arguments, environment, within))
      }
    }
  }

  private static func run(
    _ path: String, _ arguments: [String], _ environment: [String: String], _ within: Duration
  ) -> Answer {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.environment = environment
    let (output, errors) = (Pipe(), Pipe())
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    do { try process.run() } catch { return Answer(errors: "cannot be started: \(error.localizedDescription)") }
    let late = DispatchWorkItem { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
    DispatchQueue.global().asyncAfter(deadline: .now() + within.seconds, execute: late)
    let said = errors.fileHandleForReading
    let reader = Reader(said)
    var answer = Answer()
    answer.output = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    answer.errors = reader.text
    process.waitUntilExit()
    late.cancel()
    if process.terminationReason == .exit { answer.code = process.terminationStatus }
    return answer
  }

  /// Reads one pipe while another one is read. Its thread has written all before it signals, hence `@unchecked`.
  private final class Reader: @unchecked Sendable {
    private var data = Data()
    private let done = DispatchSemaphore(value: 0)

    init(_ handle: FileHandle) {
      Thread.detachNewThread { [self] in
        data = handle.readDataToEndOfFile()
        done.signal()
      }
    }

    /// To the end. Read once.
    var text: String {
      done.wait()
      return String(decoding: data, as: UTF8.self)
    }
  }
}

extension Duration {
  fileprivate var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
