import Crypto
import DiscreteEvent
import Foundation
import HTTPTypes
import Hummingbird
import Journal
import Live
import NIOConcurrencyHelpers
import NIOCore

/// A POST that bears an `Idempotency-Key` is done once within a day: whoever did not hear the answer sends it again, and gets the same.
///
/// It is noted down as begun before it is done. After a crash between the two nobody knows whether it was done: then it is refused, not done twice.
struct Idempotency: RouterMiddleware {
  let catalogue: Catalogue
  let clock: @Sendable () -> Instant

  static let holds = Span.hours(24)
  /// The largest that any route behind it takes.
  private static let largestBody = 32 << 20

  func handle(
    _ request: Request, context: LiveContext, next: (Request, LiveContext) async throws -> Response
  ) async throws -> Response {
    // A training file is kept once, whatever it is sent with.
    guard request.method == .post, let key = request.headers[.idempotencyKey], let person = context.person,
      request.uri.path != "/api/v1/files"
    else { return try await next(request, context) }
    guard (1...200).contains(key.count), key.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw Problem(.badRequest, "an Idempotency-Key has 1 to 200 letters, digits or signs", place: "Idempotency-Key")
    }
    var request = request
    let body = try await request.collectBody(upTo: Idempotency.largestBody)
    let asked = Data("\(request.uri.description)\n".utf8) + Data(body.readableBytesView)
    let (digest, now) = (SHA256.hash(data: asked).hex, clock())
    let state = try await Reply.orUnavailable {
      try catalogue.begin(
        request: key, by: person.name, digest: digest, at: now, forgetting: now - Idempotency.holds)
    }
    switch state {
    case .isNew: return try await answer(to: request, context, key, person, next)
    case .answered(let kept):
      return Response(
        status: .init(code: kept.status), headers: [.contentType: kept.contentType],
        body: ResponseBody(byteBuffer: ByteBuffer(string: kept.body)))
    case .differs:
      throw Problem(
        .unprocessableContent, "another request had this Idempotency-Key", hint: "take a new key for each",
        place: "Idempotency-Key")
    case .begun:
      throw Problem(
        .conflict, "this request was begun, and how it ended is not known (yet)",
        hint: "ask again in a moment; if it stays so, look whether it was done, and take a new key")
    case .answeredOnce:
      throw Problem(.conflict, "this was done, and its answer is shown once", hint: "make another, and revoke that one")
    }
  }

  private func answer(
    to request: Request, _ context: LiveContext, _ key: String, _ person: Catalogue.Person,
    _ next: (Request, LiveContext) async throws -> Response
  ) async throws -> Response {
    var response: Response
    do {
      response = try await next(request, context)
    } catch let problem as Problem {
      response = try problem.response(from: request, context: context)
    } catch {
      try catalogue.end(request: key, by: person.name, with: nil)
      throw error
    }
    let body = try await response.collected()
    // What could not be done now may be asked for again.
    let isFinal = response.status.code < 500 && response.status != .tooManyRequests
    let kept = Catalogue.KeptAnswer(
      status: response.status.code, contentType: response.headers[.contentType] ?? "application/json",
      body: String(buffer: body))
    let holdsSecret = response.headers[.cacheControl] == "no-store"
    try await Reply.orUnavailable {
      try catalogue.end(
        request: key, by: person.name, with: isFinal ? kept : nil, holdsSecret: holdsSecret)
    }
    return response
  }
}

extension HTTPField.Name {
  static let idempotencyKey = named("Idempotency-Key")
}

extension Response {
  /// The whole body, which stays there to be sent.
  mutating func collected() async throws -> ByteBuffer {
    let sink = Collected()
    try await body.write(sink)
    let bytes = sink.bytes.withLockedValue { $0 }
    body = ResponseBody(byteBuffer: bytes)
    return bytes
  }
}

private struct Collected: ResponseBodyWriter {
  let bytes = NIOLockedValueBox(ByteBuffer())
  func write(_ buffer: ByteBuffer) async throws {
    _ = bytes.withLockedValue { $0.writeImmutableBuffer(buffer) }
  }
  consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
