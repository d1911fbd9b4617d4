import Foundation

/// A mail as it goes over the wire: RFC 5322 and MIME, a text and an HTML part, both in base 64, so that no line is too long.
struct MailMessage {
  var from: String
  var to: String
  var subject: String
  var text: String
  var html: String
  /// The same at every attempt: a mail that arrives twice can be seen to be one.
  var id: String
  var date: Date
  /// Where one click ends these mails.
  var unsubscribe: String?

  var data: Data {
    let boundary = "lora-train-\(id.filter { $0.isLetter || $0.isNumber })"
    var lines = [
      "Date: \(MailMessage.stamp(date))", "From: \(MailMessage.mailbox(from))", "To: <\(MailMessage.address(to))>",
      "Subject: \(MailMessage.encoded(subject))",
      "Message-ID: <\(id)@\(MailMessage.address(from).split(separator: "@").last ?? "localhost")>",
      "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
    ]
    if let unsubscribe { lines.append("List-Unsubscribe: <\(unsubscribe)>") }
    lines += ["Content-Type: multipart/alternative; boundary=\"\(boundary)\"", ""]
    for (type, body) in [("plain", text), ("html", html)] {
      lines += [
        "--\(boundary)", "Content-Type: text/\(type); charset=utf-8", "Content-Transfer-Encoding: base64", "",
        Data(body.utf8).base64EncodedString(
          options: [.lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed]),
      ]
    }
    lines += ["--\(boundary)--", ""]
    return Data(lines.joined(separator: "\r\n").utf8)
  }

  /// The address of `Name <address>`, or of an address alone.
  static func address(_ mailbox: String) -> String {
    guard let open = mailbox.lastIndex(of: "<"), mailbox.hasSuffix(">") else { return mailbox }
    return String(mailbox[mailbox.index(after: open)...].dropLast())
  }

  /// Whether an address can stand in a command and a header without meaning something else there.
  static func isAddress(_ text: String) -> Bool {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && text.utf8.count <= 254
      && text.utf8.allSatisfy { $0 > 32 && $0 < 127 && !"<>(),;:\\\"[]".utf8.contains($0) }
  }

  private static func mailbox(_ text: String) -> String {
    guard let open = text.lastIndex(of: "<") else { return "<\(text)>" }
    let name = text[..<open].trimmingCharacters(in: .whitespaces)
    return "\(encoded(name)) <\(address(text))>"
  }

  /// RFC 2047: words of at most 75 characters, none of which parts a letter.
  static func encoded(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 32 && $0 < 127 }), text.utf8.count <= 60, !text.contains("=?") { return text }
    var words: [String] = []
    var word = ""
    for letter in Letter.oneLine(text) {
      if (word + String(letter)).utf8.count > 42 {
        words.append(word)
        word = ""
      }
      word.append(letter)
    }
    words.append(word)
    return words.map { "=?UTF-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\r\n ")
  }

  /// `Fri, 27 Nov 2026 17:00:00 +0000`.
  private static func stamp(_ date: Date) -> String {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = .gmt
    format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss Z"
    return format.string(from: date)
  }
}
