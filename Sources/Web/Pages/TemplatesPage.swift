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
    var id, name, purpose, summary, uses, success, cost, duration, loss, creator, visibility, tags, query: String
    var isOwn, isShared: Bool
    var created: Moment?
  }
  let cards: [Card]
  let hasCards: Bool
  let selects: [JobFilter.Select]
  let isFiltered: Bool
  /// The job that one is made from.
  let from: String?
  let fromText: String?

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    let deeds = TemplateDeeds(runner: desk.runner)
    router.get("templates") { request, context in
      let person = try context.require(.viewer)
      let view = await desk.runner.view
      let all = TemplateDocument.list(
        try desk.catalogue.templates(for: person.name), view, try await desk.finals.finals(view))
      return await desk.answer(TemplatesPage(all, view, person, FormFields(query: request)), request, context)
    }
    router.post("templates") { request, context in
      let form = try await FormFields(request)
      let view = await desk.runner.view
      guard let index = form["from"].flatMap({ view.job($0) }) else {
        throw Problem(.badRequest, "a template is made from a job", hint: "open a job that went well: Save as template")
      }
      if let examined = view.descriptions[Int(index.rawValue)].examines {
        throw Problem(.conflict, "\(index.id) trained nothing", hint: "make it from \(examined), which it examined")
      }
      let new = NewTemplate(
        name: form["name"] ?? "", purpose: form["purpose"], isShared: form["visibility"] != "private", tags: tags(form),
        configuration: view.descriptions[Int(index.rawValue)].configuration)
      _ = try await deeds.put(new, context)
      return Reply.see("/dashboard/templates?notice=saved")
    }
    router.post("templates/edit") { request, context in
      let form = try await FormFields(request)
      _ = try await deeds.edit(
        form["name"] ?? "", purpose: form["purpose"], tags: tags(form), isShared: form["visibility"] != "private",
        context)
      return Reply.see("/dashboard/templates?notice=saved")
    }
    router.post("templates/remove") { request, context in
      let form = try await FormFields(request)
      guard form.has("confirmed") else {
        throw Problem(.badRequest, "the box 'Delete it for good' was not ticked", hint: "go back and tick it")
      }
      try await deeds.remove(form["name"] ?? "", context)
      return Reply.see("/dashboard/templates?notice=removed")
    }
  }

  private static func tags(_ form: FormFields) -> [String] {
    (form["tags"] ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }

  private init(_ all: [TemplateDocument], _ view: LiveView, _ person: Catalogue.Person, _ form: FormFields) {
    let shown = TemplatesPage.sorted(
      all.filter { document in
        let template = document.template
        return form["creator"].map { $0 == template.creator } ?? true
          && form["tag"].map(template.tags.contains) ?? true
          && form["visibility"].map { ($0 == "private") != template.is_shared } ?? true
      }, by: form["sort"])
    cards = shown.enumerated().map { Card($0.element, "t\($0.offset)", person) }
    hasCards = !cards.isEmpty
    func known(_ values: [String]) -> [(String, String)] { Set(values).sorted().prefix(200).map { ($0, $0) } }
    selects = [
      .init(
        name: "creator", label: "Created by",
        choices: Choice.list("All", known(all.map(\.template.creator)), chosen: form["creator"])),
      .init(
        name: "tag", label: "Tag", choices: Choice.list("All", known(all.flatMap(\.template.tags)), chosen: form["tag"])
      ),
      .init(
        name: "visibility", label: "Visibility",
        choices: Choice.list("All", [("team", "Team"), ("private", "Private")], chosen: form["visibility"])),
      .init(
        name: "sort", label: "Sort by",
        choices: Choice.list(
          "Default", [("name", "Name"), ("created", "Created date"), ("uses", "Usage count")],
          chosen: form["sort"])),
    ]
    isFiltered = ["creator", "tag", "visibility"].contains { form.has($0) }
    let job = form["from"].flatMap { view.job($0) }.map { JobDocument(view, $0) }
    from = job?.id
    fromText = job.map { "\($0.name) (\($0.id), \(Wording.words($0.status)))" }
  }

  private static func sorted(_ all: [TemplateDocument], by key: String?) -> [TemplateDocument] {
    switch key {
    case "name": all.sorted { $0.template.name.lowercased() < $1.template.name.lowercased() }
    case "created": all.sorted { ($0.template.created_at ?? "") > ($1.template.created_at ?? "") }
    case "uses": all.sorted { ($1.uses, $0.template.name) < ($0.uses, $1.template.name) }
    default: all
    }
  }
}

extension TemplatesPage.Card {
  init(_ document: TemplateDocument, _ id: String, _ person: Catalogue.Person) {
    let (template, c) = (document.template, document.template.configuration)
    (self.id, name, purpose) = (id, template.name, template.purpose ?? "")
    summary =
      "\(Wording.capital(c.preset.rawValue)), \(c.pricing == .spot ? "spot" : "on-demand"); r=\(c.rank), lr=\(String(format: "%g", c.learningRate)), "
      + "epochs=\(c.epochs), batch_size=\(c.batchSize), checkpoint every \(Wording.group(c.checkpointEvery)) steps"
    uses = Wording.count(document.uses, "job")
    success = document.success_rate.map(Wording.per) ?? "none is over yet"
    cost = document.mean_cost_usd.map { Wording.money($0) } ?? Wording.nothing
    duration = document.mean_duration_s.map(Wording.duration) ?? Wording.nothing
    loss = document.mean_final_loss.map(Wording.loss) ?? Wording.nothing
    creator = document.is_default ? "comes with lora-train" : template.creator
    (visibility, isShared) = (template.is_shared ? "Team" : "Private", template.is_shared)
    tags = template.tags.joined(separator: ", ")
    query = "template=\(Address.escaped(template.name))"
    isOwn = !document.is_default && (template.creator == person.name || person.role == .manager)
    created = Moment(template.created_at)
  }
}
