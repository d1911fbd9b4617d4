import Foundation
import Scenarios

/// Slurm's own programs, as a person would call them.
struct SlurmClient {
  /// By which a run's arrays are found and cancelled, whatever their numbers are.
  let name: String
  private let programs: [String: URL]

  /// - Throws: ``InputError`` where one of them is not on the path.
  init(name: String) throws {
    self.name = name
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    var programs: [String: URL] = [:]
    for program in ["sbatch", "squeue", "scancel"] {
      let found = folders.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
      guard let found else {
        throw InputError(
          .unavailable, "--engine slurm needs \(program), which is not on this machine's PATH",
          hint:
            "run it where Slurm is (Debian: apt install slurm-client, and the cluster's slurm.conf), leave --engine out, "
            + "or run the parts yourself: --shard i/n, then --merge")
      }
      programs[program] = URL(fileURLWithPath: found)
    }
    self.programs = programs
  }

  /// Submits these tasks of an array. Its number.
  func submit(_ tasks: [Int], script: URL, folder: URL) throws -> String {
    let run = try run(
      "sbatch",
      [
        "--parsable", "--array=" + tasks.map(String.init).joined(separator: ","), "--job-name=\(name)", "--ntasks=1",
        "--cpus-per-task=1", "--output=\(folder.path)/%a.log", script.path,
      ])
    // The number, and the cluster's name after a semicolon where there are several.
    let number = run.output.prefix { $0.isNumber }
    guard run.code == 0, !number.isEmpty else {
      throw InputError(
        .unavailable, "sbatch did not take the job: \(run.said)", hint: "sinfo says whether the cluster is up")
    }
    return String(number)
  }

  /// The tasks of an array that wait or run; nil where the controller cannot be asked just now.
  func queued(_ number: String) throws -> Set<Int>? {
    let run = try run("squeue", ["--noheader", "--array", "--jobs=\(number)", "--format=%K"])
    // What ended some minutes ago is forgotten.
    if run.errors.contains("Invalid job id") { return [] }
    guard run.code == 0 else { return nil }
    return Set(run.output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) })
  }

  /// Cancels all that was submitted under ``name``.
  func cancel() throws { _ = try run("scancel", ["--name=\(name)"]) }

  private struct Run {
    var code: Int32
    var output: String
    var errors: String
    var said: String {
      let text = (errors + output).split(whereSeparator: \.isNewline).joined(separator: "; ")
      return text.isEmpty ? "exit code \(code)" : text
    }
  }

  private func run(_ program: String, _ arguments: [String]) throws -> Run {
    let process = Process()
    process.executableURL = programs[program]
    process.arguments = arguments
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    do {
      try process.run()
    } catch {
      throw InputError(.unavailable, "\(program) cannot be started: \(error.localizedDescription)")
    }
    let texts = [output, errors].map { String(decoding: $0.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) }
    process.waitUntilExit()
    return Run(code: process.terminationStatus, output: texts[0], errors: texts[1])
  }
}
