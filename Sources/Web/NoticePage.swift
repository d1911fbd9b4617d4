import Foundation
import HTTPTypes
import Hummingbird
import Live
import NIOCore

/// The small pages behind links in mails: they need no script, no style sheet and no session.
enum NoticePage {
  /// What a link lets its reader do, as a form that posts to where it stands.
  static func form(_ link: NoticeLink, _ path: String, key: String, _ runner: LiveRunner) async throws -> String {
    let view = await runner.view
    let e = Markdown.escaped
    var fields = ""
    func button(_ value: String, _ text: String) -> String {
      "<button name=\"choice\" value=\"\(value)\">\(e(text))</button>"
    }
    let reason = "<label>Why <textarea name=\"justification\" required maxlength=\"2000\"></textarea></label>"
    let title: String
    switch link.purpose {
    case .mute:
      title = "No more mails?"
      fields = "<p>The dashboard goes on showing what happens.</p>" + button("mute", "No more mails")
    case .decide, .cancel:
      guard let job = view.job(link.subject) else { throw Problem(.notFound, "there is no \(link.subject)") }
      let state = view.fleet[job]
      let name = view.descriptions[Int(job.rawValue)].name
      title = link.purpose == .decide ? "What about \(name)?" : "Cancel \(name)?"
      fields =
        "<p>\(e(link.subject)) is \(e(Wording.snake(state.phase).replacing("_", with: " "))); "
        + "\(Wording.money(state.cost(at: view.at))) spent.</p>"
      if link.purpose == .decide {
        fields += button("on-demand", "Switch to on-demand") + button("keep-trying", "Keep trying")
      } else {
        let what = view.descriptions[Int(job.rawValue)].examines == nil ? "training" : "the examination"
        fields += "<p>This will permanently stop \(what) and terminate the GPU instance.</p>"
      }
      fields += button("cancel", "Cancel the job")
    case .limit:
      title = "Increase Budget Limit"
      let limit = view.fleet.budget.limit.map(Wording.money) ?? "no limit"
      fields =
        "<p>\(Wording.money(view.fleet.spent(at: view.at))) of \(limit) is spent.</p>"
        + "<label>New limit, US dollars <input name=\"limit\" type=\"number\" min=\"1\" step=\"0.01\" required></label>"
        + reason + button("set", "Submit")
    case .approval:
      let number = UInt32(link.subject.dropFirst("approval-".count)) ?? 0
      guard let request = view.approvals[number]?.request else { throw Problem(.notFound, "there is no such request") }
      title = "A budget limit of \(Wording.money(request.limit))?"
      fields =
        "<p>\(e(request.applicant)) asks for it: \(e(request.justification))</p>"
        + "<label>Remark <textarea name=\"justification\" maxlength=\"2000\"></textarea></label>"
        + button("approve", "Approve") + button("reject", "Reject")
    }
    let name = link.person.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    let action = "\(path)?person=\(name)&until=\(link.until)&key=\(key)"
    return page(title, "<form method=\"post\" action=\"\(e(action))\">\(fields)</form>")
  }

  static func page(_ title: String, _ body: String) -> String {
    """
    <!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">\
    <title>\(Markdown.escaped(title)) · lora-train</title><link rel="icon" href="data:,"></head>\
    <body><main><h1>\(Markdown.escaped(title))</h1>\(body)</main></body></html>
    """
  }

  static func response(_ html: String) -> Response {
    Response(
      status: .ok, headers: [.contentType: "text/html; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
  }
}
