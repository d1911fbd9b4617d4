import DiscreteEvent

/// The calendar day of an instant in UTC, as 2026-11-20.
///
/// Hinnant: "chrono-compatible low-level date algorithms", `civil_from_days`.
func civilDate(_ instant: Instant) -> String {
  let days = Int((Double(instant.microseconds) / 86_400e6).rounded(.down)) + 719_468
  let era = (days >= 0 ? days : days - 146_096) / 146_097
  let dayOfEra = days - era * 146_097
  let year = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * year + year / 4 - year / 100)
  let shifted = (5 * dayOfYear + 2) / 153
  let day = dayOfYear - (153 * shifted + 2) / 5 + 1
  let month = shifted < 10 ? shifted + 3 : shifted - 9
  func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
  return "\(year + era * 400 + (month <= 2 ? 1 : 0))-\(two(month))-\(two(day))"
}
