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
  let finals: FinalShelf
  private var catalogue: Catalogue { runner.catalogue }

  init(runner: LiveRunner, storePath: String, finals: FinalShelf) {
    (self.runner, self.storePath, self.finals) = (runner, storePath, finals)
  }

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
      let page = try Paging(request)
      let lines = try catalogue.audit(
        prefix: query.get("action") ?? "", subject: query.get("subject"),
        after: page.start > 0 ? Int64(page.start) : .max,
        limit: page.limit + 1)
      let next = lines.count > page.limit ? Int(lines[page.limit - 1].id) : nil
      return try Reply.json(AuditLog(lines: Array(lines.prefix(page.limit)), next: page.address(next, request)))
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
    let deeds = PeopleDeeds(runner: runner)
    router.post("people") { request, context in
      _ = try context.require(.manager)
      let person: Catalogue.Person = try await Reply.read(request)
      try await deeds.put(person, context)
      return try Reply.json(person, .created)
    }
    router.delete("people/:name") { _, context in
      try await deeds.retire(context.parameters.get("name") ?? "", context)
      return try Reply.json(Team(people: try catalogue.people(), tokens: try catalogue.tokens()))
    }
    router.post("people/:name/tokens") { request, context in
      _ = try context.require(.manager)
      let label = (try await Reply.readOrNothing(request) as Reason?)?.justification ?? ""
      return try Reply.json(
        try await deeds.token(for: context.parameters.get("name") ?? "", label: label, context), .created, Reply.secret)
    }
    router.delete("tokens/:id") { _, context in
      try await deeds.revoke(context.parameters.get("id") ?? "", context)
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
      try await runner.record(person.act("file.add", file.id, change: file.name))
      return try Reply.json(file, .created)
    }
  }

  private func addTemplates(_ router: RouterGroup<LiveContext>) {
    router.get("templates") { _, context in try await templates(context) }
    let deeds = TemplateDeeds(runner: runner)
    router.post("templates") { request, context in
      _ = try context.require(.engineer)
      return try Reply.json(try await deeds.put(Reply.read(request), context), .created)
    }
    router.delete("templates/:name") { _, context in
      try await deeds.remove((context.parameters.get("name") ?? "").removingPercentEncoding ?? "", context)
      return try await templates(context)
    }
  }

  /// Those that whoever asks sees.
  private func templates(_ context: LiveContext) async throws -> Response {
    let person = try context.require(.viewer)
    let view = await runner.view
    let templates = try catalogue.templates(for: person.name)
    return try Reply.json(
      TemplateList(templates: TemplateDocument.list(templates, view, try await finals.finals(view))))
  }
}
