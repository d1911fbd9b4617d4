import Foundation
import HTTPTypes
import Hummingbird
import Journal

/// Lets through whoever is signed in or bears a token, and says who that is. What a signed-in browser sends that changes something has to come
/// from a form of ours.
struct Visitors: RouterMiddleware {
  let signIn: SignIn
  let bearers: Bearers

  func handle(
    _ request: Request, context: LiveContext, next: (Request, LiveContext) async throws -> Response
  ) async throws -> Response {
    var (request, context) = (request, context)
    if request.headers[.authorization] != nil {
      context.person = try await bearers.person(request)
    } else if let session = try await signIn.session(of: request, context.caller) {
      context.session = session
      if try await Visitors.isOurs(&request, session) { context.person = session.person }
    } else {
      guard Visitors.isForPeople(request) else { throw Bearers.missing }
      return Visitors.toSignIn(request)
    }
    return try await next(request, context)
  }

  /// Whether it is a page that is asked for, and not the API.
  static func isForPeople(_ request: Request) -> Bool {
    !["/api/", "/v1/", "/metrics", "/health", "/ready"].contains { request.uri.path.hasPrefix($0) }
  }

  private static func toSignIn(_ request: Request) -> Response {
    let wanted = request.method == .get ? Address.escaped(request.uri.description, keeping: "/") : ""
    return .redirect(to: "/sign-in" + (wanted.isEmpty ? "" : "?next=\(wanted)"), type: .normal)
  }

  /// Whether a request changes nothing, or bears its session's token. False: its form has to be read first; see ``LiveContext/admit(_:)``.
  ///
  /// - Throws: ``Problem`` where it comes from elsewhere.
  private static func isOurs(_ request: inout Request, _ session: SignIn.Session) async throws -> Bool {
    if [.get, .head, .options].contains(request.method) { return true }
    try checkOrigin(request)
    if let token = request.headers[.csrfToken] {
      guard session.holds(token) else { throw stale }
      return true
    }
    if request.headers[.contentType]?.lowercased().hasPrefix("multipart/form-data") == true { return false }
    guard Form.isForm(request.headers), session.holds(try await Form.read(&request)["_csrf"]) else { throw stale }
    return true
  }

  static let stale = Problem(
    .forbidden, "this form is not from here, or is from before you signed in",
    hint: "load the page again; a program sends X-CSRF-Token, or better a token of its own")

  /// - Throws: ``Problem`` where a browser says that the request comes from another site's page.
  static func checkOrigin(_ request: Request) throws {
    if let site = request.headers[.secFetchSite] {
      guard site == "same-origin" || site == "none" else { throw foreign }
    } else if let origin = request.headers[.origin] {
      guard let host = origin.split(separator: "/").last, origin != "null", String(host) == request.head.authority
      else { throw foreign }
    }
  }

  private static let foreign = Problem(.forbidden, "this comes from another site", hint: "start from our own page")
}
