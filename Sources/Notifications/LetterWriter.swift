import Foundation
import Journal
import Live

/// Writes what stories 2.2.1, 3.1.3, 3.2.1, 7.1.1, 7.2.2, 8.2.1 and 8.2.2 want said.
struct LetterWriter: Sendable {
  /// Where the dashboard is, without a slash behind it.
  let address: String
  let keys: WorkerKeys
  /// Whom people ask for help: a mail address, or a page.
  var support: String?
  /// Seconds since 1970.
  var now: @Sendable () -> Int = { Int(Date().timeIntervalSince1970) }

  /// How long what a mail lets its reader do can be done.
  static let linkDays = 7

  /// - Parameter person: whose links stand in it; nil: nobody's, it goes where several read.
  func letter(_ notice: NoticeRecord, to person: String?) -> Letter {
    let f = notice.facts
    let line = NoticeSummary.line(notice)
    let name = f.job_name ?? f.job ?? "a job"
    var letter = Letter(subject: line, headline: line)
    letter.facts = jobFacts(notice)
    if f.job != nil { letter.actions = [.init(title: "View Job Details", url: page("training-jobs/\(f.job ?? "")"))] }
    switch notice.kind {
    case .completed: complete(&letter, f, name)
    case .failed: fail(&letter, f, name)
    case .cancelled:
      letter.subject = Letter.oneLine("\(what(f)) Cancelled: \(examined(f) ?? name)")
      letter.text = [line]
    case .started:
      letter.text = [line]
      if let wait = f.wait_s, wait >= 60 {
        letter.facts.append(.init(label: "Waited for a GPU", value: NoticeSummary.hours(wait)))
      }
    case .interrupted, .resumed:
      letter.subject = Letter.oneLine("\(notice.kind == .resumed ? "Resumed" : "Interrupted"): \(name)")
      letter.text = [line]
      letter.tone = notice.kind == .resumed ? .good : .warning
      letter.actions = [.init(title: "Track Status", url: page("training-jobs/\(f.job ?? "")"))]
    case .decisionNeeded: ask(&letter, f, name, line, person)
    case .estimateAlert:
      letter.subject = Letter.oneLine("\(f.threshold ?? 0)% of estimate: \(name)")
      letter.text = [line]
      letter.tone = (f.threshold ?? 0) >= 100 ? .bad : .warning
      letter.actions += link(.cancel, f.job ?? "-", person, "Cancel Job")
    case .budgetAlert, .budgetAtRisk: budget(&letter, notice, person)
    case .limitChanged: letter.actions = [budgetPage]
    case .approvalRequested:
      letter.text = [line + "."]
      letter.facts += [
        .init(label: "Limit now", value: NoticeSummary.dollars(f.old_limit_usd)),
        .init(label: "Limit wanted", value: NoticeSummary.dollars(f.limit_usd)),
        .init(label: "Justification", value: f.justification ?? ""), .init(label: "Expires", value: f.deadline ?? ""),
      ]
      letter.actions = link(.approval, "approval-\(f.approval ?? 0)", person, "Approve or Reject") + [budgetPage]
    case .approvalDecided:
      letter.tone = f.is_approved == true ? .good : .bad
      if let remark = f.remark { letter.facts.append(.init(label: "Remark", value: remark)) }
      letter.actions = [budgetPage]
    case .digest: digest(&letter, f)
    case .test:
      letter.subject = "lora-train: a test notification"
      letter.text = [line]
    case .jobBlocked:
      letter.tone = .warning
      letter.actions.append(budgetPage)
    case .jobQueued, .waitingForGPU, .switchedToOnDemand, .capReached, .downloaded: break
    }
    if let person {
      letter.footer = link(.mute, "-", person, "No more mails")
      letter.footer.append(.init(title: "Notification settings", url: page("notifications")))
    }
    return letter
  }

  // MARK: Jobs

  private func what(_ f: NoticeFacts) -> String { f.examines == nil ? "Training Job" : "Examination" }

