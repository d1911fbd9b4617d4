// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Journal
import Live

/// A signed link that holds. The link itself is shown once, when it is made.
public struct SignedLinkDocument: Codable, Sendable {
  public var id: String
  public var job: String
  public var job_name: String
  /// A kind of artifact, or `report`.
  public var what: String
  /// What it shows beyond the training itself, in words; empty: nothing.
  public var shows: String
  public var person: String
  /// This machine's time.
  public var made_at: String
  public var ends_at: String
  /// False: it is the object store's own, and ends by itself only.
  public var is_revocable: Bool

  init(_ link: Catalogue.SignedLink, _ view: LiveView) {
    let description = view.descriptions[Int(link.job.rawValue)]
    (id, job, job_name) = (link.id, description.id, description.name)
    (what, shows, person, is_revocable) = (link.what, link.shows, link.person, link.isOurs)
    (made_at, ends_at) = (Wording.stamp(link.made) ?? "", Wording.stamp(link.ends) ?? "")
  }
}

public struct SignedLinkList: Codable, Sendable { public var links: [SignedLinkDocument] }
