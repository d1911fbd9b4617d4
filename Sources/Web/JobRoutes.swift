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
  private var maker: JobMaker { JobMaker(runner: runner, advice: advice) }

  init(runner: LiveRunner, storePath: String, advice: WebServer.Advice) {
    (self.runner, self.storePath, self.advice) = (runner, storePath, advice)
  }

  func add(to router: RouterGroup<LiveContext>) {
    router.get("jobs") { request, _ in
      let query = try JobQuery(request.uri.queryParameters)
      return try Reply.json(try query.answer(await runner.view, runner.catalogue))
    }
    router.get("queue") { _, _ in
      let view = await runner.view
      let forecast = try await advice.forecast(view)
      return try Reply.json(QueueDocument(view, forecast))
    }
    router.get("jobs/:id") { _, context in
      let view = await runner.view
      let job = try job(context, view)
      var document = JobDocument(view, job)
      document.later_notes = try runner.catalogue.notes(of: job)
      if !document.isOver { document.projection = try await advice.forecast(view).jobs[document.id] }
      return try Reply.json(document)
    }
    router.get("jobs/:id/events") { _, context in
      let job = try job(context, await runner.view)
      let rows = try JobEvents.read(path: storePath, job: job)
      let events = rows.map {
        EventDocument(seq: Int($0.seq), at: Wording.stamp($0.at) ?? "", event: $0.kind, details: $0.payload)
      }
      let said = try runner.catalogue.messages(of: job).map(EventDocument.init)
      return try Reply.json(EventList(events: (events + said).sorted { ($0.at, $0.seq) < ($1.at, $1.seq) }))
    }
    router.get("jobs/:id/metrics") { request, context in
      let job = try job(context, await runner.view)
      let query = request.uri.queryParameters
      let from = query.get("from").flatMap { Int($0) } ?? 0
      return try Reply.json(MetricList(metrics: try runner.catalogue.metrics(of: job, from: from)))
    }
    router.get("jobs/:id/fixes") { _, context in
      let view = await runner.view
      let job = try job(context, view)
      let configuration = view.descriptions[Int(job.rawValue)].configuration
      let failure = view.fleet[job].failure
      let fixes = failure == .none ? [] : advice.fixes(configuration, failure)
      return try Reply.json(FixList(fixes: fixes.map { $0.counted(view) }))
    }
    router.post("quotes") { request, _ in
      try Reply.json(try await maker.quote(of: Reply.read(request)).quote)
    }
    router.post("jobs") { request, context in
      let job = try await maker.make(Reply.read(request), by: context.require(.engineer))
      return try Reply.json(JobDocument(await runner.view, job), .created)
    }
    router.post("jobs/:id/notes") { request, context in
      let person = try context.require(.engineer)
      let view = await runner.view
      let job = try job(context, view)
      let note: NewNote = try await Reply.read(request)
      try note.check()
      try runner.catalogue.addNote(note.text, to: job, by: person.name, at: view.at)
      return try Reply.json(try runner.catalogue.notes(of: job), .created)
    }
    router.post("jobs/:id/:action") { request, context in
      let view = await runner.view
      let job = try job(context, view)
      let deed = try JobDeed(
        named: context.parameters.get("action") ?? "", job, view, try await Reply.readOrNothing(request), context)
      try JobDeed.check(try await ask(deed.request, deed.act), view, job)
      return try Reply.json(JobDocument(await runner.view, job))
    }
  }

  private func job(_ context: LiveContext, _ view: LiveView) throws -> JobIndex {
    let id = context.parameters.get("id") ?? ""
    guard let job = view.job(id) else {
      throw Problem(.notFound, "there is no job '\(id)'", hint: "lora-train job list")
    }
    return job
  }

  private func ask(_ request: UserRequest, _ act: PersonAct) async throws -> UserAnswer {
    try await Reply.orUnavailable { try await runner.ask(request, as: act) }
  }
}
