import DiscreteEvent
import Foundation

extension NoticeFollower {
  /// A case's name in words: `outOfMemory` is `out of memory`.
  static func word(_ value: some Any) -> String {
    var text = ""
    for letter in "\(value)" {
      if letter.isUppercase { text += " " }
      text += letter.lowercased()
    }
    return text
  }

  /// To the second, UTC.
  static func stamp(_ instant: Instant) -> String? {
    guard instant < .distantFuture, instant > .distantPast else { return nil }
    return Date(timeIntervalSince1970: Double(instant.microseconds) / 1e6).formatted(.iso8601)
  }
}
