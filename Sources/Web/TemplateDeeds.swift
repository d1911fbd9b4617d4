import Engine
import Foundation
import Hummingbird
import Journal
import Live

/// What is done about templates: the same for programs and for the dashboard.
struct TemplateDeeds: Sendable {
  let runner: LiveRunner

  /// - Throws: ``Problem`` where the name is too short, or somebody else's.
  func put(_ new: NewTemplate, _ context: LiveContext) async throws -> TemplateDocument {
    let person = try context.require(.engineer)
    guard (3...100).contains(new.name.count) else {
      throw Problem(.badRequest, "a template's name has 3 to 100 characters")
    }
    try TemplateDeeds.check(new.purpose, new.tags ?? [])
    let template = Catalogue.Template(
      name: new.name, purpose: new.purpose, isShared: new.is_shared ?? true, tags: new.tags ?? [],
      configuration: new.configuration, creator: person.name)
    guard try runner.catalogue.put(template, at: await runner.view.at) else {
      // Whoever comes with the program is somebody else, too.
      throw Problem(.conflict, "there is a template '\(new.name)' of somebody else's", hint: "choose another name")
    }
    try await runner.record(person.act("template.put", new.name))
    return try document(template, await runner.view)
  }

  /// Another description, other tags, or who sees it; the configuration stays as it was tried.
  func edit(
    _ name: String, purpose: String?, tags: [String], isShared: Bool, _ context: LiveContext
  ) async throws -> TemplateDocument {
    let old = try own(name, try context.require(.engineer))
    var template = old
    (template.purpose, template.tags, template.is_shared) = (purpose, tags, isShared)
    try TemplateDeeds.check(purpose, tags)
    _ = try runner.catalogue.put(template, at: await runner.view.at)
    try await runner.record(context.require(.engineer).act("template.edit", name))
    return try document(template, await runner.view)
  }

  func remove(_ name: String, _ context: LiveContext) async throws {
    let person = try context.require(.engineer)
    _ = try own(name, person)
    _ = try runner.catalogue.removeTemplate(name)
    try await runner.record(person.act("template.remove", name))
  }

  private static func check(_ purpose: String?, _ tags: [String]) throws {
    guard (purpose ?? "").count <= 500 else { throw Problem(.badRequest, "a description has 500 characters at most") }
    guard tags.count <= 20, tags.allSatisfy({ $0.count <= 40 }) else {
      throw Problem(.badRequest, "a template has 20 tags at most, of 40 characters each")
    }
  }

  /// One that this person may change.
  private func own(_ name: String, _ person: Catalogue.Person) throws -> Catalogue.Template {
    guard let template = try runner.catalogue.templates(for: person.name).first(where: { $0.name == name }) else {
      throw Problem(.notFound, "there is no template '\(name)'", hint: "lora-train template list")
    }
    guard template.creator != Catalogue.ownName else {
      throw Problem(.forbidden, "'\(name)' comes with lora-train", hint: "start a job from it, and save that as yours")
    }
    guard template.creator == person.name || person.role == .manager else {
      throw Problem(.forbidden, "'\(name)' is \(template.creator)'s")
    }
    return template
  }

  private func document(_ template: Catalogue.Template, _ view: LiveView) throws -> TemplateDocument {
    let jobs = view.fleet.jobs.indices.filter {
      view.descriptions[$0].template == template.name && view.fleet.jobs[$0].phase.isTerminal
    }
    var finals = [Catalogue.Finals?](repeating: nil, count: view.fleet.jobs.count)
    for (i, final) in zip(jobs, try runner.catalogue.finals(of: jobs.map { JobIndex($0) })) { finals[i] = final }
    return TemplateDocument.list([template], view, finals)[0]
  }
}
