import HTTPTypes
import Hummingbird

/// What keeps a browser from doing with our pages what they are not for. On every answer.
struct SecurityHeaders: RouterMiddleware {
  /// Nothing inline, nothing from elsewhere, in nobody's frame.
  static let policy = [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
    "connect-src 'self'", "manifest-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
  ].joined(separator: "; ")

  func handle(
    _ request: Request, context: LiveContext, next: (Request, LiveContext) async throws -> Response
  ) async throws -> Response {
    var response = try await next(request, context)
    response.headers[.contentSecurityPolicy] = SecurityHeaders.policy
    response.headers[.xContentTypeOptions] = "nosniff"
    // Not `no-referrer`: with that a browser says `Origin: null` of our own forms.
    response.headers[.named("Referrer-Policy")] = "same-origin"
    response.headers[.named("Cross-Origin-Opener-Policy")] = "same-origin"
    response.headers[.named("Cross-Origin-Resource-Policy")] = "same-origin"
    if context.caller.isSecure { response.headers[.strictTransportSecurity] = "max-age=31536000" }
    // What stands on a page is the team's: no cache keeps it, unless whoever answers knows better.
    if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    return response
  }
}
