import DiscreteEvent
import Foundation

/// How values are written, in JSON and for people: the command line and the dashboard say the same.
public enum Wording {
  /// A case's name as a word of the interface: `waitingForGPU` is `waiting_for_gpu`.
  static func snake(_ value: some Any) -> String {
    var text = ""
    var previous = Character("_")
    for letter in "\(value)" {
      if letter.isUppercase, previous.isLowercase { text.append("_") }
      text += letter.lowercased()
      previous = letter
    }
    return text
  }

  static func dollars(_ nanodollars: Int64) -> Double { Double(nanodollars) / 1e9 }

  /// `$1,234.50`, for people.
  static func money(_ nanodollars: Int64) -> String { money(dollars(nanodollars)) }
  static func money(_ dollars: Double) -> String {
    let cents = (abs(dollars) * 100).rounded(.toNearestOrEven)
    guard cents < 1e15 else { return dollars.formatted(.currency(code: "USD").locale(Locale(identifier: "en_US"))) }
    // A page writes hundreds of amounts, and the system's formatter takes a tenth of a millisecond for each.
    let (whole, part) = Int(cents).quotientAndRemainder(dividingBy: 100)
    return (dollars < 0 ? "-$" : "$") + group(whole) + (part < 10 ? ".0" : ".") + "\(part)"
  }

  /// `answers to 50 suite prompts: about 12 min, $0.40`
  public static func suites(_ time: QuoteDocument.SuiteTime) -> String {
    "answers to \(count(time.prompts, "suite prompt")): about \(duration(time.duration_s)), \(money(time.cost_usd))"
  }

  /// To the second, UTC; nil for what has not been and is not to be expected.
  static func stamp(_ instant: Instant) -> String? {
    guard instant < .distantFuture, instant > .distantPast else { return nil }
    return Date(timeIntervalSince1970: Double(instant.microseconds) / 1e6).formatted(.iso8601)
  }
}
