import DiscreteEvent
import Foundation
import Scenarios

/// Calendar months and days of a time zone as instants; the engine itself reads no calendar.
public struct CalendarMonths: Sendable {
  private let calendar: Calendar

  /// - Parameter timeZone: an identifier such as `Europe/Berlin`; nil when there is no such zone.
  public init?(timeZone: String = "UTC") {
    guard let zone = TimeZone(identifier: timeZone) else { return nil }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    self.calendar = calendar
  }

  /// The first instant of the month.
  public func start(of month: Scenario.Month) -> Instant {
    let date = calendar.date(from: DateComponents(year: month.year, month: month.month, day: 1)) ?? .distantPast
    return Instant(microseconds: Int64(date.timeIntervalSince1970) * 1_000_000)
  }

  public func month(after month: Scenario.Month, by count: Int = 1) -> Scenario.Month {
    let zero = month.year * 12 + month.month - 1 + count
    return Scenario.Month(year: zero / 12, month: zero % 12 + 1)
  }

  public func month(of instant: Instant) -> Scenario.Month {
    let parts = calendar.dateComponents([.year, .month], from: date(instant))
    return Scenario.Month(year: parts.year ?? 1970, month: parts.month ?? 1)
  }

  /// Ends of days within (from, to], ascending; the last is `to`. Days of 23 or 25 hours are as long as they are.
  public func dayEnds(from: Instant, to: Instant) -> [Instant] {
    var ends: [Instant] = []
    var day = calendar.startOfDay(for: date(from))
    while let next = calendar.date(byAdding: .day, value: 1, to: day) {
      let end = Instant(microseconds: Int64(next.timeIntervalSince1970) * 1_000_000)
      if end >= to { break }
      if end > from { ends.append(end) }
      day = next
    }
    ends.append(to)
    return ends
  }

  /// `2026-11-20`: the day that ends at, or contains the moment before, `instant`.
  public func day(endingAt instant: Instant) -> String {
    let parts = calendar.dateComponents([.year, .month, .day], from: date(instant - Span(microseconds: 1)))
    let two = { (n: Int) in n < 10 ? "0\(n)" : "\(n)" }
    return "\(parts.year ?? 0)-\(two(parts.month ?? 0))-\(two(parts.day ?? 0))"
  }

  private func date(_ instant: Instant) -> Date {
    Date(timeIntervalSince1970: (Double(instant.microseconds) / 1e6).rounded(.down))
  }
}
