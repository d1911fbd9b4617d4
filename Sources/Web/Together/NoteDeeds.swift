import Engine
import Foundation
import Hummingbird
import Journal
import Live

/// What a note said, wording by wording.
public struct NoteHistory: Codable, Sendable {
  public var person: String
  /// The oldest first.
  public var versions: [Catalogue.NoteVersion]
}

/// One's own notes, changed and taken back: the same for programs and for the dashboard. What they said before is kept.
struct NoteDeeds: Sendable {
  let runner: LiveRunner
  private var catalogue: Catalogue { runner.catalogue }

  init(runner: LiveRunner) { self.runner = runner }

  /// - Parameter text: nil: takes it back.
  func change(_ id: String, of job: JobIndex, to text: String?, _ context: LiveContext) async throws {
    let person = try context.require(.engineer)
    if let text { try NewNote(text: text).check() }
    let note = try note(id, of: job)
    guard note.person == person.name else {
      throw Problem(.forbidden, "this note is \(note.person)'s", hint: "add one of your own")
    }
    let action = text == nil ? "note.remove" : "note.edit"
    let act = person.act(action, job.id, change: "note \(note.id)")
    try await runner.record(act)
    _ = try catalogue.change(note: note.id, of: job, to: text, by: person.name, at: await runner.view.at)
  }

  func note(_ id: String, of job: JobIndex) throws -> Catalogue.Note {
    guard let number = Int64(id), let note = try catalogue.notes(of: job).first(where: { $0.id == number }) else {
      throw Problem(.notFound, "\(job.id) has no note '\(id)'", hint: "lora-train job show --json")
    }
    return note
  }

  /// For whoever wrote it, and for managers: it may say what was taken back.
  func history(_ id: String, of job: JobIndex, _ context: LiveContext) throws -> NoteHistory {
    let person = try context.require(.viewer)
    guard let number = Int64(id), let found = try catalogue.versions(ofNote: number, of: job) else {
      throw Problem(.notFound, "\(job.id) has no note '\(id)'", hint: "lora-train job show --json")
    }
    guard found.person == person.name || person.role == .manager else {
      throw Problem(.forbidden, "what this note said before is \(found.person)'s to see, and a manager's")
    }
    return NoteHistory(person: found.person, versions: found.versions)
  }
}

/// Notes, for programs.
struct NoteRoutes {
  let runner: LiveRunner
  let deeds: NoteDeeds

  init(runner: LiveRunner) { (self.runner, deeds) = (runner, NoteDeeds(runner: runner)) }

  func add(to router: RouterGroup<LiveContext>) {
    router.get("jobs/:id/notes/:note") { _, context in
      try Reply.json(
        try deeds.history(context.parameters.get("note") ?? "", of: try await runner.view.known(context), context))
    }
    router.put("jobs/:id/notes/:note") { request, context in
      _ = try context.require(.engineer)
      let job = try await runner.view.known(context)
      let new: NewNote = try await Reply.read(request)
      try await deeds.change(context.parameters.get("note") ?? "", of: job, to: new.text, context)
      return try Reply.json(try runner.catalogue.notes(of: job))
    }
    router.delete("jobs/:id/notes/:note") { _, context in
      let job = try await runner.view.known(context)
      try await deeds.change(context.parameters.get("note") ?? "", of: job, to: nil, context)
      return try Reply.json(try runner.catalogue.notes(of: job))
    }
  }
}

/// Where one's own note is changed or taken back.
struct NotePage: Page {
  static let name = "note"
  let title = "Edit note"
  let section = Section.jobs
  struct Version: Sendable {
    var html: String
    var at: Moment?
  }
  let id, path, notePath, text: String
  let versions: [Version]
  let hasVersions: Bool

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    let deeds = NoteDeeds(runner: desk.runner)
    router.get("training-jobs/:id/notes/:note") { request, context in
      _ = try context.require(.engineer)
      let job = try desk.job(context, await desk.runner.view)
      let note = try deeds.note(context.parameters.get("note") ?? "", of: job)
      let history = try deeds.history("\(note.id)", of: job, context)
      return await desk.answer(NotePage(job, note, history), request, context)
    }
    for (path, isRemoval) in [("training-jobs/:id/notes/:note", false), ("training-jobs/:id/notes/:note/remove", true)]
    {
      router.post(RouterPath(path)) { request, context in
        let job = try desk.job(context, await desk.runner.view)
        let text = isRemoval ? nil : try await FormFields(request)["text"] ?? ""
        try await deeds.change(context.parameters.get("note") ?? "", of: job, to: text, context)
        return Reply.see("/dashboard/training-jobs/\(job.id)?notice=\(isRemoval ? "removed" : "saved")")
      }
    }
  }

  init(_ job: JobIndex, _ note: Catalogue.Note, _ history: NoteHistory) {
    id = job.id
    path = "/dashboard/training-jobs/\(id)"
    notePath = "\(path)/notes/\(note.id)"
    text = note.text
    versions = history.versions.dropLast().reversed().map {
      Version(html: Markdown.html($0.text ?? ""), at: Moment($0.at))
    }
    hasVersions = !versions.isEmpty
  }

  static let template = #"""
    <p class="crumbs"><a href="/dashboard/training-jobs">Training jobs</a> / <a href="{{path}}">{{id}}</a> / Note</p>
    <div class="head"><h1>{{title}}</h1></div>
    <form class="card" method="post" action="{{notePath}}">{{>csrf}}<div class="field"><label for="note">Note</label><textarea id="note" name="text" rows="8" maxlength="2000" required>{{text}}</textarea><p class="hint">Markdown. It will be shown as edited; what it said before is kept.</p></div>
    <div class="actions"><button class="primary" type="submit">Save note</button><button class="danger" type="submit" formaction="{{notePath}}/remove" formnovalidate>Delete note</button><a class="button" href="{{path}}">Go back</a></div></form>
    {{#hasVersions}}<section class="card" aria-labelledby="before-h"><h2 id="before-h">What it said before</h2>{{#versions}}<div class="note"><p class="soft">{{#at}}{{>time}}{{/at}}</p>{{{html}}}</div>{{/versions}}</section>{{/hasVersions}}
    """#
}
