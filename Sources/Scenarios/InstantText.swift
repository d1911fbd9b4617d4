import DiscreteEvent

/// Reads instants as people write them: `2026-12-10`, `2026-12-10T14:30`, `2026-12-10 14:30:05.25Z`, `…+01:00`; UTC unless told.
public enum InstantText {
  /// The instant, or nil; also microseconds, milliseconds or seconds since 1970 as a number, told apart by their size.
  public static func instant(_ text: String) -> Instant? {
    if let number = Int64(text) { return instant(number: number) }
    var scanner = Digits(Array(text.utf8))
    guard let year = scanner.number(digits: 4), scanner.skip("-"), let month = scanner.number(digits: 2),
      scanner.skip("-"), let day = scanner.number(digits: 2), (1...12).contains(month),
      (1...daysIn(month, of: year)).contains(day), year >= 1900
    else { return nil }
    var microseconds = Int64(days(year, month, day)) * 86_400_000_000
    if scanner.skip("T") || scanner.skip("t") || scanner.skip(" ") {
      guard let time = timeOfDay(&scanner) else { return nil }
      microseconds += time
    }
    return scanner.isAtEnd ? Instant(microseconds: microseconds) : nil
  }

  private static func instant(number: Int64) -> Instant? {
    switch number.magnitude {
    case 100_000_000_000_000..<253_402_300_800_000_000: Instant(microseconds: number)
    case 100_000_000_000..<100_000_000_000_000: Instant(microseconds: number * 1000)
    case 100_000_000..<100_000_000_000: Instant(microseconds: number * 1_000_000)
    default: nil
    }
  }

  /// `14:30[:05[.25]][Z|±HH[:MM]]` in microseconds.
  private static func timeOfDay(_ scanner: inout Digits) -> Int64? {
    guard let hour = scanner.number(digits: 2), hour <= 24, scanner.skip(":"), let minute = scanner.number(digits: 2),
      minute < 60
    else { return nil }
    var time = Int64(hour * 3600 + minute * 60) * 1_000_000
    if scanner.skip(":") {
      guard let second = scanner.number(digits: 2), second <= 60 else { return nil }
      time += Int64(second) * 1_000_000
      if scanner.skip(".") {
        guard let fraction = scanner.fraction() else { return nil }
        time += fraction
      }
    }
    if scanner.skip("Z") || scanner.skip("z") { return time }
    let east = scanner.skip("+")
    if east || scanner.skip("-") {
      guard let hours = scanner.number(digits: 2), hours <= 14 else { return nil }
      _ = scanner.skip(":")
      let minutes = scanner.isAtEnd ? 0 : scanner.number(digits: 2)
      guard let minutes, minutes < 60 else { return nil }
      time += Int64(hours * 3600 + minutes * 60) * (east ? -1_000_000 : 1_000_000)
    }
    return time
  }

  /// Days from 1970-01-01 to a day of the Gregorian calendar.
  ///
  /// Source: Howard Hinnant, “chrono-Compatible Low-Level Date Algorithms”, `days_from_civil`.
  public static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func daysIn(_ month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private struct Digits {
    let text: [UInt8]
    var at = 0
    init(_ text: [UInt8]) { self.text = text }
    var isAtEnd: Bool { at == text.count }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
      guard at < text.count, text[at] == UInt8(ascii: character) else { return false }
      at += 1
      return true
    }

    mutating func number(digits: Int) -> Int? {
      guard at + digits <= text.count else { return nil }
      var value = 0
      for byte in text[at..<at + digits] {
        guard (48...57).contains(byte) else { return nil }
        value = value * 10 + Int(byte - 48)
      }
      at += digits
      return value
    }

    /// The digits behind a decimal point, in millionths.
    mutating func fraction() -> Int64? {
      var (value, unit, any) = (Int64(0), Int64(100_000), false)
      while at < text.count, (48...57).contains(text[at]) {
        value += Int64(text[at] - 48) * unit
        unit /= 10
        at += 1
        any = true
      }
      return any ? value : nil
    }
  }
}
