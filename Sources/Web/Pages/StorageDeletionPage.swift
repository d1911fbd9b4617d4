import Engine
import Foundation
import Hummingbird
import Journal
import Live

/// Asks once more before stored files are deleted for good.
struct StorageDeletionPage: Page {
  static let name = "storage-deletion"
  let title = "Delete these files?"
  let section = Section.storage
  let scripts = ["checklist.js"]

  struct Item: Sendable { var value, text: String }
  let items: [Item]
  let sum: String

  private static let most = 200

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    router.post("storage/delete") { request, context in
      _ = try context.require(.engineer)
      guard let shelf = desk.artifacts else { throw StoragePage.nothing }
      let form = try await FormFields(request)
      let chosen = form.all("job")
      guard (1...most).contains(chosen.count) else {
        throw Problem(.badRequest, "no file is selected", hint: "tick some first; \(most) at most")
      }
      let deeds = ArtifactDeeds(runner: desk.runner, shelf: shelf)
      let view = await desk.runner.view
      guard form.has("confirmed") else {
        return await desk.answer(try await StorageDeletionPage(chosen, deeds, view), request, context)
      }
      for what in chosen {
        let (job, kind) = try StorageDeletionPage.parts(what, view)
        try await deeds.delete(kind, of: job, form["justification"], context)
      }
      return Reply.see("/dashboard/storage?notice=removed")
    }
  }

  /// `job-7/adapters`, or `job-7/checkpoints`.
  private static func parts(_ text: String, _ view: LiveView) throws -> (JobIndex, kind: String) {
    let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
    guard parts.count == 2, let job = view.job(parts[0]) else {
      throw Problem(.notFound, "there is no '\(text.prefix(60))'")
    }
    return (job, parts[1])
  }

  private init(_ chosen: [String], _ deeds: ArtifactDeeds, _ view: LiveView) async throws {
    var items: [Item] = []
    var sum: Int64 = 0
    for what in chosen {
      let (job, kind) = try StorageDeletionPage.parts(what, view)
      let text = view.descriptions[Int(job.rawValue)]
      let bytes = try await deeds.size(kind, of: job)
      sum += bytes
      items.append(
        Item(value: what, text: "\(Wording.words(kind)) of \(text.name) (\(text.id)), \(JobHandover.size(bytes))"))
    }
    self.items = items
    self.sum = "\(Wording.count(items.count, "file")), \(JobHandover.size(sum))"
  }

  static let template = #"""
    <p class="crumbs"><a href="/dashboard/storage">Storage</a></p>
    <div class="head"><h1>{{title}}</h1></div>
    <form class="card" method="post" action="/dashboard/storage/delete" data-checklist>{{>csrf}}
    <div class="notice bad"><p>What is deleted is gone for good: {{sum}}. Jobs, their figures and the audit log stay.</p></div>
    <ul>{{#items}}<li>{{text}}<input type="hidden" name="job" value="{{value}}"></li>{{/items}}</ul>
    <div class="field"><label for="why">Reason (optional)</label><textarea id="why" name="justification" maxlength="2000"></textarea><p class="hint">It goes to the audit log.</p></div>
    <label class="check"><input type="checkbox" name="confirmed" value="yes" required> I understand this action cannot be undone</label>
    <div class="actions"><button class="danger" data-last>Delete</button><a class="button" href="/dashboard/storage">Go back</a></div>
    </form>
    """#
}
