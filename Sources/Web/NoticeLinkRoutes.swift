import Engine
import Foundation
import Hummingbird
import Journal
import Live
import NIOCore

/// What links in mails lead to: a form without a password, for one purpose. Opening it does nothing, as programs open links, too.
struct NoticeLinkRoutes {
  let runner: LiveRunner
  let keys: WorkerKeys

  func add(to router: Router<LiveContext>) {
    router.get("/n/:purpose/:subject") { request, context in
      let link = try await opened(request, context)
      return NoticePage.response(try await NoticePage.form(link.0, request.uri.path, key: link.key, runner))
    }
    router.post("/n/:purpose/:subject") { request, context in
      let (link, person, _) = try await opened(request, context)
      let body = try await request.body.collect(upTo: 1 << 16)
      // From here on it is as if they had signed in.
      var context = context
      context.person = person
      return NoticePage.response(try await done(link, person, Form(String(buffer: body)), context))
    }
  }

  private func opened(_ request: Request, _ context: LiveContext) async throws -> (
    NoticeLink, Catalogue.Person, key: String
  ) {
    let query = request.uri.queryParameters
    guard let purpose = context.parameters.get("purpose").flatMap({ NoticeLink.Purpose(rawValue: $0) }),
      let subject = context.parameters.get("subject"), let name = query.get("person"),
      let until = query.get("until").flatMap({ Int($0) }), let key = query.get("key")
    else { throw Problem(.notFound, "this is no link of ours") }
    let link = NoticeLink(purpose, subject, of: name, until: until)
    guard link.holds(key, keys, at: LiveTime.machine) else {
      throw Problem(.forbidden, "this link does not hold, or no more", hint: "open the dashboard instead")
    }
    // The right may have been taken away since.
    guard let person = try runner.catalogue.somebody(name) else {
      throw Problem(.forbidden, "\(name) may do nothing here any more")
    }
    return (link, person, key)
  }

  private func done(
    _ link: NoticeLink, _ person: Catalogue.Person, _ form: Form, _ context: LiveContext
  ) async throws -> String {
    let view = await runner.view
    let choice = form["choice"] ?? ""
    switch link.purpose {
    case .mute:
      let outbox = NoticeOutbox(runner.catalogue)
      var wishes = try outbox.wishes()[person.name]?.0 ?? NoticeWishes()
      wishes.email.on = false
      try outbox.put(wishes, of: person.name, at: LiveTime.machine)
      return NoticePage.page("No more mails", "<p>You get no more mails. The dashboard goes on telling you.</p>")
    case .decide, .cancel:
      guard person.role >= .engineer else { throw Problem(.forbidden, "this takes an engineer") }
      guard let job = view.job(link.subject) else { throw Problem(.notFound, "there is no \(link.subject)") }
      let answers: [String: (String, UserRequest)] = [
        "on-demand": ("answer-on-demand", .answer(job, .onDemand)),
        "keep-trying": ("answer-keep-trying", .answer(job, .keepTrying)), "cancel": ("cancel", .cancel(job)),
      ]
      guard let (action, request) = answers[choice], link.purpose == .decide || choice == "cancel" else {
        throw Problem(.badRequest, "nothing was chosen")
      }
      let act = person.act("job.\(action)", link.subject, why: "by a link in a mail")
      try JobDeed.check(try await Reply.orUnavailable { try await runner.ask(request, as: act) }, view, job)
      return NoticePage.page("Done", "<p>\(choice == "cancel" ? "The job is cancelled." : "The job goes on.")</p>")
    case .limit: return try await raise(form, view, context)
    case .approval:
      guard ["approve", "reject"].contains(choice) else { throw Problem(.badRequest, "nothing was chosen") }
      let number = String(link.subject.dropFirst("approval-".count))
      _ = try await BudgetDeeds(runner: runner).decide(number, choice == "approve", form["justification"], context)
      return NoticePage.page("Done", "<p>The request was \(choice == "approve" ? "approved" : "rejected").</p>")
    }
  }

  /// A manager's new limit holds at once; another's is a request.
  private func raise(_ form: Form, _ view: LiveView, _ context: LiveContext) async throws -> String {
    guard let dollars = form["limit"].flatMap({ Double($0) }), dollars > 0, dollars < 1e9 else {
      throw Problem(.badRequest, "the new limit is a number of US dollars")
    }
    let deeds = BudgetDeeds(runner: runner)
    guard context.person?.role == .manager else {
      _ = try await deeds.ask(dollars, form["justification"], context)
      return NoticePage.page("Pending approval", "<p>A manager decides on it; you will be told.</p>")
    }
    try await deeds.set(dollars, form["justification"], context)
    let old = view.fleet.budget.limit.map(Wording.money) ?? "no limit"
    return NoticePage.page("Done", "<p>Budget limit changed from \(old) to \(Wording.money(dollars)).</p>")
  }
}
