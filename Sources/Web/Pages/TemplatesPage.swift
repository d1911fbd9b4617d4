import Foundation
import Hummingbird
import Journal
import Live

/// Configurations worth starting from again (story 5.2.2).
struct TemplatesPage: Page {
  static let name = "templates"
  let title = "Configuration templates"
  let section = Section.templates
  struct Card: Sendable {
    var name, purpose, summary, uses, success, cost, creator, visibility, tags, query: String
    var isOwn: Bool
  }
  let cards: [Card]
  let hasCards: Bool
  /// The job that one is made from.
  let from: String?
  let fromText: String?

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    router.get("templates") { request, context in
      let person = try context.require(.viewer)
      let view = await desk.runner.view
      let from = request.uri.queryParameters.get("from")
      return await desk.answer(try TemplatesPage(desk.catalogue, view, person, from: from), request, context)
    }
    router.post("templates") { request, context in
      let form = try await FormFields(request)
      let view = await desk.runner.view
      guard let index = form["from"].flatMap({ view.job($0) }) else {
        throw Problem(.badRequest, "a template is made from a job", hint: "open a job that went well: Save as template")
      }
      let tags = (form["tags"] ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter {
        !$0.isEmpty
      }
      let new = NewTemplate(
        name: form["name"] ?? "", purpose: form["purpose"], isShared: form["visibility"] != "private", tags: tags,
        configuration: view.descriptions[Int(index.rawValue)].configuration)
      _ = try await TemplateDeeds(runner: desk.runner).put(new, context)
      return Reply.see("/dashboard/templates?notice=saved")
    }
    router.post("templates/remove") { request, context in
      let form = try await FormFields(request)
      try await TemplateDeeds(runner: desk.runner).remove(form["name"] ?? "", context)
      return Reply.see("/dashboard/templates?notice=removed")
    }
  }

  init(_ catalogue: Catalogue, _ view: LiveView, _ person: Catalogue.Person, from: String?) throws {
    cards = try catalogue.templates(for: person.name).map { template in
      let document = TemplateDocument(template, view)
      let c = template.configuration
      return Card(
        name: template.name, purpose: template.purpose ?? "",
        summary:
          "\(Wording.capital(c.preset.rawValue)), \(c.pricing == .spot ? "spot" : "on-demand"); r=\(c.rank), lr=\(String(format: "%g", c.learningRate)), "
          + "epochs=\(c.epochs), batch_size=\(c.batchSize), checkpoint every \(Wording.group(c.checkpointEvery)) steps",
        uses: Wording.count(document.uses, "job"),
        success: document.success_rate.map(Wording.per) ?? "none is over yet",
        cost: document.mean_cost_usd.map(Wording.money) ?? Wording.nothing, creator: template.creator,
        visibility: template.is_shared ? "Team" : "Private", tags: template.tags.joined(separator: ", "),
        query: "template=\(FormFields.escaped(template.name))",
        isOwn: template.creator == person.name || person.role == .manager)
    }
    hasCards = !cards.isEmpty
    let job = from.flatMap { view.job($0) }.map { JobDocument(view, $0) }
    self.from = job?.id
    fromText = job.map { "\($0.name) (\($0.id), \(Wording.words($0.status)))" }
  }

  static let template = #"""
    <div class="head"><h1>{{title}}</h1></div>
    {{#from}}{{#frame.canEdit}}<form class="card" id="add" method="post" action="/dashboard/templates">{{>csrf}}<input type="hidden" name="from" value="{{from}}"><h2>Save as template</h2><p>From {{fromText}}</p>
    <div class="field"><label for="name">Template name (required)</label><input id="name" name="name" minlength="3" maxlength="100" required placeholder="Production Financial Advisory - High Quality"></div>
    <div class="field"><label for="purpose">Description</label><input id="purpose" name="purpose" maxlength="500"></div>
    <div class="fields"><div class="field"><label for="visibility">Visibility</label><select id="visibility" name="visibility"><option value="team">Team (shared across workspace)</option><option value="private">Private (my templates)</option></select></div>
    <div class="field"><label for="tags">Tags</label><input id="tags" name="tags"><p class="hint">Separated by commas</p></div></div><button class="primary" type="submit">Save template</button></form>{{/frame.canEdit}}{{/from}}
    <div class="half">{{#cards}}<section class="card"><div class="card-head"><h2>{{name}}</h2><span class="badge">{{visibility}}</span></div><p>{{purpose}}</p>
    <dl class="pairs small"><dt>Configuration</dt><dd>{{summary}}</dd><dt>Usage count</dt><dd>{{uses}}</dd><dt>Success rate</dt><dd>{{success}}</dd><dt>Average cost</dt><dd>{{cost}}</dd><dt>Created by</dt><dd>{{creator}}</dd><dt>Tags</dt><dd>{{tags}}</dd></dl>
    {{#frame.canEdit}}<div class="actions"><a class="button" href="/dashboard/training-jobs/new?{{query}}">Start from Template</a>{{#isOwn}}<form method="post" action="/dashboard/templates/remove">{{>csrf}}<input type="hidden" name="name" value="{{name}}"><button class="danger" type="submit">Delete<span class="hidden"> {{name}}</span></button></form>{{/isOwn}}</div>{{/frame.canEdit}}</section>{{/cards}}</div>
    {{^hasCards}}<div class="card empty"><h2>No template yet</h2><p>Open a job that went well and choose “Save as template”: the next one starts where it did.</p></div>{{/hasCards}}
    """#
}

/// What is done about templates: the same for programs and for the dashboard.
struct TemplateDeeds: Sendable {
  let runner: LiveRunner

  /// - Throws: ``Problem`` where the name is too short, or somebody else's.
  func put(_ new: NewTemplate, _ context: LiveContext) async throws -> TemplateDocument {
    let person = try context.require(.engineer)
    guard (3...100).contains(new.name.count) else {
      throw Problem(.badRequest, "a template's name has 3 to 100 characters")
    }
    let template = Catalogue.Template(
      name: new.name, purpose: new.purpose, isShared: new.is_shared ?? true, tags: new.tags ?? [],
      configuration: new.configuration, creator: person.name)
    guard try runner.catalogue.put(template, at: await runner.view.at) else {
      throw Problem(.conflict, "there is a template '\(new.name)' of somebody else's", hint: "choose another name")
    }
    try await record(person.act("template.put", new.name))
    return TemplateDocument(template, await runner.view)
  }

  func remove(_ name: String, _ context: LiveContext) async throws {
    let person = try context.require(.engineer)
    guard let template = try runner.catalogue.templates(for: person.name).first(where: { $0.name == name }) else {
      throw Problem(.notFound, "there is no template '\(name)'", hint: "lora-train template list")
    }
    guard template.creator == person.name || person.role == .manager else {
      throw Problem(.forbidden, "'\(name)' is \(template.creator)'s")
    }
    _ = try runner.catalogue.removeTemplate(name)
    try await record(person.act("template.remove", name))
  }

  private func record(_ act: PersonAct) async throws {
    try JobDeed.check(try await Reply.orUnavailable { try await runner.ask(.record, as: act) })
  }
}
