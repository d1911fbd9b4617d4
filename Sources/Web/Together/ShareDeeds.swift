import DiscreteEvent
import Engine
import Foundation
import Hummingbird
import Journal
import Live
import Markup

/// Puts a text into the team's Slack channel, once.
public typealias SlackPost = @Sendable (String) async -> NoticeAnswer

/// Links to jobs, made and taken back: the same for programs and for the dashboard.
struct ShareDeeds: Sendable {
  let runner: LiveRunner
  /// The machine's: links do not end faster where pods are played.
  let clock: @Sendable () -> Instant
  /// Puts a text into the team's Slack channel; nil: there is none.
  let slack: SlackPost?

  static let usualDays = 30
  static let mostDays = 365

  func list(of job: JobIndex) throws -> ShareList {
    ShareList(shares: try runner.catalogue.shares(of: job, at: clock()))
  }

  /// - Parameter origin: where whoever asks reaches us.
  func make(_ new: NewShare, of job: JobIndex, at origin: String, _ context: LiveContext) async throws -> MadeShare {
    let person = try context.require(.engineer)
    let days = new.days ?? ShareDeeds.usualDays
    guard (1...ShareDeeds.mostDays).contains(days) else {
      throw Problem(.badRequest, "a link holds for 1 to \(ShareDeeds.mostDays) days, not \(days)", place: "days")
    }
    if new.slack == true { try checkSlack(new) }
    let (token, now) = (SecretFile.random(24).hex, clock())
    let (costs, notes) = (new.shows_costs == true, new.shows_notes == true)
    let shown = [
      costs ? "with costs" : nil, notes ? "with notes" : nil, new.slack == true ? "to Slack" : nil,
    ].compactMap { $0 }
    // First the log: no link is about that is not in it.
    try await runner.record(
      person.act(
        "share.create", job.id,
        change: (["\(new.audience.rawValue), \(days) days"] + shown).joined(separator: ", ")))
    let share = try await Reply.orUnavailable {
      try runner.catalogue.addShare(
        digest: Bearers.digest(of: token), of: job, for: new.audience, showsCosts: costs, showsNotes: notes,
        by: person.name, at: now, until: now + .days(Int64(days)))
    }
    var made = MadeShare(share: share, path: "/shared/jobs/\(token)")
    if new.slack == true, let slack {
      let document = JobDocument(await runner.view, job)
      let last = try runner.catalogue.lastMetrics(of: job, count: 1).first
      switch await slack(ShareDeeds.slackText(document, last, origin + made.path)) {
      case .delivered: made.slack = "posted"
      case .refused(let why), .failed(let why, _): made.slack = "not posted: \(why)"
      }
    }
    return made
  }

  private func checkSlack(_ new: NewShare) throws {
    guard slack != nil else {
      throw Problem(
        .badRequest, "no Slack channel is configured", hint: "notifications.slack in lora-train.yaml", place: "slack")
    }
    guard new.audience != .private else {
      throw Problem(
        .badRequest, "a private link is of use to nobody in a channel", hint: "make it for the team, or public",
        place: "slack")
    }
  }

  /// `*Job* (64% complete): <…|View Job>`, as Slack wants it escaped.
  static func slackText(_ document: JobDocument, _ metric: Catalogue.Metric?, _ url: String) -> String {
    "*\(MarkupText.slack(document.name))* (\(progress(document, metric))): <\(url)|View Job>"
  }

  static func progress(_ document: JobDocument, _ metric: Catalogue.Metric?) -> String {
    document.isOver
      ? Wording.badge(document.status).lowercased() : "\(JobPage.Progress.percent(document, metric))% complete"
  }

  /// Whoever made a link takes it back, or a manager.
  func revoke(_ id: String, of job: JobIndex, _ context: LiveContext) async throws {
    let person = try context.require(.engineer)
    guard let number = Int64(id), let share = try list(of: job).shares.first(where: { $0.id == number }) else {
      throw Problem(.notFound, "\(job.id) has no link '\(id)'", hint: "lora-train job shares")
    }
    guard share.person == person.name || person.role == .manager else {
      throw Problem(.forbidden, "this link is \(share.person)'s", hint: "ask \(share.person), or a manager")
    }
    guard share.revoked_at == nil else { return }
    try await runner.record(
      person.act("share.revoke", job.id, change: "\(share.audience.rawValue), by \(share.person)"))
    _ = try runner.catalogue.revokeShare(number, of: job, at: clock())
  }
}

/// Links to jobs, for programs.
struct ShareRoutes {
  let runner: LiveRunner
  let deeds: ShareDeeds

  func add(to router: RouterGroup<LiveContext>) {
    router.get("jobs/:id/shares") { _, context in
      try Reply.json(try deeds.list(of: try await runner.view.known(context)))
    }
    router.post("jobs/:id/shares") { request, context in
      _ = try context.require(.engineer)
      let job = try await runner.view.known(context)
      let made = try await deeds.make(
        try await Reply.read(request), of: job, at: context.caller.origin(request), context)
      return try Reply.json(made, .created, Reply.secret)
    }
    router.delete("jobs/:id/shares/:share") { _, context in
      let job = try await runner.view.known(context)
      try await deeds.revoke(context.parameters.get("share") ?? "", of: job, context)
      return try Reply.json(try deeds.list(of: job))
    }
  }
}
