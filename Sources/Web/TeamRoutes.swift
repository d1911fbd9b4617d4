import Calibration
import Foundation
import Hummingbird
import Journal
import Live
import Scenarios

/// People and their tokens, training files, templates, the audit log, and which copy of the store lives.
struct TeamRoutes {
  let runner: LiveRunner
  let storePath: String
  private var catalogue: Catalogue { runner.catalogue }

  init(runner: LiveRunner, storePath: String) { (self.runner, self.storePath) = (runner, storePath) }

  func add(to router: RouterGroup<LiveContext>) {
    router.post("store/confirm") { _, context in
      let person = try context.require(.manager)
      let answer = try await Reply.orUnavailable {
        try await runner.ask(.confirmEpoch, as: person.act("store.confirm"))
      }
      try JobDeed.check(answer)
      return try Reply.json(WebServer.health(await runner.view))
    }
    router.get("audit") { request, _ in
      let query = request.uri.queryParameters
      return try Reply.json(
        AuditLog(lines: try catalogue.audit(prefix: query.get("action") ?? "", subject: query.get("subject"))))
    }
    addPeople(router)
    addFiles(router)
    addTemplates(router)
  }

  private func addPeople(_ router: RouterGroup<LiveContext>) {
    router.get("people") { _, _ in
      try Reply.json(Team(people: try catalogue.people(), tokens: try catalogue.tokens()))
    }
    router.get("me") { _, context in try Reply.json(try context.require(.viewer)) }
    router.post("people") { request, context in
      let manager = try context.require(.manager)
      let person: Catalogue.Person = try await Reply.read(request)
      try PersonName.check(person.name)
      try catalogue.put(person, at: await runner.view.at)
      try await record(manager.act("person.put", person.name, change: person.role.rawValue))
      return try Reply.json(person, .created)
    }
    router.delete("people/:name") { _, context in
      let manager = try context.require(.manager)
      let name = context.parameters.get("name") ?? ""
      guard try catalogue.retire(name, at: await runner.view.at) else {
        throw Problem(.notFound, "there is no '\(name)'")
      }
      try await record(manager.act("person.retire", name))
      return try Reply.json(Team(people: try catalogue.people(), tokens: try catalogue.tokens()))
    }
    router.post("people/:name/tokens") { request, context in
      let manager = try context.require(.manager)
      let name = context.parameters.get("name") ?? ""
      guard try catalogue.people().contains(where: { $0.name == name }) else {
        throw Problem(.notFound, "there is no '\(name)'", hint: "lora-train user add \(name) --role engineer")
      }
      let label = (try await Reply.readOrNothing(request) as Reason?)?.justification ?? ""
      let token = "lt_" + SecretFile.random(24).hex
      let digest = Bearers.digest(of: token)
      try catalogue.addToken(digest: digest, person: name, label: label, at: await runner.view.at)
      try await record(manager.act("token.create", name, change: String(digest.prefix(8))))
      return try Reply.json(NewToken(id: String(digest.prefix(8)), person: name, token: token), .created)
    }
    router.delete("tokens/:id") { _, context in
      let manager = try context.require(.manager)
      let id = context.parameters.get("id") ?? ""
      guard try catalogue.revokeToken(id, at: await runner.view.at) else {
        throw Problem(.notFound, "there is no token '\(id)' that holds", hint: "lora-train user list")
      }
      try await record(manager.act("token.revoke", id))
      return try Reply.json(Team(people: try catalogue.people(), tokens: try catalogue.tokens()))
    }
  }

  private func addFiles(_ router: RouterGroup<LiveContext>) {
    router.get("files") { _, _ in try Reply.json(FileList(files: try catalogue.files())) }
    router.post("files") { request, context in
      let person = try context.require(.engineer)
      let name = request.uri.queryParameters.get("name") ?? "training file"
      let file = try await FileShelf(beside: storePath).take(
        request.body, name: name, at: await runner.view.at, by: person.name)
      try catalogue.add(file, at: await runner.view.at)
      try await record(person.act("file.add", file.id, change: file.name))
      return try Reply.json(file, .created)
    }
  }

  private func addTemplates(_ router: RouterGroup<LiveContext>) {
    router.get("templates") { _, context in
      let person = try context.require(.viewer)
      let view = await runner.view
      return try Reply.json(
        TemplateList(templates: try catalogue.templates(for: person.name).map { TemplateDocument($0, view) }))
    }
    let deeds = TemplateDeeds(runner: runner)
    router.post("templates") { request, context in
      _ = try context.require(.engineer)
      return try Reply.json(try await deeds.put(Reply.read(request), context), .created)
    }
    router.delete("templates/:name") { _, context in
      try await deeds.remove((context.parameters.get("name") ?? "").removingPercentEncoding ?? "", context)
      return try Reply.json(TemplateList(templates: []))
    }
  }

  private func record(_ act: PersonAct) async throws {
    try JobDeed.check(try await Reply.orUnavailable { try await runner.ask(.record, as: act) })
  }
}
