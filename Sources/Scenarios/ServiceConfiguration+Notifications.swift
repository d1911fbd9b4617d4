import Yams

extension ServiceConfiguration {
  /// Where notices go: `notifications` in `lora-train.yaml`. Passwords and Slack's addresses may come from the environment instead.
  public struct Notifications: Hashable, Sendable {
    /// How the connection to a mail server is kept secret.
    public enum Security: Hashable, Sendable { case startTLS, tls, plain }

    /// The mail server, and whom mails come from.
    public struct Mail: Hashable, Sendable {
      public var host: String
      public var port: Int
      public var security: Security
      public var user: String?
      public var password: String?
      /// `Name <address>`, or an address.
      public var from: String
      /// A file of certificates that are believed in place of the system's.
      public var authority: String?

      public init(host: String, port: Int, security: Security = .startTLS, from: String) {
        (self.host, self.port, self.security, self.from) = (host, port, security, from)
      }
    }

    /// Where a program is called, and the secret that calls are signed with.
    public struct Webhook: Hashable, Sendable {
      public var name: String
      public var url: String
      public var secret: String
      /// In the words of people's preferences: `all`, `failures`, `completed` …
      public var events: [String]

      public init(name: String, url: String, secret: String, events: [String] = ["all"]) {
        (self.name, self.url, self.secret, self.events) = (name, url, secret, events)
      }
    }

    /// Of the store's owner, who is no person of the team.
    public var owner: String?
    public var mail: Mail?
    /// Incoming webhooks by the name that people choose them by.
    public var slackChannels: [String: String] = [:]
    public var slackChannel: String?
    public var slackBudgetChannel: String?
    /// Of an app's bot (`xoxb-…`; scopes `chat:write` and `users:read.email`): with it people get direct messages, which a webhook cannot send.
    public var slackToken: String?
    /// Where Slack's methods are, without a slash behind it.
    public var slackAPI = "https://slack.com/api"
    public var webhooks: [Webhook] = []
    /// Addresses that hear of the budget beside the managers: finance, operations.
    public var budgetRecipients: [String] = []
    /// Whom people ask for help; of the whole configuration.
    public var support: String?

    /// What people choose in place of a channel's name.
    public static let direct = "direct"

    public init() {}

    /// Whether the file it was read from holds what others must not read.
    public var holdsSecrets: Bool {
      mail?.password != nil || !slackChannels.isEmpty || slackToken != nil || !webhooks.isEmpty
    }

    /// What is wrong with the bot, without its token; nil: nothing, or there is none.
    public var botTrouble: String? {
      guard let slackToken else { return nil }
      // It stands in a header.
      guard slackToken.hasPrefix("xoxb-"), slackToken.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
        return "the token of Slack's bot is none: one begins with xoxb-"
      }
      return slackChannels[Self.direct] == nil
        ? nil : "beside a bot no Slack channel can be called “\(Self.direct)”: that stands for direct messages"
    }
  }
}

extension ServiceConfiguration.Notifications {
  init(_ field: YAMLField) throws(InputError) {
    self.init()
    let record = try YAMLRecord(field, keys: ["owner", "email", "slack", "webhooks", "budget_recipients"])
    owner = try record["owner"]?.string("a mail address")
    if let field = record["email"] { mail = try Self.mail(field) }
    if let field = record["slack"] { try readSlack(field) }
    if let list = try record["webhooks"]?.list("a list of webhooks") {
      for item in list { webhooks.append(try Self.webhook(item)) }
    }
    if let list = try record["budget_recipients"]?.list("a list of mail addresses") {
      for item in list { budgetRecipients.append(try item.string("a mail address")) }
    }
  }

  private static func mail(_ field: YAMLField) throws(InputError) -> Mail {
    let record = try YAMLRecord(
      field, keys: ["host", "port", "security", "user", "password", "from", "certificate_authority"])
    let security: Security =
      try record["security"]?.word(["starttls": .startTLS, "tls": .tls, "none": .plain]) ?? .startTLS
    var mail = Mail(
      host: try record.require("host").string(),
      port: try record["port"]?.integer(in: 1...65_535) ?? (security == .tls ? 465 : 587), security: security,
      from: try record.require("from").string("a mail address"))
    mail.user = try record["user"]?.string()
    mail.password = try record["password"]?.string()
    mail.authority = try record["certificate_authority"]?.string("a file")
    if mail.user != nil, security == .plain {
      throw field.error(
        "\(field.path) would send the password in the clear", hint: "security: starttls, or no user at all")
    }
    return mail
  }

  private mutating func readSlack(_ field: YAMLField) throws(InputError) {
    let record = try YAMLRecord(field, keys: ["channels", "channel", "budget_channel", "bot_token", "api"])
    slackToken = try record["bot_token"]?.string("a bot's token")
    if let api = record["api"] {
      slackAPI = try Self.address(api)
      while slackAPI.hasSuffix("/") { slackAPI.removeLast() }
    }
    // A bot's token may come from the environment.
    guard record["channels"] != nil || record["api"] != nil || slackToken != nil else {
      throw field.error("\(field.path) lacks channels")
    }
    if let channels = record["channels"] {
      guard let mapping = channels.node.mapping else { throw channels.wrongType("a mapping of names to webhooks") }
      for (key, value) in mapping {
        guard let name = key.scalar?.string else { continue }
        let item = YAMLField(node: value, file: channels.file, path: "\(channels.path).\(name)")
        slackChannels[name] = try Self.address(item)
      }
    }
    if let trouble = botTrouble { throw field.error(trouble) }
    func channel(_ key: String) throws(InputError) -> String? {
      guard let field = record[key] else { return nil }
      let name = try field.string("the name of a channel")
      guard slackChannels[name] != nil else {
        throw field.error(
          "there is no Slack channel “\(name)”",
          hint: NearestName.of(name, in: slackChannels.keys.sorted()).map { "did you mean \($0)?" })
      }
      return name
    }
    slackChannel = try channel("channel") ?? (slackChannels.count == 1 ? slackChannels.keys.first : nil)
    slackBudgetChannel = try channel("budget_channel")
  }

  private static func webhook(_ field: YAMLField) throws(InputError) -> Webhook {
    let record = try YAMLRecord(field, keys: ["name", "url", "secret", "events"])
    let secret = try record.require("secret", hint: "it signs what is sent: openssl rand -hex 32")
    guard try secret.string().utf8.count >= 16 else {
      throw secret.error("\(secret.path) is shorter than 16 characters")
    }
    var events = ["all"]
    if let list = try record["events"]?.list("a list of events") {
      events = []
      for item in list { events.append(try item.string("an event")) }
    }
    return Webhook(
      name: try record.require("name").string(), url: try address(try record.require("url")),
      secret: try secret.string(), events: events)
  }

  private static func address(_ field: YAMLField) throws(InputError) -> String {
    let text = try field.string("an address")
    // Not the address itself: whoever has it can post.
    guard KeptAddress.isKept(text) else {
      throw field.error("\(field.path) is no address that begins with https://")
    }
    return text
  }
}
