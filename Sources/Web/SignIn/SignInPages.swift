import HTTPTypes
import Hummingbird
import Mustache
import NIOCore

/// The pages before somebody is signed in, and what a browser is shown where something is wrong.
enum SignInPages {
  /// What a page shows; each template takes what it needs.
  struct Contents: Sendable {
    var title: String
    /// What was wrong with the last try.
    var trouble: String?
    var hint: String?
    var name = ""
    var next = "/"
    var code = ""
    /// The name may be chosen.
    var isFirst = false
  }

  static func signIn(_ contents: Contents, _ status: HTTPResponse.Status = .ok) throws -> Response {
    try answer(signIn, contents, status)
  }

  static func first(_ contents: Contents, _ status: HTTPResponse.Status = .ok) throws -> Response {
    try answer(first, contents, status)
  }

  static func problem(_ problem: Problem) throws -> Response {
    let document = problem.document
    var response = try answer(
      self.problem, Contents(title: document.title, trouble: document.detail, hint: document.hint), problem.status)
    for field in problem.headers where field.name != .contentType { response.headers.append(field) }
    return response
  }

  private static func answer(
    _ body: String, _ contents: Contents, _ status: HTTPResponse.Status
  ) throws -> Response {
    let text = try MustacheTemplate(string: EscapedTemplate.text(head + body + foot)).render(contents)
    return Response(
      status: status, headers: [.contentType: "text/html; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }

  private static let head = """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{{title}} · lora-train</title>
    <link rel="icon" href="\(PageAssets.path("icon.svg"))" type="image/svg+xml">
    <link rel="stylesheet" href="\(PageAssets.path("style.css"))">
    <script src="\(PageAssets.path("theme.js"))"></script>
    </head>
    <body>
    <main class="card alone">
    <h1>{{title}}</h1>
    {{#trouble}}<p role="alert">{{trouble}}{{#hint}} ({{hint}}){{/hint}}</p>{{/trouble}}

    """

  private static let signIn = """
    <form method="post" action="/sign-in">
    <input type="hidden" name="next" value="{{next}}">
    <p><label for="name">Name</label> <input id="name" name="name" value="{{name}}" autocomplete="username" autofocus required></p>
    <p><label for="password">Password</label>
    <input id="password" name="password" type="password" autocomplete="current-password" required></p>
    <p><button type="submit">Sign in</button></p>
    </form>
    <p>No password yet, or forgotten? A manager makes you a link: <code>lora-train user invite NAME</code></p>
    """

  private static let first = """
    <form method="post" action="/sign-in/first">
    <input type="hidden" name="code" value="{{code}}">
    {{#isFirst}}<p>You are the first here, and will be a manager.</p>
    <p><label for="name">Name</label> <input id="name" name="name" value="{{name}}" autocomplete="username" autofocus required></p>
    {{/isFirst}}{{^isFirst}}<p>Choose a password for <b>{{name}}</b>. Whoever is signed in by an old one will not be any more.</p>
    <input type="hidden" name="name" value="{{name}}" autocomplete="username">
    {{/isFirst}}<p><label for="password">Password</label> <input id="password" name="password" type="password"
    autocomplete="new-password" minlength="12" aria-describedby="rule" required> <span id="rule">12 characters at least</span></p>
    <p><label for="again">Once more</label> <input id="again" name="again" type="password"
    autocomplete="new-password" minlength="12" required></p>
    <p><button type="submit">Save and sign in</button></p>
    </form>
    """

  private static let problem = """
    <p><a href="/">Back to the start</a></p>
    """

  private static let foot = """
    </main>
    </body>
    </html>
    """
}
