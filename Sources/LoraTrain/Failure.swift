import ArgumentParser
import Calibration
import DiscreteEvent
import Engine
import Foundation
import Planning
import Scenarios
import Simulator

/// Ends the program with the message and the exit code of the interface.
enum Failure {
  /// - Parameter command: what was asked for, as far as the arguments could be understood.
  static func exit(for error: any Error, of command: any ParsableCommand.Type) -> Never {
    switch error {
    case let error as InputError:
      say(text(of: error))
      Foundation.exit(code(error.kind))
    case is CancellationError: Foundation.exit(130)
    case let error as ValidationError where command != LoraTrain.self:
      say(usage(error.message, of: command))
      Foundation.exit(ExitCode.validationFailure.rawValue)
    // What the parser knows: usage, help, and a command's own code.
    case _ where !(error is ExitCode) && LoraTrain.exitCode(for: error) == .success: exit(saying: error)
    case let code as ExitCode: Foundation.exit(code.rawValue)
    case _ where LoraTrain.exitCode(for: error) != .failure:
      say(LoraTrain.fullMessage(for: error))
      Foundation.exit(LoraTrain.exitCode(for: error).rawValue)
    default:
      say(defect(error))
      Foundation.exit(70)
    }
  }

  /// Help, and what else is asked of the parser: an answer like any other, which has to be written.
  private static func exit(saying answer: any Error) -> Never {
    print(LoraTrain.fullMessage(for: answer))
    do { try StandardOutput.finish() } catch {
      say("\(error)")
      Foundation.exit(code(.cannotCreate))
    }
    Foundation.exit(0)
  }

  /// What the parser says of arguments that it refuses, of those that only the command itself could refuse.
  static func usage(_ message: String, of command: any ParsableCommand.Type) -> String {
    let usage = LoraTrain.usageString(for: command).replacing("USAGE: ", with: "", maxReplacements: 1)
    let name = usage.prefix { $0 != "<" && $0 != "[" }.split(separator: " ").prefix { !$0.hasPrefix("-") }
    return """
      Error: \(message)
      Usage: \(usage)
        See '\(name.joined(separator: " ")) --help' for more information.
      """
  }

  /// A defect of ours in words: what is known of it, and what whoever mends it needs.
  static func defect(_ error: any Error) -> String {
    let asked = "lora-train \(LoraTrain.configuration.version), the command line and the input files"
    switch error {
    case let defect as SimulationDefect:
      return """
        error: the engine and the simulated world disagree: \(defect.cause)
        seed \(defect.experiment.seed), replication \(defect.replication), digest \(ExperimentDigest.text(of: defect.experiment))
        hint: this is a defect of ours; please report it with the line above, \(asked)
        """
    case let error as TransitionError:
      return """
        error: the engine and what it was told disagree: \(error)
        hint: this is a defect of ours; please report it with \(asked), or with the store
        """
    default:
      return """
        error: unexpected: \(error)
        hint: this is a defect of ours; please report it with the line above, \(asked)
        """
    }
  }

  /// What a person is told: a path, or what was found in a file, makes no further line where it has an end of line in it.
  static func text(of error: InputError) -> String {
    var error = error
    if let file = error.file {
      (error.file, error.problem) = (PlainText.line(file), PlainText.line(error.problem))
      error.hint = error.hint.map(PlainText.line)
    }
    return error.description
  }

  static func code(_ kind: InputError.Kind) -> Int32 {
    switch kind {
    case .badData: 65
    case .noInput: 66
    case .unavailable: 69
    case .cannotCreate: 73
    case .tryAgainLater: 75
    case .badConfiguration: 78
    }
  }

  /// Writes a line to standard error.
  static func say(_ text: String) { StandardError.write(PlainText.lines(text) + "\n") }
}

/// Diagnostics. Where they cannot be written there is nobody left to tell, and the answer goes on.
enum StandardError {
  static func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
}

/// An interrupt ends the program with 130; files are written under another name first, so none is half there.
enum Interrupt {
  /// Set by the signal, read by who works under ``deferred(_:)``: a word, which a handler may write.
  nonisolated(unsafe) private static var isPending: sig_atomic_t = 0

  static func install() {
    signal(SIGINT) { _ in _exit(130) }
    signal(SIGTERM) { _ in _exit(130) }
    signal(SIGPIPE, SIG_DFL)
  }

  /// Lets `body` clean up after itself: it asks ``check()`` from time to time, and the program ends once it has returned or thrown.
  static func deferred(_ body: () throws -> Void) throws {
    signal(SIGINT) { _ in Interrupt.isPending = 1 }
    signal(SIGTERM) { _ in Interrupt.isPending = 1 }
    defer { install() }
    try body()
    try check()
  }

  /// - Throws: `CancellationError` after an interrupt.
  static func check() throws { if isPending != 0 { throw CancellationError() } }
}
