import ArgumentParser
import Foundation

/// Whoever sits before the program.
enum Terminal {
  /// Shows what is about to be done, and asks.
  ///
  /// - Parameters:
  ///   - way: what to do where nobody can be asked.
  ///   - refused: what is said where the answer is not yes.
  /// - Throws: `ValidationError` where nobody is there; `ExitCode` where they do not agree.
  static func agrees(to question: String, of text: String, without way: String, else refused: String) throws {
    guard isatty(STDIN_FILENO) == 1 else { throw ValidationError("nobody is there to be asked: \(way)") }
    print(text)
    print("\(question) [y/N] ", terminator: "")
    fflush(nil)
    guard readLine()?.lowercased().hasPrefix("y") == true else {
      print(refused)
      throw ExitCode(1)
    }
  }
}
