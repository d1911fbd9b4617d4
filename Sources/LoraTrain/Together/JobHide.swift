import ArgumentParser
import Foundation
import Journal
import Web

/// Takes jobs out of the lists.
struct JobHide: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hide",
    abstract: "Takes jobs that are over out of all lists; what they cost, their history and the audit log stay.",
    discussion: "EXAMPLE\n  lora-train job hide job-3 job-4 --reason 'only tests'\n  lora-train job hide job-3 --undo")
  @Argument(help: "The jobs.") var jobs: [String]
  @Option(help: "Why: it goes to the audit log.") var reason: String?
  @Flag(help: "Shows them again.") var undo = false
  @OptionGroup var live: LiveOptions

  func run() async throws {
    let client = try live.client
    var changed: [JobDocument] = []
    for job in jobs {
      let done: JobDocument = try await client.send(
        "POST", "/api/v1/jobs/\(LiveClient.escaped(job))/\(undo ? "show" : "hide")", Reason(justification: reason))
      if !live.json { print("\(done.id) \(PlainText.line(done.name)): \(undo ? "shown again" : "hidden")") }
      changed.append(done)
    }
    if live.json { try live.emit(["jobs": changed]) }
  }
}

/// Changes one's own note, or takes it back.
struct JobNoteEdit: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit-note",
    abstract: "Changes a note of your own, or takes it back; what it said before is kept.",
    discussion:
      "EXAMPLE\n  lora-train job edit-note job-7 2 'Loss plateaued at epoch 2.4'\n  lora-train job edit-note job-7 2 --remove"
  )
  @OptionGroup var target: JobTarget
  @Argument(help: "The note's number: job show --json.") var note: Int
  @Argument(help: "What it says now, in Markdown.") var text: String?
  @Flag(help: "Takes it back.") var remove = false

  func validate() throws {
    guard (text == nil) == remove else { throw ValidationError("either a text, or --remove") }
  }

  func run() async throws {
    let path = "/api/v1/jobs/\(target.path)/notes/\(note)"
    let client = try target.live.client
    let notes: [Catalogue.Note] =
      if let text { try await client.send("PUT", path, NewNote(text: text)) } else {
        try await client.call("DELETE", path)
      }
    try target.live.answer(notes, remove ? "Taken back." : "Changed.")
  }
}
