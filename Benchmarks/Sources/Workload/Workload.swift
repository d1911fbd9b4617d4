import Foundation

/// Runs the benchmark workloads through the public API that users call: statistics on, trace off.
@main
struct WorkloadProgram {
  /// Not `async`: such a main thread ends in a call that valgrind does not survive, and callgrind counts our instructions.
  static func main() {
    let arguments = Arguments.read(Array(CommandLine.arguments.dropFirst()))
    let done = DispatchSemaphore(value: 0)
    Task.detached {
      do {
        try await run(arguments)
      } catch {
        FileHandle.standardError.write(Data("\(error)\n".utf8))
        exit(70)
      }
      done.signal()
    }
    done.wait()
  }

  private static func run(_ arguments: Arguments) async throws {
    // What is read from files is read once; only the simulation call is timed.
    let run: (UInt64) async throws -> Report
    switch arguments.workload {
    case .mm1, .mmc: run = try queue(arguments)
    case .kernel: run = { kernel(arguments, seed: $0) }
    case .lora, .independent: run = try lora(arguments)
    case .month: run = try month(arguments)
    case .hold: run = { hold(arguments, seed: $0) }
    case .cancel: run = { holdAndCancel(arguments, seed: $0) }
    }
    for repetition in 0..<arguments.repetitions {
      print(try await run(arguments.seed + UInt64(repetition)).line)
    }
  }
}
