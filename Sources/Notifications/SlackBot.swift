import Foundation
import Journal
import Live
import Transport

/// Slack's own methods, as far as a bot needs them to write to one person. A webhook cannot: it has one channel.
///
/// Slack answers 200 to nearly everything, and says in the body whether it did it. See docs.slack.dev/reference/methods, users.lookupByEmail and
/// chat.postMessage: a message to a member's id goes into the direct messages between them and the bot.
struct SlackBot: Sendable {
  /// In a header, and nowhere else.
  let token: String
  /// Without a slash behind it.
  let api: String
  let call: @Sendable (HTTPClient.Call) async throws -> HTTPClient.Answer
  let now: @Sendable () -> Date

  /// Writes to one person.
  ///
  /// - Parameter address: their member id, or the mail address that Slack has of them.
  func write(_ text: String, to address: String) async throws -> NoticeAnswer {
    do {
      let member = NoticeWishes.isMember(address) ? address : try await find(address)
      let body = try JSONEncoder().encode(Message(channel: member, text: text))
      _ = try await ask("POST", "chat.postMessage", body)
      return .delivered
    } catch let stop as Stop {
      return stop.answer
    }
  }

  /// The member with this mail address.
  private func find(_ address: String) async throws -> String {
    let sign = address.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    let said = try await ask("GET", "users.lookupByEmail?email=\(sign)")
    guard let user = said.user, NoticeWishes.isMember(user.id) else {
      throw Stop(answer: .failed("Slack: an answer that is none of its own"))
    }
    // A message to them would be taken, and read by nobody.
    guard user.deleted != true else { throw Stop(answer: .refused("Slack: \(SlackBot.wayOut(of: "user_disabled"))")) }
    return user.id
  }

  // MARK: One call

  private struct Message: Encodable { let channel, text: String }
  private struct Said: Decodable {
    struct User: Decodable {
      let id: String
      let deleted: Bool?
    }
    let ok: Bool
    let error: String?
    /// The scope that is missing.
    let needed: String?
    let user: User?
  }
  private struct Stop: Error { let answer: NoticeAnswer }

  /// - Throws: ``Stop`` where Slack says no, or not now.
  private func ask(_ method: String, _ path: String, _ body: Data? = nil) async throws -> Said {
    var headers = [("Authorization", "Bearer \(token)")]
    if body != nil { headers.append(("Content-Type", "application/json; charset=utf-8")) }
    let answer = try await call(
      HTTPClient.Call(method, "\(api)/\(path)", headers: headers, body: body, deadline: .seconds(15)))
    guard (200..<300).contains(answer.status) else {
      throw Stop(answer: NoticePost.outcome(answer, said: "Slack: \(answer.status)", now: now()))
    }
    guard let said = try? JSONDecoder().decode(Said.self, from: answer.body) else {
      throw Stop(answer: .failed("Slack: an answer that is none of its own"))
    }
    if said.ok { return said }
    let error = SlackBot.word(said.error) ?? "no reason given"
    if SlackBot.passing.contains(error) {
      let after = RetryAfter.span(answer.headers["retry-after"], now: now())
      throw Stop(answer: .failed("Slack: \(error)", after: after))
    }
    throw Stop(answer: .refused("Slack: \(SlackBot.wayOut(of: error, needed: SlackBot.word(said.needed)))"))
  }

  /// A word of Slack's as it may be shown: short, and on one line.
  private static func word(_ text: String?) -> String? {
    text.map { Letter.oneLine(String($0.prefix(100))) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// What Slack says no to, and may not say again.
  private static let passing: Set = [
    "ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout",
    "team_added_to_org",
  ]

  /// What Slack said, and what to do about it.
  private static func wayOut(of error: String, needed: String? = nil) -> String {
    let way: String? =
      switch error {
      case "users_not_found":
        "nobody in Slack has this mail address: give your member ID under Settings, Notifications"
      case "channel_not_found", "user_not_found":
        "nobody in this Slack has this member ID: see your profile in Slack, Copy member ID"
      case "user_disabled":
        "this account of Slack's is deactivated: choose a channel, or nothing, under Settings, Notifications"
      case "messages_tab_disabled": "the app takes no messages: turn on its Messages Tab under App Home"
      case "missing_scope", "no_permission":
        "the bot may not do that: give it the scope \(needed ?? "chat:write or users:read.email"), and install the app again"
      case "invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive":
        "the bot's token is taken no more: put a new one into notifications.slack.bot_token, and start serve again"
      default: nil
      }
    return way.map { "\(error): \($0)" } ?? error
  }
}
