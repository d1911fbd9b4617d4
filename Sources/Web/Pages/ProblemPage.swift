/// What is wrong, and the way out.
struct ProblemPage: Page {
  static let name = "problem"
  let title: String
  let section = Section.help
  let text: String
  let hint: String?

  init(_ problem: Problem) {
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
    <p><a href="/dashboard/training-jobs">Go to the jobs</a></p>
    </div>
    """#
}
