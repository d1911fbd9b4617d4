import Foundation
import Hummingbird
import Live

/// Scoring by people, for programs.
struct RatingRoutes {
  let runner: LiveRunner
  let deeds: RatingDeeds

  init(runner: LiveRunner) { (self.runner, deeds) = (runner, RatingDeeds(runner: runner)) }

  func add(to router: RouterGroup<LiveContext>) {
    @Sendable func suite(_ context: LiveContext) -> String {
      (context.parameters.get("suite") ?? "").removingPercentEncoding ?? ""
    }
    router.get("jobs/:id/ratings") { _, context in
      try Reply.json(try deeds.list(of: try await runner.view.known(context)))
    }
    router.post("jobs/:id/ratings") { request, context in
      _ = try context.require(.engineer)
      let job = try await runner.view.known(context)
      let new: NewRatings = try Reply.value(of: try await request.body.collect(upTo: 32 << 20))
      return try Reply.json(try await deeds.ask(new, of: job, context), .created)
    }
    router.get("jobs/:id/ratings/:suite") { _, context in
      let person = try context.require(.viewer)
      let round = try deeds.round(suite(context), of: try await runner.view.known(context))
      return try Reply.json(deeds.next(round, for: person.name).0)
    }
    // Not for raters: it says whose each answer is.
    router.get("jobs/:id/ratings/:suite/answers") { _, context in
      _ = try context.require(.engineer)
      let job = try await runner.view.known(context)
      let record = try deeds.round(suite(context), of: job).record
      return Reply.download(
        record.answers, "application/x-ndjson", as: "\(job.id)-\(record.suite).jsonl")
    }
    router.post("jobs/:id/ratings/:suite") { request, context in
      let person = try context.require(.viewer)
      let job = try await runner.view.known(context)
      try await deeds.score(try await Reply.read(request), suite: suite(context), of: job, context)
      return try Reply.json(deeds.next(try deeds.round(suite(context), of: job), for: person.name).0, .created)
    }
    router.post("jobs/:id/ratings/:suite/finish") { _, context in
      let view = await runner.view
      let job = try view.known(context)
      try await deeds.finish(suite(context), of: job, context)
      return try Reply.json(try ValidationRoutes.document(job, view, runner.catalogue), .created)
    }
  }
}
