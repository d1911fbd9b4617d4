import Foundation
import Journal
import Live
import Markup
import RegexBuilder
import Testing

@testable import Notifications

@Suite struct LetterTests {
  static let writer = LetterWriter(
    address: "https://train.example.com", keys: WorkerKeys(master: Data(repeating: 1, count: 32)), now: { 1_000_000 })

  static func notice(_ kind: NoticeKind, _ change: (inout NoticeFacts) -> Void = { _ in }) -> NoticeRecord {
    var facts = NoticeFacts()
    (facts.job, facts.job_name) = ("job-3", "Elena <v2> & co")
    (facts.cost_usd, facts.duration_s) = (48.32, 13.2 * 3_600)
    change(&facts)
    return NoticeRecord(id: 1, at: 0, kind: kind, urgent: false, facts: facts)
  }

  @Test func aCompletedJobReadsAsTheStoryWants() {
    let notice = Self.notice(.completed) {
      ($0.training_loss, $0.perplexity_improvement) = (0.287, 31.2)
    }
    let letter = Self.writer.letter(notice, to: "dana")
    #expect(letter.subject == "✓ Training Job Completed: Elena <v2> & co")
    #expect(
      [35, 30, 29.9, 20, 19.9, -3].map(LetterWriter.badge) == [
        "✓ Production Ready", "✓ Production Ready", "⚠ Acceptable Quality", "⚠ Acceptable Quality", "✗ Below Threshold",
        "✗ Below Threshold",
      ])
    for line in [
      "Quality: ✓ Production Ready, by the perplexity since its first measurement",
      "Duration: 13.2 hours", "Final cost: $48.32", "Final metrics: Training loss 0.287, Perplexity improvement 31%",
      "View Job Details: https://train.example.com/dashboard/training-jobs/job-3", "Download Adapters: ",
      "Generate Report: ",
    ] { #expect(letter.plainText.contains(line), "\(line)") }
    #expect(
      letter.slackText
        == "✓ Training completed: *Elena &lt;v2&gt; &amp; co* (13.2hrs, $48.32, 31% perplexity improvement).\n"
        + "<https://train.example.com/dashboard/training-jobs/job-3|View Job>  "
        + "<https://train.example.com/dashboard/training-jobs/job-3#adapters|Download Adapters>  "
        + "<https://train.example.com/dashboard/training-jobs/job-3#report|Generate Report>")
    #expect(letter.html.contains("Elena &lt;v2&gt; &amp; co") && !letter.html.contains("<v2>"))
  }

  @Test func aFailedJobSaysWhyAndWhatMayHelp() {
    let letter = Self.writer.letter(
      Self.notice(.failed) {
        ($0.failure, $0.error_message, $0.fixes) = ("out of memory", "CUDA <oom>", ["a smaller batch"])
        ($0.duration_s, $0.cost_usd) = (2.3 * 3_600, 8.42)
      }, to: "dana")
    #expect(letter.subject == "✗ Training Job Failed: Elena <v2> & co")
    for line in [
      "Error type: out of memory", "Error message: CUDA <oom>", "Suggested fixes:", "- a smaller batch",
      "Elapsed time before failure: 2.3 hours", "Cost spent: $8.42", "View Error Details: ",
      "Retry with Suggested Fix: https://train.example.com/dashboard/training-jobs/job-3/retry?fix=first",
    ] { #expect(letter.plainText.contains(line), "\(line)") }
  }

  /// What trained nothing is called no training, in no part of any letter, post or banner.
  @Test func anExaminationHasWordsOfItsOwn() {
    for kind in NoticeKind.allCases where ![.budgetAlert, .digest, .downloaded].contains(kind) {
      let notice = Self.notice(kind) {
        ($0.job_name, $0.examines, $0.examined_name) = ("Examination of Elena <v2>", "job-1", "Elena <v2>")
        ($0.configuration, $0.failure) = ("llama-3-70b with the adapters of job-1", "worker crash")
      }
      let letter = Self.writer.letter(notice, to: "dana")
      for text in [letter.subject, letter.plainText, letter.slackText, NoticeSummary.named(notice)] {
        // Its address is that of any job.
        let said = text.replacing("/training-", with: "/")
        #expect(!said.lowercased().contains("training") && !said.contains("trained"), "\(kind): \(said)")
      }
    }
    func letter(_ kind: NoticeKind) -> Letter {
      Self.writer.letter(
        Self.notice(kind) {
          ($0.job_name, $0.examines, $0.examined_name) = ("knowledge", "job-1", "Elena <v2>")
        }, to: "dana")
    }
    let completed = letter(.completed)
    #expect(completed.subject == "✓ Examination Completed: Elena <v2>")
    for line in [
      "✓ Examination of Elena <v2> completed (13.2hrs, $48.32).", "Job: knowledge", "Examines: Elena <v2> (job-1)",
      "View Validation: https://train.example.com/dashboard/training-jobs/job-1/validation",
    ] { #expect(completed.plainText.contains(line), "\(line): \(completed.plainText)") }
    #expect(!completed.plainText.contains("Adapters") && !completed.plainText.contains("Report"))
    #expect(completed.slackText.hasPrefix("*knowledge*: ✓ Examination of Elena &lt;v2&gt; completed"))
    #expect(letter(.failed).subject == "✗ Examination Failed: Elena <v2>")
    #expect(letter(.cancelled).subject == "Examination Cancelled: Elena <v2>")
  }

  /// Story 8.2.1: where the configuration names somebody to ask.
  @Test func aFailedJobSaysWhomToAsk() {
    var writer = Self.writer
    writer.support = "help@brightrun.ai"
    #expect(
      writer.letter(Self.notice(.failed), to: "dana").plainText.contains("Contact Support: mailto:help@brightrun.ai"))
    writer.support = "https://docs.brightrun.ai/help"
    #expect(writer.letter(Self.notice(.failed), to: nil).html.contains("https://docs.brightrun.ai/help"))
    #expect(!Self.writer.letter(Self.notice(.failed), to: "dana").plainText.contains("Contact Support"))
  }

  @Test func aBudgetAlertHasTheFiguresAndLetsItsReaderAct() {
    let notice = Self.notice(.budgetAlert) {
      $0 = NoticeFacts()
      ($0.threshold, $0.spent_usd, $0.limit_usd, $0.active_jobs) = (95, 487.32, 500, 2)
      ($0.active_remaining_usd, $0.month_end_usd) = (.init(low: 42, high: 58), .init(low: 529, high: 545))
    }
    let letter = Self.writer.letter(notice, to: "max")
    #expect(letter.subject == "You've used 95% of monthly training budget ($487.32 of $500)")
    for line in [
      "Current spending: $487.32 / $500 (97%)", "Remaining budget: $12.68",
      "Active jobs: 2 (estimated remaining cost: $42-58)", "Forecast: Likely to exceed budget by $29-45",
      "Increase Budget Limit: https://train.example.com/n/limit/-?person=max&until=1604800&key=",
      "Cancel Active Jobs: ",
      "View Budget Dashboard: https://train.example.com/dashboard/training-budget", "No more mails: ",
    ] { #expect(letter.plainText.contains(line), "\(line)") }
    // Where several read, nobody's signature stands.
    let open = Self.writer.letter(notice, to: nil)
    #expect(!open.plainText.contains("key=") && !open.slackText.contains("key="))
  }

  /// Where several jobs are told of, each says which it is.
  @Test func aPostNamesItsJob() {
    for kind in [NoticeKind.interrupted, .resumed, .estimateAlert, .cancelled] {
      let notice = Self.notice(kind)
      let post = Self.writer.letter(notice, to: nil).slackText
      #expect(post.hasPrefix("*Elena &lt;v2&gt; &amp; co*: "), "\(kind): \(post)")
      #expect(NoticeSummary.named(notice) == "Elena <v2> & co: \(NoticeSummary.line(notice))", "\(kind)")
    }
    let started = Self.notice(.started)
    #expect(NoticeSummary.named(started) == NoticeSummary.line(started), "it says so itself")
  }

  @Test func everyKindHasAWordingInEveryForm() {
    for kind in NoticeKind.allCases {
      let letter = Self.writer.letter(Self.notice(kind), to: "dana")
      #expect(!letter.subject.isEmpty && !letter.plainText.isEmpty && !letter.slackText.isEmpty, "\(kind)")
      #expect(letter.html.hasPrefix("<!doctype html>") && !letter.html.contains("<v2>"), "\(kind)")
      // Each thing that can be done is a link that says so, and everything between tags is meant to be read.
      for action in letter.actions + letter.footer {
        let link = Regex {
          "<a href=\"\(MarkupText.html(action.url))\""
          /[^>]*/
          ">\(MarkupText.html(action.title))</a>"
        }
        #expect(letter.html.firstMatch(of: link) != nil, "\(kind): \(action.title)")
      }
      let words = letter.html.replacing(/<[^>]*>/, with: " ")
      #expect(!words.contains("SQL") && !words.contains("(unknown"), "\(kind): \(words)")
    }
  }

  @Test func nothingInANameBecomesAHeader() {
    var message = MailMessage(
      from: "lora-train <train@example.com>", to: "dana@example.com", subject: "", text: "t", html: "h",
      id: "lora-train.s.1", date: Date(timeIntervalSince1970: 0), unsubscribe: nil)
    message.subject =
      LetterTests.writer.letter(
        Self.notice(.completed) { $0.job_name = "x\r\nBcc: all@example.com\r\n\r\nbody" }, to: nil
      ).subject
    let head = String(decoding: message.data, as: UTF8.self).components(separatedBy: "\r\n\r\n")[0]
    #expect(!head.contains("\r\nBcc:"))
    #expect(head.contains("From: lora-train <train@example.com>\r\nTo: <dana@example.com>\r\n"))
    #expect(head.contains("Date: Thu, 01 Jan 1970 00:00:00 +0000"))
    #expect(head.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 78 })
  }

  @Test func longSubjectsAreWordsThatPartNoLetter() {
    let text = "✓ " + String(repeating: "Größe 🚀 ", count: 20)
    let words = MailMessage.encoded(text).components(separatedBy: "\r\n ")
    #expect(words.count > 3 && words.allSatisfy { $0.count <= 75 && $0.hasPrefix("=?UTF-8?B?") })
    let decoded = words.map { word in
      String(decoding: Data(base64Encoded: String(word.dropFirst(10).dropLast(2))) ?? Data(), as: UTF8.self)
    }
    #expect(decoded.joined() == text)
    #expect(MailMessage.encoded("plain") == "plain")
  }

  @Test(arguments: ["a@b", "dana+x@example.com"]) func addresses(_ text: String) {
    #expect(MailMessage.isAddress(text))
  }

  @Test(arguments: ["", "a", "a@", "@b", "a@b@c", "a b@c", "a@b\r\nRCPT TO:<x@y>", "<a@b>", "a@b,c@d"])
  func noAddresses(_ text: String) { #expect(!MailMessage.isAddress(text)) }
}
