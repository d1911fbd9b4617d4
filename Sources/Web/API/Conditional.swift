import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import Live
import NIOCore

/// GETs say which version of a document they answer, and answer nothing to whoever has it.
struct Conditional: RouterMiddleware {
  func handle(
    _ request: Request, context: LiveContext, next: (Request, LiveContext) async throws -> Response
  ) async throws -> Response {
    var response = try await next(request, context)
    guard request.method == .get || request.method == .head, response.status == .ok,
      // What goes on and on has no version.
      response.headers[.contentType] == "application/json"
    else { return response }
    let tag = Conditional.tag(of: try await response.collected())
    response.headers[.eTag] = tag
    response.headers[.cacheControl] = "private, no-cache"
    guard let known = request.headers[.ifNoneMatch], Conditional.names(known, tag) else { return response }
    return Response(status: .notModified, headers: [.eTag: tag, .cacheControl: "private, no-cache"])
  }

  static func tag(of body: ByteBuffer) -> String {
    "\"\(SHA256.hash(data: body.readableBytesView).hex.prefix(32))\""
  }

  /// Whether a list of tags has one, weak or strong.
  static func names(_ list: String, _ tag: String) -> Bool {
    list == "*"
      || list.split(separator: ",").contains {
        $0.trimmingCharacters(in: .whitespaces).replacing("W/", with: "", maxReplacements: 1) == tag
      }
  }
}
