import DiscreteEvent
import Foundation

/// The header `Retry-After`: so many seconds, or until a date (RFC 9110, 10.2.3).
enum RetryAfter {
  /// nil where it is missing, or nothing that can be read.
  static func span(_ text: String?, now: Date) -> Span? {
    guard let text = text?.trimmingCharacters(in: .whitespaces), !text.isEmpty else { return nil }
    if let seconds = Double(text), seconds >= 0, seconds < 1e9 { return Span(seconds: seconds) }
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = .gmt
    format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
    return format.date(from: text).map { Span(seconds: max(0, $0.timeIntervalSince(now))) }
  }
}
