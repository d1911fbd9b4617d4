import Engine
import Foundation
import Hummingbird
import Live

/// Asks once more before several jobs are cancelled, and why: what is cancelled does not come back.
struct CancelPage: Page {
  static let name = "cancel-several"
  let section = Section.jobs
  let scripts = ["checklist.js"]
  let title, spent: String
  struct Row: Sendable {
    var id, name, status, statusText, cost: String
    var problem: String?
  }
  let rows: [Row]
  let hasAny: Bool
  let reasons = DeedPage.cancelReasons
  let confirmation = DeedPage.undone

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    router.post("training-jobs/cancel") { request, context in
      _ = try context.require(.engineer)
      let form = try await FormFields(request)
      let jobs = form.all("job")
      guard (1...100).contains(jobs.count) else {
        throw Problem(.badRequest, "no job is selected", hint: "tick some in the list first; 100 at most")
      }
      guard form.has(DeedPage.undone.name) else {
        throw Problem(
          .badRequest, "the box '\(DeedPage.undone.text)' was not ticked", hint: "go back and tick it")
      }
      let why = [form["reason"], form["justification"]].compactMap { $0 }.joined(separator: ": ")
      try await desk.cancel(jobs, why.isEmpty ? "Cancelled with others" : why, context)
      return Reply.see("/dashboard/training-jobs?notice=selected")
    }
  }

  init(_ jobs: [JobIndex], _ view: LiveView) {
    rows = jobs.map { index in
      let job = JobDocument(view, index)
      return Row(
        id: job.id, name: job.name, status: job.status, statusText: Wording.badge(job.status),
        cost: Wording.money(job.cost_usd),
        problem: job.isOver ? "it is \(Wording.words(job.status)) already" : nil)
    }
    let going = zip(jobs, rows).filter { $0.1.problem == nil }
    hasAny = !going.isEmpty
    title = "Cancel \(Wording.count(going.count, "job"))?"
    spent = Wording.money(going.reduce(Int64(0)) { $0 + view.fleet[$1.0].cost(at: view.at) })
  }

  static let template = #"""
    <p class="crumbs"><a href="/dashboard/training-jobs">Training jobs</a></p>
    <div class="head"><h1>{{title}}</h1></div>
    <form class="card" method="post" action="/dashboard/training-jobs/cancel" data-checklist>{{>csrf}}
    <div class="notice bad"><p>This will permanently stop their training and terminate their GPU instances. {{spent}} was spent on them.</p></div>
    <div class="scroll" tabindex="0" role="region" aria-label="Table of jobs"><table><thead><tr><th scope="col">Job</th><th scope="col">Status</th><th scope="col" class="number">Cost</th><th scope="col">What happens</th></tr></thead><tbody>
    {{#rows}}<tr><th scope="row">{{name}} <span class="soft small">{{id}}</span></th><td>{{>badge}}</td><td class="number">{{cost}}</td><td>{{#problem}}<span class="soft">Stays: {{problem}}</span>{{/problem}}{{^problem}}<input type="hidden" name="job" value="{{id}}">Is cancelled{{/problem}}</td></tr>
    {{/rows}}</tbody></table></div>
    {{#hasAny}}<div class="field"><label for="reason">Reason for cancellation?</label><select id="reason" name="reason">{{#reasons}}<option>{{.}}</option>{{/reasons}}</select></div>
    <div class="field"><label for="why">Notes (optional)</label><textarea id="why" name="justification" maxlength="2000"></textarea></div>
    {{#confirmation}}<label class="check"><input type="checkbox" name="{{name}}" value="yes" required> {{text}}</label>{{/confirmation}}{{/hasAny}}
    <div class="actions">{{#hasAny}}<button class="danger" type="submit" data-last>Cancel them</button>{{/hasAny}}<a class="button" href="/dashboard/training-jobs">Go back</a></div>
    </form>
    """#
}

extension PageDesk {
  /// Cancels all that can be: what one of them refuses holds up none of the others.
  ///
  /// - Throws: ``Problem`` that says which could not be; at once where nothing can be done at all, as in a copy that nobody has confirmed.
  fileprivate func cancel(_ ids: [String], _ why: String, _ context: LiveContext) async throws {
    var refusals: [String] = []
    for id in ids {
      let view = await runner.view
      guard let job = view.job(id) else {
        refusals.append("\(id.prefix(40)): there is no such job")
        continue
      }
      do {
        try await act("cancel", on: job, view, Reason(justification: why), context)
      } catch let problem as Problem where problem.status == .conflict && view.isConfirmed {
        refusals.append("\(view.descriptions[Int(job.rawValue)].id): \(problem.document.detail)")
      }
    }
    guard !refusals.isEmpty else { return }
    throw Problem(
      .conflict,
      "\(ids.count - refusals.count) of \(Wording.count(ids.count, "job")) cancelled; not \(refusals.joined(separator: "; "))",
      hint: "the list shows how each of them stands now")
  }
}
