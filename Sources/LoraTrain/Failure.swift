import ArgumentParser
import Calibration
import Engine
import Foundation
import Scenarios

/// Ends the program with the message and the exit code of the interface.
enum Failure {
  static func exit(for error: any Error, of command: any ParsableCommand.Type) -> Never {
    switch error {
    case let error as InputError:
      say(error.description)
      Foundation.exit(code(error.kind))
    case let error as TransitionError:
      say(
        """
        error: the engine and the simulated world disagree: \(error)
        hint: this is a defect of ours; please report it with the command line, the seed and the input file
        """)
      Foundation.exit(70)
    case is CancellationError: Foundation.exit(130)
    default: command.exit(withError: error)
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
