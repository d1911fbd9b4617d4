import Foundation

/// What is wrong, and the way out.
struct ProblemPage: Page {
  static let name = "problem"
  let title: String
  let section = Section.help
  let text: String
  let hint: String?
  /// Where the form stands; nil: there was none.
  let back: String?

  /// - Parameter referer: where whoever asked came from, as the browser says.
  init(_ problem: Problem, from referer: String? = nil) {
    // A path on this server and nothing else, whatever a header says.
    back = referer.flatMap { URLComponents(string: $0) }.flatMap {
      $0.path.hasPrefix("/dashboard/") ? $0.path : nil
    }
    title =
      switch problem.status.code {
      case 404: "Not there"
      case 403: "Not yours to do"
      case 409: "Not possible now"
      case 503: "Not now"
      default: "That did not work"
      }
    text = problem.document.detail
    hint = problem.document.hint
  }

  static let template = #"""
    <div class="head"><h1>{{title}}</h1></div>
    <div class="card">
    <p>{{text}}.</p>
    {{#hint}}<p class="soft">{{hint}}</p>{{/hint}}
    {{#back}}<p><a href="{{back}}">Go back to the form</a></p>{{/back}}
    <p><a href="/dashboard/training-jobs">Go to the jobs</a></p>
    </div>
    """#
}
