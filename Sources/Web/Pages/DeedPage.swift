import Engine
import Foundation
import Hummingbird
import Journal
import Live

/// Asks once more before something is done to a job, and for the reason where one is needed (stories 2.2.1, 2.2.2, 1.2.2).
struct DeedPage: Page {
  static let name = "deed"
  let section = Section.jobs
  let scripts = ["checklist.js"]

  let title, id, job, path, action, warning, button: String
  var facts: [JobPage.Fact]
  /// What to choose from; empty where nothing has to be chosen.
  let reasons: [String]
  let hasReasons, needsReason, isDanger: Bool
  let confirmations: [Confirmation]
  /// Why there is nothing to cancel any more.
  let isOver: String?

  /// What has to be ticked before it is done.
  struct Confirmation: Sendable {
    var name, text: String
  }

  static let cancelReasons = [
    "Loss not decreasing", "Too expensive", "Wrong configuration", "Testing", "Other",
  ]
  /// Of a job that waits for a spot GPU: two deeds in one.
  static let switching = "switch-on-demand"
  static let undone = Confirmation(name: "confirmed", text: "I understand this action cannot be undone")

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    router.get("training-jobs/:id/cancel") { request, context in
      let view = await desk.runner.view
      return await desk.answer(
        try DeedPage("cancel", view, try desk.job(context, view), desk.catalogue, context), request, context)
    }
    router.get("training-jobs/:id/do/:action") { request, context in
      let view = await desk.runner.view
      let action = context.parameters.get("action") ?? ""
      let job = try desk.job(context, view)
      var page = try DeedPage(action, view, job, desk.catalogue, context)
      if action == DeedPage.switching {
        let cost = try await JobMaker(runner: desk.runner, advice: desk.advice).rest(of: job, as: .onDemand).cost_usd
        page.facts.append(
          .init(
            label: "The rest of it on-demand",
            value: "\(Wording.money(cost.p50)), 8 in 10 between \(Wording.range(cost.p10, cost.p90))"))
      }
      return await desk.answer(page, request, context)
    }
    router.post("training-jobs/:id/do/:action") { request, context in
      let view = await desk.runner.view
      let (job, action) = (try desk.job(context, view), context.parameters.get("action") ?? "")
      let form = try await FormFields(request)
      let missing = DeedPage.confirmations(action, JobDocument(view, job)).first { !form.has($0.name) }
      if let missing {
        throw Problem(.badRequest, "the box '\(missing.text)' was not ticked", hint: "go back and tick it")
      }
      let why = [form["reason"], form["justification"]].compactMap { $0 }.joined(separator: ": ")
      let reason = Reason(justification: why.isEmpty ? nil : why)
      if action == DeedPage.switching {
        try await desk.switchToOnDemand(job, view, reason, context)
      } else {
        try await desk.act(action, on: job, view, reason, context)
      }
      return Reply.see("/dashboard/training-jobs/\(job.id)?notice=\(DeedPage.notice(action))")
    }
    router.post("training-jobs/bulk") { request, context in
      let form = try await FormFields(request)
      if form["action"] == "hide" {
        let view = await desk.runner.view
        let page = HidePage(try HidePage.jobs(form, view), view, try context.require(.engineer))
        return await desk.answer(page, request, context)
      }
      guard form["action"] == "cancel" else { throw Problem(.badRequest, "choose what is to be done") }
      _ = try context.require(.engineer)
      let view = await desk.runner.view
      return await desk.answer(CancelPage(try HidePage.jobs(form, view), view), request, context)
    }
  }

  private static func notice(_ action: String) -> PageDesk.Notice {
    switch action {
    case "cancel": .cancelled
    case "pause": .paused
    case "confirm": .added
    case "resume", "resume-spot", "resume-on-demand", switching: .resumed
    case "promote": .promoted
    case "override": .overridden
    default: .answered
    }
  }

  /// - Throws: ``Problem`` where there is no such deed, or it is not for whoever asks to do.
  init(_ action: String, _ view: LiveView, _ index: JobIndex, _ catalogue: Catalogue, _ context: LiveContext) throws {
    guard let words = DeedPage.words[action] else {
      throw Problem(.notFound, "nothing called '\(action)' can be done to a job")
    }
    _ = try context.require(JobDeed.all.first { $0.name == action }?.role ?? .engineer)
    let document = JobDocument(view, index)
    let progress = try JobPage.Progress(
      document, view.fleet[index], nil, try catalogue.lastMetrics(of: index, count: 1).first, catalogue, at: view.at)
    (id, job, self.action) = (document.id, document.name, action)
    path = "/dashboard/training-jobs/\(document.id)"
    (needsReason, isDanger) = (["promote", "override"].contains(action), ["cancel", "answer-fail"].contains(action))
    isOver =
      action == "cancel" && document.isOver
      ? "It is \(Wording.words(document.status)) already: there is nothing to cancel." : nil
    reasons = action == "cancel" ? DeedPage.cancelReasons : []
    hasReasons = !reasons.isEmpty
    confirmations = DeedPage.confirmations(action, document)
    facts = [
      .init(label: "Job", value: "\(document.name) (\(document.id))"),
      .init(label: "Current progress", value: progress.label),
      .init(label: "Elapsed time", value: progress.elapsed),
      .init(label: "Cost spent", value: Wording.money(document.cost_usd)),
      .init(label: "Set aside", value: Wording.money(document.reserved_usd)),
    ]
    (title, button) = (words.title, words.button)
    warning = document.examines == nil ? words.warning : DeedPage.ofExamination(words.warning)
  }

  /// A draft passes the checklist that it would have passed on its review.
  private static func confirmations(_ action: String, _ job: JobDocument) -> [Confirmation] {
    switch action {
    case "cancel": return [undone]
    case "confirm":
      let range = job.quote.map { Wording.range($0.cost_usd.p10, $0.cost_usd.p90) }
      let expense = job.quote.flatMap { ReviewPage.expense($0.cost_usd.p50, job.pricing) }
      return ReviewPage.checklist(range) + (expense.map { [Confirmation(name: "expensive", text: $0)] } ?? [])
    default: return []
    }
  }

  /// The same of a job that trains nothing.
  private static func ofExamination(_ warning: String) -> String {
    warning.replacing("stop training", with: "stop the examination")
      .replacing("training goes on from the last checkpoint", with: "it goes on with what is not answered yet")
      .replacing("It saves a checkpoint,", with: "It keeps what is answered,")
  }

  private static let words: [String: (title: String, warning: String, button: String)] = [
    "cancel": ("Cancel this job?", "This will permanently stop training and terminate the GPU instance.", "Cancel Job"),
    "confirm": (
      "Start this job?",
      "It was kept as a draft. Now it is held against the budget, waits for a slot, and asks for a GPU instance. Its estimate is that of the day it was drafted.",
      "Start Training"
    ),
    "pause": (
      "Pause this job?",
      "It saves a checkpoint, lets its GPU instance go, and costs nothing until it is resumed. The rest of what is set aside for it stays so.",
      "Pause Job"
    ),
    "resume": (
      "Resume this job?", "A new GPU instance is asked for, and training goes on from the last checkpoint.",
      "Resume Job"
    ),
    "resume-spot": (
      "Resume this job on spot?",
      "A new spot instance is asked for, and training goes on from the last checkpoint. What is left is estimated anew and held against the budget.",
      "Resume on spot"
    ),
    "resume-on-demand": (
      "Resume this job on-demand?",
      "A new on-demand instance is asked for, which is not taken back and costs more by the hour; training goes on from the last checkpoint. What is left is estimated anew and held against the budget.",
      "Resume on-demand"
    ),
    "promote": (
      "Promote this job to the front of the queue?",
      "It starts before all others that wait. The audit log says who and why.", "Promote"
    ),
    "override": (
      "Proceed beyond the budget?",
      "The job starts although what is set aside for it exceeds the remaining monthly budget. The audit log says who and why.",
      "Proceed anyway"
    ),
    switching: (
      "Switch to on-demand?",
      "It waits no longer for a spot instance: an on-demand instance is asked for, which is not taken back and costs more by the hour. What is left is estimated anew and held against the budget.",
      "Switch to on-demand"
    ),
    "answer-on-demand": (
      "Switch to on-demand?",
      "It goes on from its last checkpoint with an instance that is not taken back, at the higher rate.",
      "Switch to on-demand"
    ),
    "answer-keep-trying": (
      "Keep trying on spot?", "It goes on with spot instances, however often they are taken back.", "Keep trying"
    ),
    "answer-fail": ("Let this job fail?", "It ends now. What was saved stays, and it can be retried.", "Let it fail"),
  ]

  static let template = #"""
    <p class="crumbs"><a href="/dashboard/training-jobs">Training jobs</a> / <a href="{{path}}">{{id}}</a></p>
    <div class="head"><h1>{{title}}</h1></div>
    {{#isOver}}<div class="card"><div class="notice"><p>{{.}}</p></div><div class="actions"><a class="button" href="{{path}}">See the job</a></div></div>{{/isOver}}
    {{^isOver}}<form class="card" method="post" action="{{path}}/do/{{action}}" data-checklist>{{>csrf}}
    <div class="notice {{#isDanger}}bad{{/isDanger}}{{^isDanger}}warn{{/isDanger}}"><p>{{warning}}</p></div>
    <dl class="pairs">{{#facts}}<dt>{{label}}</dt><dd>{{value}}</dd>{{/facts}}</dl><hr>
    {{#hasReasons}}<div class="field"><label for="reason">Reason for cancellation?</label><select id="reason" name="reason">{{#reasons}}<option>{{.}}</option>{{/reasons}}</select></div>{{/hasReasons}}
    <div class="field"><label for="why">{{#needsReason}}Justification (required){{/needsReason}}{{^needsReason}}Notes (optional){{/needsReason}}</label><textarea id="why" name="justification" maxlength="2000"{{#needsReason}} required{{/needsReason}}></textarea></div>
    {{#confirmations}}<label class="check"><input type="checkbox" name="{{name}}" value="yes" required> {{text}}</label>
    {{/confirmations}}
    <div class="actions"><button class="{{#isDanger}}danger{{/isDanger}}{{^isDanger}}primary{{/isDanger}}" data-last>{{button}}</button><a class="button" href="{{path}}">Go back</a></div>
    </form>{{/isOver}}
    """#
}

extension PageDesk {
  /// Does something to a job as whoever asks.
  ///
  /// - Throws: ``Problem`` where it is not theirs to do, or cannot be done.
  func act(_ action: String, on job: JobIndex, _ view: LiveView, _ why: Reason?, _ context: LiveContext) async throws {
    let maker = JobMaker(runner: runner, advice: advice)
    let deed = try await maker.completed(try JobDeed(named: action, job, view, why, context), named: action, job)
    let answer = try await Reply.orUnavailable { try await runner.ask(deed.request, as: deed.act) }
    try JobDeed.check(answer, view, job)
  }

  /// A job that waits for a spot instance goes on with an on-demand one; nothing is done where the budget does not hold that.
  func switchToOnDemand(_ job: JobIndex, _ view: LiveView, _ why: Reason?, _ context: LiveContext) async throws {
    _ = try context.require(.engineer)
    let now = view.fleet[job]
    guard now.phase == .waitingForGPU, now.pricing == .spot else {
      throw Problem(.conflict, "only a job that waits for a spot GPU can be switched so", hint: "look at the job again")
    }
    let maker = JobMaker(runner: runner, advice: advice)
    _ = try await maker.reservation(resuming: job, as: .onDemand, from: .waitingForGPU)
    try await act("pause", on: job, view, why, context)
    try await act("resume-on-demand", on: job, await runner.view, why, context)
  }
}
