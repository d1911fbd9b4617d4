import Engine
import Foundation
import Hummingbird
import Journal
import Live

/// Takes jobs out of the lists, and back: what people call deleting. Journal, ledger, budget and audit log keep all of it.
struct HideDeeds: Sendable {
  let runner: LiveRunner

  /// Why somebody may not hide a job; nil: they may.
  static func refusal(_ job: JobDocument, _ person: Catalogue.Person) -> Problem? {
    guard job.isOver else {
      return Problem(.conflict, "\(job.id) is \(Wording.words(job.status)): only what is over can be deleted")
    }
    guard person.role == .manager || (person.role == .engineer && job.creator == person.name) else {
      return Problem(
        .forbidden, "\(job.id) is \(job.creator ?? "nobody")'s; this takes its creator or a manager",
        hint: "ask a manager: lora-train user list")
    }
    return nil
  }

  /// - Throws: ``Problem`` for the first that may not be; then nothing is done.
  func hide(_ jobs: [JobIndex], isHidden: Bool, why: String?, _ context: LiveContext) async throws {
    let person = try context.require(.engineer)
    let view = await runner.view
    if let text = why, text.unicodeScalars.count > 2_000 {
      throw Problem(.badRequest, "the justification has \(text.unicodeScalars.count) characters; 2,000 at most")
    }
    for job in jobs {
      if let problem = HideDeeds.refusal(JobDocument(view, job), person) { throw problem }
    }
    for job in jobs {
      let act = person.act(isHidden ? "job.hide" : "job.show", job.id, why: why)
      try await runner.record(act)
    }
    try await Reply.orUnavailable {
      try runner.catalogue.hide(jobs, isHidden: isHidden, by: person.name, at: view.at)
    }
  }
}

/// Hiding, for programs.
struct HideRoutes {
  let runner: LiveRunner

  func add(to router: RouterGroup<LiveContext>) {
    for (word, isHidden) in [("hide", true), ("show", false)] {
      router.post("jobs/:id/\(word)") { request, context in
        _ = try context.require(.engineer)
        let why: Reason? = try await Reply.readOrNothing(request)
        let view = await runner.view
        let job = try view.known(context)
        try await HideDeeds(runner: runner).hide([job], isHidden: isHidden, why: why?.justification, context)
        var document = JobDocument(view, job)
        document.hidden = isHidden
        return try Reply.json(document)
      }
    }
  }
}

/// Asks once more before jobs are taken out of the lists.
struct HidePage: Page {
  static let name = "hide"
  let section = Section.jobs
  let title: String
  struct Row: Sendable {
    var id, name, status, statusText, cost: String
    var problem: String?
  }
  let rows: [Row]
  let hasAny: Bool

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    let deeds = HideDeeds(runner: desk.runner)
    router.get("training-jobs/:id/hide") { request, context in
      let view = await desk.runner.view
      return await desk.answer(
        HidePage([try desk.job(context, view)], view, try context.require(.engineer)), request, context)
    }
    router.post("training-jobs/hide") { request, context in
      let form = try await FormFields(request)
      try await deeds.hide(
        try jobs(form, await desk.runner.view), isHidden: true, why: form["justification"], context)
      return Reply.see("/dashboard/training-jobs?notice=hidden")
    }
    router.post("training-jobs/show") { request, context in
      let form = try await FormFields(request)
      let jobs = try jobs(form, await desk.runner.view)
      try await deeds.hide(jobs, isHidden: false, why: nil, context)
      return Reply.see(
        jobs.count == 1
          ? "/dashboard/training-jobs/\(jobs[0].id)?notice=shown"
          : "/dashboard/training-jobs?notice=shown")
    }
  }

  static func jobs(_ form: FormFields, _ view: LiveView) throws -> [JobIndex] {
    let ids = form.all("job")
    guard (1...100).contains(ids.count) else {
      throw Problem(.badRequest, "no job is selected", hint: "tick some in the list first; 100 at most")
    }
    return try ids.map { id in
      guard let job = view.job(id) else { throw Problem(.notFound, "there is no job '\(id)'") }
      return job
    }
  }

  init(_ jobs: [JobIndex], _ view: LiveView, _ person: Catalogue.Person) {
    rows = jobs.map { index in
      let job = JobDocument(view, index)
      return Row(
        id: job.id, name: job.name, status: job.status, statusText: Wording.badge(job.status),
        cost: Wording.money(job.cost_usd), problem: HideDeeds.refusal(job, person)?.document.detail)
    }
    let count = rows.count { $0.problem == nil }
    hasAny = count > 0
    title = count == 1 && rows.count == 1 ? "Delete this job?" : "Delete \(Wording.count(count, "job"))?"
  }

  static let template = #"""
    <p class="crumbs"><a href="/dashboard/training-jobs">Training jobs</a></p>
    <div class="head"><h1>{{title}}</h1></div>
    <form class="card" method="post" action="/dashboard/training-jobs/hide">{{>csrf}}
    <div class="notice warn"><p>They disappear from lists and from the search. What they cost stays in the budget, their history and the audit log stay as they are, and “Hidden jobs” in the list's filter finds them again.</p></div>
    <div class="scroll" tabindex="0" role="region" aria-label="Table of jobs"><table><thead><tr><th scope="col">Job</th><th scope="col">Status</th><th scope="col" class="number">Cost</th><th scope="col">What happens</th></tr></thead><tbody>
    {{#rows}}<tr><th scope="row">{{name}} <span class="soft small">{{id}}</span></th><td>{{>badge}}</td><td class="number">{{cost}}</td><td>{{#problem}}<span class="soft">Stays: {{problem}}</span>{{/problem}}{{^problem}}<input type="hidden" name="job" value="{{id}}">Is hidden{{/problem}}</td></tr>
    {{/rows}}</tbody></table></div>
    {{#hasAny}}<div class="field"><label for="why">Reason (optional)</label><textarea id="why" name="justification" maxlength="2000"></textarea></div>{{/hasAny}}
    <div class="actions">{{#hasAny}}<button class="danger" type="submit">Delete</button>{{/hasAny}}<a class="button" href="/dashboard/training-jobs">Go back</a></div>
    </form>
    """#
}
