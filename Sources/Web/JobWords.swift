import Calibration
import DiscreteEvent
import Engine
import Foundation

/// The words for cases of the engine, made once: lists of thousands of jobs ask for each of them thousands of times.
enum JobWords {
  private static let phases = Phase.allCases.map { Wording.snake($0) }
  private static let failures = Failure.allCases.map { Wording.snake($0) }

  static func word(_ phase: Phase) -> String { phases[Int(phase.rawValue)] }
  static func word(_ failure: Failure) -> String { failures[Int(failure.rawValue)] }
}

/// A text that is looked for in others, whatever its case.
struct Needle: Sendable {
  /// In small letters.
  let text: String
  /// nil: it has other letters than ASCII's, and is looked for the long way.
  private let bytes: [UInt8]?

  init(_ text: String) {
    self.text = text.lowercased()
    bytes = self.text.utf8.allSatisfy { $0 < 128 } ? Array(self.text.utf8) : nil
  }

  func isIn(_ text: String) -> Bool {
    guard let bytes else { return text.lowercased().contains(self.text) }
    guard let first = bytes.first else { return true }
    var text = text
    return text.withUTF8 { letters in
      guard letters.count >= bytes.count else { return false }
      for start in 0...(letters.count - bytes.count) where Needle.small(letters[start]) == first {
        if bytes.indices.allSatisfy({ Needle.small(letters[start + $0]) == bytes[$0] }) { return true }
      }
      return false
    }
  }

  private static func small(_ letter: UInt8) -> UInt8 { letter &- 65 < 26 ? letter | 32 : letter }
}
