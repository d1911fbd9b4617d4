// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import DiscreteEvent
import Foundation
import Scenarios

/// How one person wants to hear of things. Banners are always shown.
public struct NoticeWishes: Codable, Hashable, Sendable {
  /// Which mails.
  public struct Mail: Codable, Hashable, Sendable {
    public var on = true
    /// `usual`, `all`, `completions`, `failures`, or single kinds.
    public var events = ["usual"]
    /// Once a day instead of one by one; what is urgent still comes at once.
    public var digest = false
    public init() {}
  }

  /// Which posts to Slack.
  public struct Slack: Codable, Hashable, Sendable {
    public var on = true
    public var events = ["usual"]
    /// The configured name of a channel, or ``direct``; nil: the usual one.
    public var channel: String?
    /// Where direct messages go when Slack does not know the person by the mail address that the team has.
    public var member: String?
    public init() {}
  }

  /// In place of a channel's name: a bot writes to the person alone.
  public static let direct = ServiceConfiguration.Notifications.direct

  /// A stretch of each day, in the person's own time zone.
  public struct Hours: Codable, Hashable, Sendable {
    /// `HH:MM`; a stretch over midnight is one.
    public var from: String
    public var to: String
    public init(from: String, to: String) { (self.from, self.to) = (from, to) }
  }

  public var email = Mail()
  public var slack = Slack()
  public var time_zone = "UTC"
  /// Only what is urgent comes in these hours; the rest waits for their end.
  public var quiet_hours: Hours?
  /// `HH:MM`, where summaries are wanted.
  public var digest_at = "08:00"

  public init() {}

  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    email = try fields.decodeIfPresent(Mail.self, forKey: .email) ?? Mail()
    slack = try fields.decodeIfPresent(Slack.self, forKey: .slack) ?? Slack()
    time_zone = try fields.decodeIfPresent(String.self, forKey: .time_zone) ?? "UTC"
    quiet_hours = try fields.decodeIfPresent(Hours.self, forKey: .quiet_hours)
    digest_at = try fields.decodeIfPresent(String.self, forKey: .digest_at) ?? "08:00"
  }

  /// What people mean by a word for several kinds; nil: it is none.
  private static let groups: [String: Set<NoticeKind>] = [
    "all": Set(NoticeKind.allCases), "completions": [.completed], "failures": [.failed],
    "usual": Set(NoticeKind.allCases).subtracting([
      .jobQueued, .waitingForGPU, .interrupted, .resumed, .switchedToOnDemand, .downloaded,
    ]),
  ]

  /// Whether a kind is among the words. A test and a summary were asked for.
  public static func includes(_ kind: NoticeKind, _ words: [String]) -> Bool {
    kind == .test || kind == .digest || words.contains { groups[$0]?.contains(kind) ?? ($0 == kind.rawValue) }
  }

  /// What is wrong with it; nil: nothing.
  ///
  /// - Parameter channels: what can be chosen in Slack: names of channels, and ``direct`` where there is a bot.
  public func trouble(channels: [String]) -> String? {
    let known = ["usual", "all", "completions", "failures"] + NoticeKind.allCases.map(\.rawValue)
    for word in email.events + slack.events where !known.contains(word) {
      let near = NearestName.of(word, in: known).map { "; did you mean \($0)?" } ?? ""
      return "there is no event '\(word)'\(near)"
    }
    if TimeZone(identifier: time_zone) == nil { return "there is no time zone '\(time_zone)'; one is Europe/Berlin" }
    for hour in [digest_at, quiet_hours?.from, quiet_hours?.to].compactMap(\.self)
    where NoticeWishes.minutes(hour) == nil {
      return "'\(hour)' is no time of day such as 22:00"
    }
    if let hours = quiet_hours, hours.from == hours.to { return "quiet hours that begin when they end are none" }
    if let member = slack.member, !NoticeWishes.isMember(member) {
      return
        "'\(member.prefix(40))' is no member id of Slack, such as U024BE7LH: see your profile in Slack, Copy member ID"
    }
    if let channel = slack.channel, !channels.contains(channel) {
      if channel == NoticeWishes.direct {
        return "direct messages take a bot, and none is configured: notifications.slack.bot_token in lora-train.yaml"
      }
      return "there is no Slack channel '\(channel)'"
        + (channels.isEmpty ? "; none is configured" : "; there are \(channels.joined(separator: ", "))")
    }
    return nil
  }

  /// Whether a text is the id of one of Slack's people.
  public static func isMember(_ text: String) -> Bool {
    (9...20).contains(text.utf8.count) && (text.hasPrefix("U") || text.hasPrefix("W"))
      && text.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
  }

  // MARK: Time of day

  /// When something that is not urgent may come: now, or the end of the quiet hours.
  public func quietUntil(_ now: Instant) -> Instant {
    guard let hours = quiet_hours, let from = NoticeWishes.minutes(hours.from), let to = NoticeWishes.minutes(hours.to)
    else { return now }
    let time = minuteOfDay(now)
    let isQuiet = from < to ? time >= from && time < to : time >= from || time < to
    return isQuiet ? next(to, after: now) : now
  }

  /// The last time that a summary was to leave, at or before now.
  public func lastDigest(before now: Instant) -> Instant {
    next(NoticeWishes.minutes(digest_at) ?? 480, after: now - .days(1))
  }

  private var calendar: Calendar {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(identifier: time_zone) ?? .gmt
    return calendar
  }

  private func minuteOfDay(_ instant: Instant) -> Int {
    let parts = calendar.dateComponents([.hour, .minute], from: Date(instant))
    return (parts.hour ?? 0) * 60 + (parts.minute ?? 0)
  }

  /// The first such time of day after an instant, by this person's clocks: in a night when they are set, too.
  private func next(_ minute: Int, after instant: Instant) -> Instant {
    let parts = DateComponents(hour: minute / 60, minute: minute % 60, second: 0)
    let date = calendar.nextDate(after: Date(instant), matching: parts, matchingPolicy: .nextTime)
    return date.map { Instant(microseconds: Int64($0.timeIntervalSince1970) * 1_000_000) } ?? instant
  }

  private static func minutes(_ text: String) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ (1...2).contains($0.count) && $0.allSatisfy(\.isASCII) }),
      let hour = Int(parts[0]), let minute = Int(parts[1]), (0...23).contains(hour), (0...59).contains(minute)
    else { return nil }
    return hour * 60 + minute
  }
}

extension Date {
  fileprivate init(_ instant: Instant) { self.init(timeIntervalSince1970: Double(instant.microseconds) / 1e6) }
}
