import ArgumentParser
import Foundation
import Journal
import Web

/// A person's notifications, and what became of what was sent.
struct NotifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "notify", abstract: "Shows and tests notifications, and sets who hears of what, how and when.",
    discussion: "EXAMPLE\n  lora-train notify preferences --quiet-hours 22:00-07:00 --time-zone Europe/Berlin",
    subcommands: [List.self, Preferences.self, Test.self, Outbox.self, Retry.self], defaultSubcommand: List.self)

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "Shows what the dashboard tells you.",
      discussion: "EXAMPLE\n  lora-train notify list --all")
    @Flag(help: "What was seen, too.") var all = false
    @OptionGroup var live: LiveOptions

    func run() async throws {
      let list: BannerList = try await live.client.get("/api/v1/notifications\(all ? "?all=1" : "")")
      if live.json { return try live.emit(list) }
      guard !list.notifications.isEmpty else { return print("Nothing new.") }
      var table = Table(header: ["", "at (UTC)", "job", ""])
      table.left = [1, 2, 3]
      table.rows = list.notifications.map { ["\($0.id)", $0.at, $0.job ?? "", ($0.urgent ? "! " : "") + $0.text] }
      print(table.text)
    }
  }

  struct Preferences: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "preferences", abstract: "Shows how you hear of things, and changes what is named.",
      discussion: """
        Events are usual, all, completions, failures, or single ones (completed, estimate_alert …), with commas between them. The dashboard \
        always tells you.

        EXAMPLE
          lora-train notify preferences --email on --email-events completions,failures --digest off
          lora-train notify preferences --slack-channel direct
          lora-train notify preferences --slack-channel training --quiet-hours 22:00-07:00 --time-zone Europe/Berlin
        """)
    @Option(help: ArgumentHelp("Mails: on or off.", valueName: "on|off")) var email: Switch?
    @Option(help: ArgumentHelp("Which of them.", valueName: "events")) var emailEvents: String?
    @Option(help: ArgumentHelp("One mail a day, but for what is urgent: on or off.", valueName: "on|off")) var digest:
      Switch?
    @Option(help: ArgumentHelp("When it comes (08:00).", valueName: "HH:MM")) var digestAt: String?
    @Option(help: ArgumentHelp("Slack: on or off.", valueName: "on|off")) var slack: Switch?
    @Option(help: ArgumentHelp("Which posts.", valueName: "events")) var slackEvents: String?
    @Option(
      help: ArgumentHelp(
        "The configured name of a channel, direct (messages to you alone), or none: the usual one.", valueName: "name"))
    var slackChannel: String?
    @Option(
      help: ArgumentHelp(
        "Your member ID in Slack, where it knows you by another mail address; or none.", valueName: "id"))
    var slackMember: String?
    @Option(help: ArgumentHelp("Only what is urgent comes then; or none.", valueName: "HH:MM-HH:MM")) var quietHours:
      String?
    @Option(help: ArgumentHelp("Whose clock these times are by (UTC).", valueName: "zone")) var timeZone: String?
    @OptionGroup var live: LiveOptions

    enum Switch: String, ExpressibleByArgument { case on, off }

    func run() async throws {
      let client = try live.client
      var wishes: NoticeWishes = try await client.get("/api/v1/notifications/preferences")
      let before = wishes
      try change(&wishes)
      if wishes != before { wishes = try await client.send("PUT", "/api/v1/notifications/preferences", wishes) }
      try live.answer(wishes, Self.text(wishes))
    }

    private func change(_ wishes: inout NoticeWishes) throws {
      func list(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      }
      if let email { wishes.email.on = email == .on }
      if let emailEvents { wishes.email.events = list(emailEvents) }
      if let digest { wishes.email.digest = digest == .on }
      if let digestAt { wishes.digest_at = digestAt }
      if let slack { wishes.slack.on = slack == .on }
      if let slackEvents { wishes.slack.events = list(slackEvents) }
      if let slackChannel { wishes.slack.channel = slackChannel == "none" ? nil : slackChannel }
      if let slackMember { wishes.slack.member = slackMember == "none" ? nil : slackMember }
      if let timeZone { wishes.time_zone = timeZone }
      guard let quietHours else { return }
      guard quietHours != "none" else {
        wishes.quiet_hours = nil
        return
      }
      let parts = quietHours.split(separator: "-").map(String.init)
      guard parts.count == 2 else {
        throw ValidationError("--quiet-hours are like 22:00-07:00, or none, not '\(quietHours)'")
      }
      wishes.quiet_hours = .init(from: parts[0], to: parts[1])
    }

    private static func text(_ wishes: NoticeWishes) -> String {
      let mail =
        wishes.email.on
        ? "\(wishes.email.events.joined(separator: ", "))\(wishes.email.digest ? ", once a day at \(wishes.digest_at)" : "")"
        : "off"
      let slack =
        wishes.slack.on
        ? "\(wishes.slack.events.joined(separator: ", ")) \(place(wishes.slack))" : "off"
      let quiet = wishes.quiet_hours.map { "\($0.from) to \($0.to)" } ?? "none"
      return "mail         \(mail)\nSlack        \(slack)\nquiet hours  \(quiet)\ntime zone    \(wishes.time_zone)"
    }

    private static func place(_ slack: NoticeWishes.Slack) -> String {
      slack.channel == NoticeWishes.direct
        ? "to you alone\(slack.member.map { ", as \($0)" } ?? "")" : "in \(slack.channel ?? "the usual channel")"
    }
  }

  struct Test: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "test", abstract: "Sends you a test over every channel that there is for you.",
      discussion: "EXAMPLE\n  lora-train notify test")
    @OptionGroup var live: LiveOptions

    func run() async throws {
      let answer: TestDocument = try await live.client.post("/api/v1/notifications/test")
      if live.json { return try live.emit(answer) }
      print("On its way: \(answer.sent_to.joined(separator: ", ")). See: lora-train notify outbox")
    }
  }

  struct Outbox: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "outbox", abstract: "Shows what is on its way, has arrived, or was given up.",
      discussion: "EXAMPLE\n  lora-train notify outbox --state dead")
    @Option(help: ArgumentHelp("waiting, digest, delivered, dead, shown or seen.", valueName: "state")) var state:
      String?
    @OptionGroup var live: LiveOptions

    func run() async throws {
      let query = state.map { "?state=\(LiveClient.escaped($0))" } ?? ""
      let outbox: OutboxDocument = try await live.client.get("/api/v1/notifications/outbox\(query)")
      if live.json { return try live.emit(outbox) }
      let deliveries = outbox.deliveries.filter { state != nil || $0.channel != .banner }
      guard !deliveries.isEmpty else { return print("Nothing.") }
      var table = Table(header: ["", "event", "to", "by", "state", "attempts", "when (UTC)", "trouble"])
      table.left = [1, 2, 3, 4, 6, 7]
      table.rows = deliveries.map {
        [
          "\($0.id)", $0.event.rawValue, $0.recipient, $0.channel.rawValue, $0.state.rawValue, "\($0.attempts)",
          $0.delivered_at ?? $0.due_at ?? "", $0.error ?? "",
        ]
      }
      print(table.text)
    }
  }

  struct Retry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "retry", abstract: "Sends what was given up once more; takes a manager.",
      discussion: "EXAMPLE\n  lora-train notify retry 17\n  lora-train notify retry all")
    @Argument(help: "The number that notify outbox shows, or all.") var letter: String
    @OptionGroup var live: LiveOptions

    func run() async throws {
      let path = letter == "all" ? "retry" : "\(LiveClient.escaped(letter))/retry"
      let answer: RetryDocument = try await live.client.post("/api/v1/notifications/outbox/\(path)")
      try live.answer(answer, "\(answer.retried) on the way again.")
    }
  }
}