  /// The name of the job that an examination is of.
  private func examined(_ f: NoticeFacts) -> String? { f.examined_name ?? f.examines }

  private func complete(_ letter: inout Letter, _ f: NoticeFacts, _ name: String) {
    letter.subject = Letter.oneLine("✓ \(what(f)) Completed: \(examined(f) ?? name)")
    letter.headline = "✓ \(letter.headline)"
    letter.tone = .good
    if let examined = f.examines {
      // It has neither adapters nor a report: what it found is the other's.
      letter.actions.append(.init(title: "View Validation", url: page("training-jobs/\(examined)/validation")))
      return
    }
    if let loss = f.training_loss {
      var value = String(format: "Training loss %.3f", loss)
      if let better = f.perplexity_improvement { value += String(format: ", Perplexity improvement %.0f%%", better) }
      letter.facts.append(.init(label: "Final metrics", value: value))
    }
    if let better = f.perplexity_improvement {
      letter.facts.append(
        .init(label: "Quality", value: "\(LetterWriter.badge(better)), by the perplexity since its first measurement"))
    }
    let job = page("training-jobs/\(f.job ?? "")")
    letter.actions += [
      .init(title: "Download Adapters", url: job + "#adapters"), .init(title: "Generate Report", url: job + "#report"),
    ]
  }

  /// Story 6.1.1's badge of an improvement in per cent.
  static func badge(_ improvement: Double) -> String {
    switch improvement {
    case 30...: "✓ Production Ready"
    case 20..<30: "⚠ Acceptable Quality"
    default: "✗ Below Threshold"
    }
  }

  private var contact: [Letter.Action] {
    guard let support else { return [] }
    return [
      .init(
        title: "Contact Support",
        url: support.contains("@") && !support.hasPrefix("https://") ? "mailto:\(support)" : support)
    ]
  }

  private func fail(_ letter: inout Letter, _ f: NoticeFacts, _ name: String) {
    letter.subject = Letter.oneLine("✗ \(what(f)) Failed: \(examined(f) ?? name)")
    letter.headline = "✗ \(letter.headline)"
    letter.tone = .bad
    letter.facts.insert(.init(label: "Error type", value: f.failure ?? "other"), at: min(2, letter.facts.count))
    if let message = f.error_message {
      letter.facts.insert(.init(label: "Error message", value: message), at: min(3, letter.facts.count))
    }
    if let fixes = f.fixes { (letter.listTitle, letter.list) = ("Suggested fixes", fixes) }
    let job = page("training-jobs/\(f.job ?? "")")
    letter.actions = [.init(title: "View Error Details", url: job + "#error")]
    if f.fixes != nil { letter.actions.append(.init(title: "Retry with Suggested Fix", url: job + "/retry?fix=first")) }
    letter.actions += contact
  }

  private func ask(_ letter: inout Letter, _ f: NoticeFacts, _ name: String, _ line: String, _ person: String?) {
    letter.subject = Letter.oneLine("Action needed: \(name)")
    letter.headline = "\(line) (\(name))"
    letter.tone = .warning
    letter.text = [line]
    if let deadline = f.deadline { letter.facts.append(.init(label: "Answered for you after", value: deadline)) }
    letter.actions = link(.decide, f.job ?? "-", person, "Decide Now") + letter.actions
  }

