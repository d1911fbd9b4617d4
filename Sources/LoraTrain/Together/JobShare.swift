import ArgumentParser
import Foundation
import Journal
import Web

/// Links that show one job to others.
struct JobShare: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "share", abstract: "Makes a link that shows a job: to yourself, to the team, or to anyone.",
    discussion: """
      The link is shown once: only its digest is kept. Without --costs and --notes it shows neither what the job costs nor what was written about it.

      EXAMPLE
        lora-train job share job-7 --audience public --days 7
        lora-train job share job-7 --list
        lora-train job share job-7 --revoke 3
      """)
  @OptionGroup var target: JobTarget
  @Option(help: "private, team or public: anyone with the link, without signing in.") var audience = "private"
  @Option(help: "How long it holds; 30 unless you say.") var days: Int?
  @Flag(help: "It shows what the job costs.") var costs = false
  @Flag(help: "It shows notes, description, client and tags.") var notes = false
  @Flag(help: "Posts it to the configured Slack channel, too.") var slack = false
  @Flag(help: "Lists the links that were made, and how often each was followed.") var list = false
  @Option(help: "Takes back the link of this number.") var revoke: Int?

  func validate() throws {
    guard Catalogue.Audience(rawValue: audience) != nil else {
      throw ValidationError("the audience is private, team or public, not '\(audience)'")
    }
    guard !(list && revoke != nil) else { throw ValidationError("either --list or --revoke") }
  }

  func run() async throws {
    let client = try target.live.client
    let path = "/api/v1/jobs/\(target.path)/shares"
    if list || revoke != nil {
      let shares: ShareList =
        if let revoke { try await client.call("DELETE", "\(path)/\(revoke)") } else { try await client.get(path) }
      return try target.live.answer(shares, JobShare.text(shares))
    }
    let made: MadeShare = try await client.send(
      "POST", path,
      NewShare(
        audience: Catalogue.Audience(rawValue: audience) ?? .private, days: days, showsCosts: costs, showsNotes: notes,
        slack: slack ? true : nil))
    if target.live.json { return try target.live.emit(made) }
    print("\(client.address)\(made.path)\nholds until \(made.share.ends_at); it is shown this once")
    if let slack = made.slack { print("Slack: \(slack)") }
  }

  private static func text(_ list: ShareList) -> String {
    guard !list.shares.isEmpty else { return "No links. lora-train job share JOB --audience team" }
    var table = Table(header: ["link", "audience", "shows", "by", "made", "until", "views", "state"])
    table.left = [0, 1, 2, 3, 4, 5, 7]
    table.rows = list.shares.map { share in
      [
        "\(share.id)", share.audience.rawValue,
        [share.shows_costs ? "costs" : nil, share.shows_notes ? "notes" : nil].compactMap { $0 }.joined(
          separator: ", "),
        share.person, share.created_at, share.ends_at, "\(share.views)",
        share.holds ? "holds" : share.revoked_at == nil ? "expired" : "revoked",
      ]
    }
    return table.text
  }
}
