/// A unit of time for ages and durations of a data set. Its raw value is how it is written.
public enum TimeUnit: String, CaseIterable, Hashable, Sendable, Codable {
  case second = "s"
  case minute = "min"
  case hour = "h"
  case day = "d"

  /// Seconds in one unit.
  public var seconds: Double {
    switch self {
    case .second: 1
    case .minute: 60
    case .hour: 3600
    case .day: 86_400
    }
  }

  /// The unit that a column's name states by its ending: `lifetime_s`, `wait_min`, `age_hours`; nil: none is stated.
  public static func stated(byColumn name: String) -> TimeUnit? {
    guard let cut = name.lastIndex(of: "_") else { return nil }
    return switch name[name.index(after: cut)...].lowercased() {
    case "s", "sec", "secs", "second", "seconds": .second
    case "min", "mins", "minute", "minutes": .minute
    case "h", "hr", "hrs", "hour", "hours": .hour
    case "d", "day", "days": .day
    default: nil
    }
  }
}
