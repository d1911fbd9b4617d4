import HTTPTypes
import Hummingbird

/// Where a request comes from: its peer's address, or what a proxy that is trusted says of it.
struct Caller: Sendable, Hashable {
  var address = ""
  /// Came to us, or to the proxy, over TLS.
  var isSecure = false

  init() {}

  /// - Parameter trusted: addresses of proxies; what others say in such headers is not believed.
  init(_ headers: HTTPFields, peer: String, trusted: Set<String>) {
    address = peer
    guard trusted.contains(peer) else { return }
    isSecure = headers[.xForwardedProto]?.split(separator: ",").last?.trimmed == "https"
    // The last that no proxy of ours added: what stands before it anybody may have written.
    let chain = (headers[.xForwardedFor] ?? "").split(separator: ",").map(\.trimmed)
    address = chain.last { !trusted.contains($0) } ?? peer
  }
}

extension Substring {
  fileprivate var trimmed: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}

/// Says where each request comes from.
struct Callers: RouterMiddleware {
  let trusted: Set<String>

  func handle(
    _ request: Request, context: LiveContext, next: (Request, LiveContext) async throws -> Response
  ) async throws -> Response {
    var context = context
    context.caller = Caller(request.headers, peer: context.peer, trusted: trusted)
    return try await next(request, context)
  }
}

extension HTTPField.Name {
  static let xForwardedProto = named("X-Forwarded-Proto")
  static let xForwardedFor = named("X-Forwarded-For")
  static let secFetchSite = named("Sec-Fetch-Site")
  static let csrfToken = named("X-CSRF-Token")

  /// For names that are valid as they stand.
  static func named(_ text: String) -> HTTPField.Name { HTTPField.Name(text) ?? .date }
}
