// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Foundation
import Hummingbird
import Journal

/// Over the API: sessions that are shown and ended, passwords that are changed, links for others.
struct SessionRoutes {
  let deeds: SessionDeeds

  func add(to router: RouterGroup<LiveContext>) {
    router.get("sessions") { _, context in try Reply.json(try await deeds.list(context)) }
    router.delete("sessions") { _, context in
      try await deeds.endOthers(context)
      return try Reply.json(try await deeds.list(context))
    }
    router.delete("sessions/:id") { _, context in
      try await deeds.end(context.parameters.get("id") ?? "", context)
      return try Reply.json(try await deeds.list(context))
    }
    router.put("me/password") { request, context in
      _ = try context.require(.viewer)
      try await deeds.setPassword(try await Reply.read(request), context)
      return try Reply.json(try await deeds.list(context))
    }
    router.post("people/:name/links") { _, context in
      let name = context.parameters.get("name")?.removingPercentEncoding ?? ""
      let link = try await PeopleDeeds(runner: deeds.signIn.runner).link(for: name, deeds.signIn, context)
      return try Reply.json(link, .created, Reply.secret)
    }
  }
}

public struct SessionList: Codable, Sendable {
  /// A manager's: everybody's; else one's own.
  public var sessions: [Catalogue.Session]
  /// The one that asks.
  public var own: String?
}

public struct NewPassword: Codable, Sendable {
  public var old: String
  public var new: String
}

/// A link that gives somebody a password; shown once, good once, for a day.
public struct NewLink: Codable, Sendable {
  public var person: String
  /// On this server.
  public var path: String
}
