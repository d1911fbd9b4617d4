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
  static func exit(for error: any Error, of command: any ParsableCommand.Type) -> Never {
    switch error {
    case let error as InputError:
      say(error.description)
      Foundation.exit(code(error.kind))
    case is CancellationError: Foundation.exit(130)
    // What the parser knows: usage, help, and a command's own code.
    case _ where error is ExitCode || command.exitCode(for: error) != .failure: command.exit(withError: error)
    default:
      say(defect(error))
      Foundation.exit(70)
    }
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
  static func say(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }
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
