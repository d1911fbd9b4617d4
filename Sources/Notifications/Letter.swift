import Foundation
import Journal
import Live

/// What is said of one notice, before it is a mail or a post: plain values, escaped where they are rendered.
struct Letter: Hashable, Sendable {
  struct Action: Hashable, Sendable {
    var title: String
    var url: String
  }
  struct Fact: Hashable, Sendable {
    var label: String
    var value: String
  }
  /// The colour of the bar above a mail.
  enum Tone: String, Sendable {
    case good = "#1f7a4d"
    case bad = "#b3261e"
    case warning = "#9a6700"
    case plain = "#3b5bdb"
  }

  var subject: String
  /// One line for Slack, where it is another than the subject.
  var headline: String
  var text: [String] = []
  var facts: [Fact] = []
  var list: [String] = []
  var listTitle = ""
  var actions: [Action] = []
  var tone = Tone.plain
  /// Why it came, and how no more do.
  var footer: [Action] = []

  init(subject: String, headline: String) {
    self.subject = Letter.oneLine(subject)
    self.headline = headline
  }

  /// A text that is one line whatever somebody called their job.
  static func oneLine(_ text: String) -> String {
    String(
      text.unicodeScalars.map { $0.properties.generalCategory == .control || $0 == "\u{2028}" ? " " : Character($0) })
  }
}
