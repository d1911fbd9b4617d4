import Calibration
import DiscreteEvent
import Engine
import Foundation
import Hummingbird
import Journal
import Live
import Scenarios

/// Jobs: made, listed, shown, and what is done to them.
struct JobRoutes {
  let runner: LiveRunner
  let storePath: String
  let advice: WebServer.Advice
  let finals: FinalShelf
  private var maker: JobMaker { JobMaker(runner: runner, advice: advice) }

  init(runner: LiveRunner, storePath: String, advice: WebServer.Advice, finals: FinalShelf) {
    (self.runner, self.storePath, self.advice, self.finals) = (runner, storePath, advice, finals)
  }

  func add(to router: RouterGroup<LiveContext>) {
    router.get("jobs") { request, _ in
      let query = try JobQuery(request.uri.queryParameters)
      let view = await runner.view
      var list = try await finals.list(query, view)
      list.next = list.next.map { Paging.address(after: $0, request) }
      return try Reply.json(list)
    }
    router.get("queue") { _, _ in
      let view = await runner.view
      let forecast = try await advice.forecast(view)
      return try Reply.json(QueueDocument(view, forecast))
    }
    router.get("jobs/:id") { _, context in
      let view = await runner.view
      let job = try view.known(context)
      var document = JobDocument(view, job)
      document.later_notes = try runner.catalogue.notes(of: job)
      document.examinations = ExaminationsDocument(of: document.id, view)
      if try runner.catalogue.hiddenJobs().contains(job) { document.hidden = true }
      let held = view.fleet[job]
      if held.admitted < .distantFuture {
        let paused = try runner.catalogue.paused(document.id, since: held.admitted, until: min(held.ended, view.at))
        if paused > .zero { document.paused_s = paused.seconds }
      }
      if document.isOver { document.finals = try runner.catalogue.finals(of: [job]).first }
      if !document.isOver { document.projection = try await advice.forecast(view).jobs[document.id] }
      return try Reply.json(document)
    }
    router.get("jobs/:id/events") { request, context in
      let job = try await runner.view.known(context)
      return try Reply.json(try EventList(of: job, path: storePath, runner.catalogue, request))
    }
    router.get("jobs/:id/metrics") { request, context in
      let job = try await runner.view.known(context)
      let page = try Paging(request)
      let from = try request.uri.queryParameters.count("from", 0...Int(Int32.max)) ?? 0
      let metrics = try runner.catalogue.metrics(of: job, from: max(from, page.start), limit: page.limit + 1)
      let next = metrics.count > page.limit ? metrics[page.limit].step : nil
      return try Reply.json(
        MetricList(metrics: Array(metrics.prefix(page.limit)), next: page.address(next, request)))
    }
    router.get("jobs/:id/fixes") { _, context in
      let view = await runner.view
      let job = try view.known(context)
      let fixes = advice.fixes(for: view.descriptions[Int(job.rawValue)], view.fleet[job].failure)
      return try Reply.json(FixList(fixes: FixList.ordered(fixes, view)))
    }
    router.post("quotes") { request, context in
      var new = try await Reply.job(request, runner.catalogue)
      try maker.fill(&new, from: context.require(.viewer))
      return try Reply.json(try await maker.quote(of: new).quote)
    }
    router.post("jobs") { request, context in
      let job = try await maker.make(Reply.job(request, runner.catalogue), by: context.require(.engineer))
      return try Reply.json(JobDocument(await runner.view, job), .created)
    }
    router.post("jobs/:id/notes") { request, context in
      let person = try context.require(.engineer)
      let view = await runner.view
      let job = try view.known(context)
      let note: NewNote = try await Reply.read(request)
      try note.check()
      try runner.catalogue.addNote(note.text, to: job, by: person.name, at: view.at)
      return try Reply.json(try runner.catalogue.notes(of: job), .created)
    }
    for deed in JobDeed.all {
      router.post("jobs/:id/\(deed.name)") { request, context in
        let view = await runner.view
        let job = try view.known(context)
        let why =
          deed.needsReason
          ? Reason(justification: (try await Reply.read(request) as NeededReason).justification)
          : try await Reply.readOrNothing(request)
        let deed = try await maker.completed(
          try JobDeed(named: deed.name, job, view, why, context), named: deed.name, job)
        try JobDeed.check(try await ask(deed.request, deed.act), view, job)
        return try Reply.json(JobDocument(await runner.view, job))
      }
    }
  }

  private func ask(_ request: UserRequest, _ act: PersonAct) async throws -> UserAnswer {
    try await Reply.orUnavailable { try await runner.ask(request, as: act) }
  }
}
