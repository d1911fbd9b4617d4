import DiscreteEvent

/// Three months of a year, in UTC.
struct Quarter: Hashable, Sendable {
  /// Months since year 0, of its first.
  private let month: Int

  /// The last that is over. What a worker measured may come a few minutes after its job's end: it is over an hour later.
  init(before instant: Instant) { month = MonthNumber.of(instant - .hours(1)) / 3 * 3 - 3 }

  /// The one that an instant is in.
  init(of instant: Instant) { month = MonthNumber.of(instant) / 3 * 3 }

  /// As ``text`` writes it.
  init?(_ text: String) {
    let parts = text.split(separator: "-Q").compactMap { Int($0) }
    guard parts.count == 2, (1...4).contains(parts[1]) else { return nil }
    month = parts[0] * 12 + (parts[1] - 1) * 3
  }

  /// `2026-Q3`.
  var text: String { "\(month / 12)-Q\(month % 12 / 3 + 1)" }
  var from: Instant { Instant(microseconds: Int64(MonthNumber.seconds(month)) * 1_000_000) }
  var until: Instant { Instant(microseconds: Int64(MonthNumber.seconds(month + 3)) * 1_000_000) }
}
