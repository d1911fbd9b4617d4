// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Journal

/// A link to be made.
public struct NewShare: Codable, Sendable {
  public var audience: Catalogue.Audience
  /// How long it holds; 30 unless it is said.
  public var days: Int?
  /// Whether it shows what the job costs.
  public var shows_costs: Bool?
  /// Whether it shows what the team has written about the job: notes and description.
  public var shows_notes: Bool?
  /// Whether it is posted to the team's Slack channel, too.
  public var slack: Bool?

  public init(
    audience: Catalogue.Audience, days: Int? = nil, showsCosts: Bool = false, showsNotes: Bool = false,
    slack: Bool? = nil
  ) {
    self.slack = slack
    (self.audience, self.days, shows_costs, shows_notes) = (audience, days, showsCosts, showsNotes)
  }
}

/// A link as it is shown once and never again: only its digest is kept.
public struct MadeShare: Codable, Sendable {
  public var share: Catalogue.Share
  /// From the server's root.
  public var path: String
  /// What became of the post to Slack: `posted`, or why not; nil: none was asked for.
  public var slack: String?
}

public struct ShareList: Codable, Sendable { public var shares: [Catalogue.Share] }
