import DiscreteEvent
import Engine
import Foundation
import Hummingbird
import Journal
import Live

/// Signed links to files and reports, made, listed and taken back one by one: the same for programs and for the dashboard.
struct LinkDeeds: Sendable {
  let runner: LiveRunner
  let keys: WorkerKeys
  /// nil: nothing is kept of what jobs hand over.
  let shelf: ArtifactShelf?

  /// How long a link to a report holds: 30 days.
  static let daysOfReport = 30
  /// What stands for a report beside the kinds of artifacts.
  static let report = "report"

  // MARK: Made

  /// An S3's own link, counted when it is made, for nobody sees it used; else one to ourselves, counted when it is used.
  func artifact(_ kind: String, of job: JobIndex, _ context: LiveContext) async throws -> ArtifactLink {
    let person = try context.require(.engineer)
    guard let shelf else { throw Problem(.notFound, "nothing is kept of what jobs hand over") }
    let (view, deeds) = (await runner.view, ArtifactDeeds(runner: runner, shelf: shelf))
    let artifact = try deeds.deliverable(kind, of: job, view)
    let hours = ArtifactShelf.hours(artifact.kind)
    let until = Int(Date().timeIntervalSince1970) + hours * 3600
    let own = try await ArtifactRoutes.explained {
      try await shelf.stores.artifacts.link(artifact.key, named: artifact.name, for: hours * 3600)
    }
    let id = view.descriptions[Int(job.rawValue)].id
    let url: String
    if let own {
      url = own
      try await deeds.taken(artifact, by: person, "artifact.link")
      try keep(Bearers.digest(of: own), job, artifact.kind.rawValue, isOurs: false, by: person, until: until)
    } else {
      let what = ArtifactRoutes.what(artifact, person.name)
      let change = "\(artifact.kind.rawValue), \(hours) h"
      // First the log: no link is about that is not in it.
      try await runner.record(person.act("artifact.link", id, change: change))
      url = shelf.signed(
        "\(await runner.address)/v1/artifacts/\(id)/\(artifact.kind.rawValue)", what, [("for", person.name)],
        until: until)
      try keep(digest(what, until), job, artifact.kind.rawValue, by: person, until: until)
    }
    return ArtifactLink(
      url: url, expires_at: Date(timeIntervalSince1970: Double(until)).formatted(.iso8601), valid_hours: hours)
  }

  func report(of job: JobIndex, _ wish: ReportRoutes.LinkWish, _ context: LiveContext) async throws
    -> ReportRoutes.Link
  {
    let person = try context.require(.engineer)
    let id = await runner.view.descriptions[Int(job.rawValue)].id
    let until = Int(Date().timeIntervalSince1970) + LinkDeeds.daysOfReport * 86_400
    let (costs, notes) = (wish.shows_costs == true, wish.shows_notes == true)
    let what = ReportRoutes.signed(id, costs, notes, person.name)
    let shown = [costs ? "with costs" : nil, notes ? "with notes" : nil].compactMap { $0 }
    let link = ReportRoutes.Link(
      path: "/shared/reports/\(id)?for=\(Address.escaped(person.name))&until=\(until)" + (costs ? "&costs=1" : "")
        + (notes ? "&notes=1" : "") + "&signature=\(keys.linkSignature(of: what, until: until))",
      until: Date(timeIntervalSince1970: Double(until)).formatted(.iso8601))
    try await runner.record(
      person.act("report.link", id, change: (["until \(link.until)"] + shown).joined(separator: ", ")))
    try keep(
      digest(what, until), job, LinkDeeds.report, shows: shown.joined(separator: ", "), by: person, until: until)
    return link
  }

  private func keep(
    _ digest: String, _ job: JobIndex, _ what: String, shows: String = "", isOurs: Bool = true,
    by person: Catalogue.Person, until: Int
  ) throws {
    try runner.catalogue.add(
      Catalogue.SignedLink(
        id: String(digest.prefix(16)), person: person.name, job: job, what: what, shows: shows, isOurs: isOurs,
        made: LiveTime.machine, ends: Instant(microseconds: Int64(until) * 1_000_000)))
  }

  // MARK: Taken back

  /// Of the signature as we write it: another spelling of the same one is the same link.
  private func digest(_ what: String, _ until: Int) -> String {
    Bearers.digest(of: keys.linkSignature(of: what, until: until))
  }

  /// Whether a link whose signature is right was taken back by whoever made it.
  func isRevoked(_ what: String, until: Int) throws -> Bool {
    try runner.catalogue.isRevoked(signedLink: String(digest(what, until).prefix(16)))
  }

  /// Those that hold: a manager's are everybody's, else one's own.
  func list(_ context: LiveContext) async throws -> SignedLinkList {
    let person = try context.require(.viewer)
    let own: String? = person.role == .manager ? nil : person.name
    let view = await runner.view
    return SignedLinkList(
      links: try runner.catalogue.signedLinks(of: own, at: LiveTime.machine).map { SignedLinkDocument($0, view) })
  }

  /// Whoever made a link takes it back, or a manager.
  func revoke(_ id: String, _ context: LiveContext) async throws {
    let person = try context.require(.engineer)
    guard let link = try await list(context).links.first(where: { $0.id == id }) else {
      throw Problem(.notFound, "you have no link '\(id)' that holds", hint: "GET /api/v1/links lists them")
    }
    guard link.is_revocable else {
      throw Problem(
        .conflict, "this link is the object store's own: it ends by itself at \(link.ends_at)",
        hint: "delete the file, where it must not be had until then")
    }
    try await runner.record(person.act("link.revoke", link.job, change: "\(link.what), by \(link.person)"))
    _ = try runner.catalogue.revokeSignedLink(id, at: LiveTime.machine)
  }
}

/// Signed links, for programs.
struct LinkRoutes {
  let deeds: LinkDeeds

  func add(to router: RouterGroup<LiveContext>) {
    router.get("links") { _, context in try Reply.json(try await deeds.list(context)) }
    router.delete("links/:id") { _, context in
      try await deeds.revoke(context.parameters.get("id") ?? "", context)
      return try Reply.json(try await deeds.list(context))
    }
  }
}
