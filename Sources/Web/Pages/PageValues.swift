import DiscreteEvent
import Foundation

/// A time as pages show it: in UTC, until the viewer's script puts it into their own zone.
struct Moment: Sendable {
  let iso: String
  let text: String

  /// nil for what has not been.
  init?(_ iso: String?) {
    guard let iso, iso.count >= 16 else { return nil }
    self.iso = iso
    text = iso.prefix(10) + " " + iso.dropFirst(11).prefix(5) + " UTC"
  }

  init?(_ instant: Instant) { self.init(Wording.stamp(instant)) }
}

/// One entry of a list to choose from.
struct Choice: Sendable {
  var value: String
  var label: String
  var isChosen: Bool

  /// - Parameter first: what stands for no choice.
  static func list(_ first: String?, _ values: [(String, String)], chosen: String?) -> [Choice] {
    (first.map { [Choice(value: "", label: $0, isChosen: chosen == nil)] } ?? [])
      + values.map { Choice(value: $0.0, label: $0.1, isChosen: $0.0 == chosen) }
  }
}

extension Wording {
  /// A status as a badge says it.
  static func badge(_ status: String) -> String {
    switch status {
    case "waiting_for_gpu": "Waiting for GPU"
    case "loading_model": "Loading model"
    case "awaiting_decision": "Needs a decision"
    default: capital(words(status))
    }
  }

  /// `JS` of `john.smith`, `John Smith` or `john-smith@brightrun.ai`: what stands for a face.
  static func initials(_ name: String) -> String {
    name.prefix { $0 != "@" }.split { !$0.isLetter && !$0.isNumber }.prefix(2).compactMap(\.first).map {
      $0.uppercased()
    }
    .joined()
  }

  static func capital(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

  static func pricing(_ word: String) -> String { word == "spot" ? "spot" : "on-demand" }

  /// `80%`, as the stories write it.
  static func per(_ share: Double) -> String { abs(share) < 1e15 ? "\(Int((share * 100).rounded()))%" : nothing }
}
