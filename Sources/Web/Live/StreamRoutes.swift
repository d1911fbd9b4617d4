import Engine
import HTTPTypes
import Hummingbird
import Live
import NIOCore
import ServiceLifecycle

/// `GET /api/v1/stream`: server-sent events, so that a page is what the store is without asking for it.
///
/// `job` (a `JobDocument`), `metrics` (a job has new ones, up to a step), `budget`; `hello` when all was heard, `reset` when something was missed
/// and has to be asked for. `?job=job-7`: only what concerns that one.
struct StreamRoutes {
  let feed: LiveFeed
  let runner: LiveRunner

  /// Then a browser comes again, and shows again who it is: nobody who signed out goes on watching for long.
  private static let longest = Duration.seconds(600)

  /// The last that somebody has heard of. A browser that comes again says so in a header; of the page it has just loaded only its script can.
  static func last(_ request: Request) -> String? {
    request.headers[.lastEventID] ?? request.uri.queryParameters.get("after").flatMap { $0.isEmpty ? nil : $0 }
  }

  func add(to router: RouterGroup<LiveContext>) {
    router.get("stream") { request, context in
      _ = try context.require(.viewer)
      var job: JobIndex?
      if let id = request.uri.queryParameters.get("job") {
        job = await runner.view.job(id)
        guard job != nil else { throw Problem(.notFound, "there is no job '\(id)'", hint: "lora-train job list") }
      }
      let (watched, last) = (job, StreamRoutes.last(request))
      return Response(
        status: .ok,
        // Proxies that gather before they pass on would hold everything back.
        headers: [.contentType: "text/event-stream", .cacheControl: "no-store", .named("X-Accel-Buffering"): "no"],
        body: ResponseBody { writer in
          let (ticket, messages) = await feed.watch(watched, after: last)
          let end = ContinuousClock.now + StreamRoutes.longest
          do {
            try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
            // The server waits for whoever is being answered before it lets the runner end: told by the runner, this would never end.
            try await withGracefulShutdownHandler {
              for await message in messages {
                try await writer.write(message)
                if ContinuousClock.now > end { break }
              }
            } onGracefulShutdown: {
              Task { await feed.end() }
            }
          } catch {
            await feed.leave(ticket)
            throw error
          }
          await feed.leave(ticket)
          try await writer.finish(nil)
        })
    }
  }
}

extension HTTPField.Name {
  static let lastEventID = named("Last-Event-ID")
}

/// Notes where the feed is before a page is made.
struct FeedMark: RouterMiddleware {
  let feed: LiveFeed

  func handle(
    _ request: Request, context: LiveContext, next: (Request, LiveContext) async throws -> Response
  ) async throws -> Response {
    guard request.method == .get, context.person != nil else { return try await next(request, context) }
    var context = context
    context.feedPosition = await feed.position()
    return try await next(request, context)
  }
}
