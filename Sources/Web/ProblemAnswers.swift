import HTTPTypes
import Hummingbird
import Live
import NIOCore
import Scenarios

/// Everything that goes wrong is said in the same way: problem details to programs, a page to people.
struct ProblemAnswers: RouterMiddleware {
  func handle(
    _ request: Request, context: LiveContext, next: (Request, LiveContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      let problem = ProblemAnswers.problem(error, request)
      if problem.status == .internalServerError {
        // The query may hold a signature.
        context.logger.error("\(request.method) \(request.uri.path): \(error)")
      }
      guard Visitors.isForPeople(request) else { return try problem.response(from: request, context: context) }
      return try SignInPages.problem(problem)
    }
  }

  private static func problem(_ error: any Error, _ request: Request) -> Problem {
    if let problem = error as? Problem { return problem }
    if error is NIOTooManyBytesError { return Problem(.contentTooLarge, "what was sent is too long") }
    if let error = error as? any HTTPResponseError {
      return error.status == .notFound
        ? Problem(.notFound, "there is nothing at \(request.uri.path.prefix(200))")
        : Problem(error.status, (error as? HTTPError)?.body ?? "the request cannot be answered")
    }
    // What failed is in the program's own hands: whoever asks need not know which file it was.
    if let error = error as? InputError { return Problem(.serviceUnavailable, error.problem, hint: error.hint) }
    return Problem(.internalServerError, "this is a defect of ours", hint: "report it, with what was asked")
  }
}

extension Router<LiveContext> {
  /// A path that is there says which methods it takes, to whoever asks by another.
  func refuseOtherMethods() {
    // GET with a body; the library has no name for it.
    guard let query = HTTPRequest.Method("QUERY") else { return }
    let all: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options, .trace, query]
    for (path, routes) in Dictionary(grouping: routes, by: { $0.path.description }) {
      var taken = Set(routes.map(\.method))
      if taken.contains(.get) { taken.insert(.head) }
      let allow = taken.map(\.rawValue).sorted().joined(separator: ", ")
      for method in all where !taken.contains(method) {
        on(RouterPath(path), method: method) { _, _ -> Response in
          throw Problem(
            .methodNotAllowed, "\(path) does not take \(method.rawValue)", hint: "it takes \(allow)",
            headers: [.allow: allow])
        }
      }
    }
  }
}