  private func jobFacts(_ notice: NoticeRecord) -> [Letter.Fact] {
    let f = notice.facts
    guard f.job != nil, notice.kind != .downloaded else { return [] }
    var facts = [Letter.Fact(label: "Job", value: f.job_name ?? f.job ?? "")]
    if let id = f.examines {
      facts.append(.init(label: "Examines", value: f.examined_name.map { $0 == id ? id : "\($0) (\(id))" } ?? id))
    }
    if let configuration = f.configuration { facts.append(.init(label: "Configuration", value: configuration)) }
    let isOver = [.completed, .failed, .cancelled].contains(notice.kind)
    if let duration = f.duration_s {
      let label = notice.kind == .failed ? "Elapsed time before failure" : isOver ? "Duration" : "Elapsed time"
      facts.append(.init(label: label, value: String(format: "%.1f hours", duration / 3_600)))
    }
    if let cost = f.cost_usd, notice.kind != .jobQueued, notice.kind != .jobBlocked {
      let label = notice.kind == .failed ? "Cost spent" : isOver ? "Final cost" : "Cost so far"
      facts.append(.init(label: label, value: NoticeSummary.dollars(cost)))
    }
    if let estimate = f.estimate_usd { facts.append(.init(label: "Estimate", value: NoticeSummary.dollars(estimate))) }
    if !isOver, let step = f.step, let steps = f.steps, step > 0 {
      facts.append(.init(label: "Saved", value: "step \(step) of \(steps)"))
    }
    if let n = f.interruptions, n > 0 { facts.append(.init(label: "Interruptions", value: "\(n)")) }
    return facts
  }

  // MARK: Money

  private func budget(_ letter: inout Letter, _ notice: NoticeRecord, _ person: String?) {
    let f = notice.facts
    letter.tone = (f.threshold ?? 100) >= 100 ? .bad : .warning
    let (spent, limit) = (f.spent_usd ?? 0, f.limit_usd ?? 0)
    letter.facts = [
      .init(
        label: "Current spending",
        value:
          "\(NoticeSummary.dollars(spent)) / \(NoticeSummary.dollars(limit)) (\(Int(spent / max(limit, 0.01) * 100))%)"),
      .init(label: "Remaining budget", value: NoticeSummary.dollars(max(0, limit - spent))),
    ]
    let remaining = f.active_remaining_usd.map {
      " (estimated remaining cost: \(NoticeSummary.dollars($0.low.rounded()))-\(Int($0.high.rounded())))"
    }
    letter.facts.append(.init(label: "Active jobs", value: "\(f.active_jobs ?? 0)\(remaining ?? "")"))
    if let end = f.month_end_usd {
      let over = (max(0, end.low - limit).rounded(), (end.high - limit).rounded())
      letter.facts.append(
        .init(
          label: "Forecast",
          value: over.1 > 0
            ? "\(over.0 > 0 ? "Likely to" : "May") exceed budget by \(NoticeSummary.dollars(over.0))-\(Int(over.1))"
            : "Likely to stay within budget (\(NoticeSummary.dollars(end.high.rounded())) at most, 9 times in 10)"))
    }
    letter.actions = link(.limit, "-", person, "Increase Budget Limit")
    if person == nil { letter.actions = [.init(title: "Increase Budget Limit", url: page("training-budget#limit"))] }
    if (f.active_jobs ?? 0) > 0 {
      letter.actions.append(.init(title: "Cancel Active Jobs", url: page("training-jobs?status=active")))
    }
    letter.actions.append(budgetPage)
  }

  private func digest(_ letter: inout Letter, _ f: NoticeFacts) {
    letter.facts = []
    if let today = f.spent_today_usd {
      letter.facts = [
        .init(label: "Total spent today", value: NoticeSummary.dollars(today)),
        .init(
          label: "Remaining budget",
          value: f.limit_usd.map { NoticeSummary.dollars(max(0, $0 - (f.spent_usd ?? 0))) } ?? "no limit"),
        .init(label: "Active jobs", value: "\(f.active_jobs ?? 0)"),
      ]
    }
    (letter.listTitle, letter.list) = ("What happened", f.items ?? [])
    letter.actions = [budgetPage, .init(title: "View Jobs", url: page("training-jobs"))]
  }

  // MARK: Links

  private var budgetPage: Letter.Action { .init(title: "View Budget Dashboard", url: page("training-budget")) }

  private func page(_ path: String) -> String { "\(address)/dashboard/\(path)" }

  private func link(_ purpose: NoticeLink.Purpose, _ subject: String, _ person: String?, _ title: String)
    -> [Letter.Action]
  {
    guard let person else { return [] }
    let link = NoticeLink(purpose, subject, of: person, until: now() + LetterWriter.linkDays * 86_400)
    return [.init(title: title, url: address + link.path(keys))]
  }
}
