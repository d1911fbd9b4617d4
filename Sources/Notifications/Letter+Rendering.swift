import Foundation
import Markup

extension Letter {
  /// For mail programs that show text, and people who want it.
  var plainText: String {
    var lines = text.isEmpty ? [headline] : text
    if !facts.isEmpty { lines += [""] + facts.map { "\($0.label): \($0.value)" } }
    if !list.isEmpty { lines += ["", "\(listTitle):"] + list.map { "- \($0)" } }
    if !actions.isEmpty { lines += [""] + actions.map { "\($0.title): \($0.url)" } }
    if !footer.isEmpty { lines += ["", "-- "] + footer.map { "\($0.title): \($0.url)" } }
    return lines.joined(separator: "\n") + "\n"
  }

  /// One column, inline styles, no pictures: what mail programs agree on.
  var html: String {
    let e = MarkupText.html
    let body = (text.isEmpty ? [headline] : text)
      .map { "<p style=\"margin:0 0 16px;font-size:16px;line-height:24px\">\(e($0))</p>" }.joined()
    let rows = facts.map {
      """
      <tr><th scope="row" style="text-align:left;vertical-align:top;padding:6px 16px 6px 0;font-weight:normal;\
      color:#5b6472;white-space:nowrap">\(e($0.label))</th><td style="padding:6px 0;word-break:break-word">\(e($0.value))</td></tr>
      """
    }.joined()
    let table =
      rows.isEmpty
      ? "" : "<table style=\"border-collapse:collapse;font-size:14px;line-height:20px;margin:0 0 16px\">\(rows)</table>"
    let items = list.map { "<li style=\"margin:0 0 6px\">\(e($0))</li>" }.joined()
    let bullets =
      items.isEmpty
      ? ""
      : "<h2 style=\"font-size:15px;margin:0 0 8px\">\(e(listTitle))</h2>"
        + "<ul style=\"margin:0 0 16px;padding-left:20px;font-size:14px;line-height:20px\">\(items)</ul>"
    // Without its type this is SQL: whoever sees the journal sees GRDB's own `joined`.
    let buttons = actions.enumerated().map { i, action -> String in
      let colours = i == 0 ? "background:\(tone.rawValue);color:#ffffff" : "background:#eef1f5;color:#1d2430"
      return """
        <a href="\(e(action.url))" style="display:inline-block;\(colours);text-decoration:none;padding:10px 16px;\
        border-radius:6px;font-size:14px;margin:0 8px 8px 0">\(e(action.title))</a>
        """
    }.joined()
    let links = footer.map { "<a href=\"\(e($0.url))\" style=\"color:#5b6472\">\(e($0.title))</a>" }
      .joined(separator: " · ")
    return """
      <!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">\
      <title>\(e(subject))</title></head><body style="margin:0;padding:24px 12px;background:#f3f5f8;color:#1d2430;\
      font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"><div style="max-width:600px;margin:0 auto;\
      background:#ffffff;border-radius:8px;border-top:4px solid \(tone.rawValue);padding:24px">\
      <h1 style="font-size:20px;line-height:28px;margin:0 0 16px">\(e(subject))</h1>\
      \(body == "<p style=\"margin:0 0 16px;font-size:16px;line-height:24px\">\(e(subject))</p>" ? "" : body)\(table)\
      \(bullets)<div>\(buttons)</div></div><p style="max-width:600px;margin:16px auto 0;font-size:12px;color:#5b6472">\
      lora-train \(links.isEmpty ? "" : "· \(links)")</p></body></html>
      """
  }

  /// For Slack's own markup: its three special characters escaped.
  var slackText: String {
    let e = MarkupText.slack
    var line = e(headline)
    // A job's name stands out where it is said.
    if let name = facts.first(where: { $0.label == "Job" })?.value, let place = line.range(of: e(name)),
      !name.contains("*")
    {
      line.replaceSubrange(place, with: "*\(e(name))*")
    } else if let name = facts.first(where: { $0.label == "Job" })?.value, !line.contains(e(name)) {
      line = "\(name.contains("*") ? e(name) : "*\(e(name))*"): \(line)"
    }
    let links = actions.map { "<\($0.url)|\(e($0.title == "View Job Details" ? "View Job" : $0.title))>" }
    let details = tone == .good ? [] : facts.filter { $0.label != "Job" }.map { "\(e($0.label)): \(e($0.value))" }
    return ([line] + details + (links.isEmpty ? [] : [links.joined(separator: "  ")])).joined(separator: "\n")
  }
}
