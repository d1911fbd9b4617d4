import Foundation

/// Ticks on whole hours, days and months of one zone, whatever its summer time does.
enum DateTicks {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
  private static let steps: [(unit: Calendar.Component, count: Int, seconds: Double)] = [
    (.second, 1, 1), (.second, 10, 10), (.second, 30, 30), (.minute, 1, 60), (.minute, 5, 300), (.minute, 15, 900),
    (.minute, 30, 1800), (.hour, 1, 3600), (.hour, 3, 10800), (.hour, 6, 21600), (.hour, 12, 43200),
    (.day, 1, 86400), (.day, 2, 172_800), (.day, 3, 259_200), (.day, 7, 604_800), (.month, 1, 2_629_800),
    (.month, 3, 7_889_400),
    (.month, 6, 15_778_800), (.year, 1, 31_557_600), (.year, 5, 157_788_000), (.year, 10, 315_576_000),
  ]

  static func ticks(_ domain: ClosedRange<Double>, target: Int, in zone: TimeZone) -> [Tick] {
    let span = domain.upperBound - domain.lowerBound
    guard span > 0, let last = steps.last, domain.lowerBound > -6e10, domain.upperBound < 2e11 else { return [] }
    let step = steps.first { span / $0.seconds <= Double(max(target, 1)) } ?? last
    let calendar = gregorian(zone)
    let from = Date(timeIntervalSince1970: domain.lowerBound)
    // Counted from the start of a greater unit, so that 06:00 is a tick of every sixth hour.
    let anchor: Calendar.Component =
      step.unit == .month || step.unit == .year ? .year : step.unit == .day ? .month : .day
    guard let start = calendar.dateInterval(of: anchor, for: from)?.start else { return [] }
    var ticks: [Tick] = []
    var base = start
    if step.seconds < 3600 {
      base = start.addingTimeInterval(((domain.lowerBound - start.timeIntervalSince1970) / 3600).rounded(.down) * 3600)
    }
    for index in 0..<2000 {
      guard let date = calendar.date(byAdding: step.unit, value: index * step.count, to: base) else { break }
      let seconds = date.timeIntervalSince1970
      if seconds > domain.upperBound { break }
      if seconds < domain.lowerBound { continue }
      ticks.append(Tick(value: seconds, text: label(date, unit: step.unit, calendar: calendar, isFirst: ticks.isEmpty)))
    }
    return ticks
  }

  /// `27 Nov 16:22 UTC`: to the minute, with its zone.
  static func stamp(_ seconds: Double, in zone: TimeZone) -> String {
    let date = Date(timeIntervalSince1970: seconds)
    let parts = gregorian(zone).dateComponents([.year, .month, .day, .hour, .minute], from: date)
    guard let year = parts.year, let month = parts.month, let day = parts.day, let hour = parts.hour,
      let minute = parts.minute
    else { return "" }
    let clock = String(format: "%02d:%02d", hour, minute)
    return "\(day) \(months[month - 1]) \(year) \(clock) \(abbreviation(zone, at: date))"
  }

  /// `27 November`-like short form: `27 Nov 2026`.
  static func day(_ seconds: Double, in zone: TimeZone) -> String {
    let parts = gregorian(zone).dateComponents([.year, .month, .day], from: Date(timeIntervalSince1970: seconds))
    guard let year = parts.year, let month = parts.month, let day = parts.day else { return "" }
    return "\(day) \(months[month - 1]) \(year)"
  }

  private static func abbreviation(_ zone: TimeZone, at date: Date) -> String {
    let name = zone.abbreviation(for: date) ?? zone.identifier
    return name == "GMT" ? "UTC" : name
  }

  private static func label(_ date: Date, unit: Calendar.Component, calendar: Calendar, isFirst: Bool) -> String {
    let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
    guard let year = parts.year, let month = parts.month, let day = parts.day, let hour = parts.hour,
      let minute = parts.minute, let second = parts.second
    else { return "" }
    switch unit {
    case .year: return "\(year)"
    case .month: return isFirst || month == 1 ? "\(months[month - 1]) \(year)" : months[month - 1]
    case .day: return "\(day) \(months[month - 1])"
    default:
      if hour == 0, minute == 0, second == 0 { return "\(day) \(months[month - 1])" }
      return unit == .second
        ? String(format: "%02d:%02d:%02d", hour, minute, second) : String(format: "%02d:%02d", hour, minute)
    }
  }

  private static func gregorian(_ zone: TimeZone) -> Calendar {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    return calendar
  }
}
