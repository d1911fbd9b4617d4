import Foundation
import Journal

/// A notice in one line: in banners, digests and lists. The words are the stories'.
public enum NoticeSummary {
  public static func line(_ notice: NoticeRecord) -> String {
    let f = notice.facts
    let name = f.job_name ?? f.job ?? "a job"
    let spent = "\(dollars(f.spent_usd)) of \(dollars(f.limit_usd))"
    if let line = examination(notice.kind, f) { return line }
    switch notice.kind {
    case .jobQueued: return "Job queued: \(name)."
    case .jobBlocked:
      return f.refusal == "queue full"
        ? "Queue full: \(name) was not let in. Wait for completion or cancel an active job."
        : "Job blocked by the budget: \(name). Adjust the configuration or ask for a higher limit."
    case .waitingForGPU: return "No \(gpu(f)) GPU available for \(name) yet. It is retried automatically."
    case .started: return "GPU provisioned, training starts: \(name) (\(gpu(f)) \(f.pricing ?? ""))."
    case .interrupted: return "Training interrupted at \(percent(f)) complete. Auto-recovery in progress..."
    case .resumed:
      let left = f.remaining_s.map { " Estimated completion: \(hours($0)) remaining." } ?? ""
      return "Training resumed from checkpoint (Step \(f.step ?? 0)).\(left)"
    case .switchedToOnDemand: return "\(name) goes on on an on-demand GPU."
    case .capReached: return "\(name) reached its own cost cap: it saves what is trained and stops."
    case .decisionNeeded:
      switch f.question {
      case "provisioning": return "Still no spot GPU available. Switch to on-demand or cancel?"
      case "interruptions": return "\(name) was interrupted \(times(f.interruptions)). Switch to on-demand?"
      default: return "Recovery of \(name) has failed again and again. Switch to on-demand?"
      }
    case .completed: return "Training completed: \(name)\(figures(f))."
    case .failed: return "Training failed: \(name) (\(f.failure ?? "other"))."
    case .cancelled:
      return "Job cancelled. Final cost: \(dollars(f.cost_usd))."
        + (f.had_pod == true ? " GPU instance terminated." : "")
    case .estimateAlert:
      let figures = "(\(dollars(f.cost_usd)) of \(dollars(f.estimate_usd)))"
      switch f.threshold ?? 0 {
      case 120...: return "Job significantly over budget \(figures). Review immediately."
      case 100...: return "Job exceeded cost estimate \(figures). Consider cancelling."
      default: return "Job approaching cost estimate \(figures). Monitor closely."
      }
    case .budgetAlert:
      return (f.threshold ?? 0) >= 100
        ? "Monthly training budget exceeded (\(spent))"
        : "You've used \(f.threshold ?? 0)% of monthly training budget (\(spent))"
    case .budgetAtRisk: return "Active job may exceed budget. Cancel or increase limit."
    case .limitChanged:
      guard let old = f.old_limit_usd, let new = f.limit_usd else {
        return f.limit_usd == nil ? "Budget limit removed" : "Budget limit set to \(dollars(f.limit_usd))"
      }
      return "Budget limit \(new > old ? "increased" : "decreased") from \(dollars(old)) to \(dollars(new))"
    case .approvalRequested:
      return "\(f.person ?? "Somebody") asks for a budget limit of \(dollars(f.limit_usd)): pending approval"
    case .approvalDecided:
      return "Your request for a budget limit of \(dollars(f.limit_usd)) was "
        + "\(f.is_approved == true ? "approved" : "rejected") by \(f.person ?? "a manager")"
    case .downloaded: return "Adapters downloaded. See README.txt for integration instructions."
    case .digest: return f.limit_usd == nil ? "Your daily training summary" : "Your daily training budget summary"
    case .test: return "This is a test: notifications reach you."
    }
  }

  /// What is said otherwise of a job that trains nothing; nil: that is said as it is of any.
  private static func examination(_ kind: NoticeKind, _ f: NoticeFacts) -> String? {
    guard let examined = f.examined_name ?? f.examines else { return nil }
    let what = "Examination of \(examined)"
    switch kind {
    case .jobQueued: return "\(what) queued."
    case .started: return "GPU provisioned. \(what) starts (\(gpu(f)) \(f.pricing ?? ""))."
    case .interrupted: return "\(what) interrupted: what is answered is kept. Auto-recovery in progress..."
    case .resumed: return "\(what) resumed: it goes on with what is not answered yet."
    case .capReached: return "\(what) reached its own cost cap: what is answered is kept, and it stops."
    case .completed: return "\(what) completed\(figures(f))."
    case .failed: return "\(what) failed (\(f.failure ?? "other"))."
    case .cancelled:
      return "\(what) cancelled. Final cost: \(dollars(f.cost_usd))."
        + (f.had_pod == true ? " GPU instance terminated." : "")
    default: return nil
    }
  }

  /// The same where several jobs' notices stand together: whose it is comes first, unless the line says so itself.
  public static func named(_ notice: NoticeRecord) -> String {
    let line = line(notice)
    guard let name = notice.facts.job_name ?? notice.facts.job, !line.contains(name) else { return line }
    return "\(name): \(line)"
  }

  /// `$22.18`; whole dollars without cents.
  public static func dollars(_ x: Double?) -> String {
    guard let x, x.isFinite else { return "no limit" }
    let cents = (x * 100).rounded()
    let digits = cents.truncatingRemainder(dividingBy: 100) == 0 ? 0 : 2
    return x.formatted(
      .currency(code: "USD").locale(Locale(identifier: "en_US")).precision(.fractionLength(digits)))
  }

  /// `8h 15m`.
  public static func hours(_ seconds: Double) -> String {
    let minutes = Int((min(1e9, max(0, seconds)) / 60).rounded())
    return minutes < 60 ? "\(minutes)m" : "\(minutes / 60)h \(minutes % 60)m"
  }

  private static func figures(_ f: NoticeFacts) -> String {
    var parts: [String] = []
    if let duration = f.duration_s { parts.append(String(format: "%.1fhrs", duration / 3_600)) }
    parts.append(dollars(f.cost_usd))
    if let better = f.perplexity_improvement { parts.append(String(format: "%.0f%% perplexity improvement", better)) }
    return " (\(parts.joined(separator: ", ")))"
  }

  private static func percent(_ f: NoticeFacts) -> String {
    "\(Int(Double(f.step ?? 0) / Double(max(1, f.steps ?? 1)) * 100))%"
  }

  private static func times(_ n: Int?) -> String { n == 1 ? "once" : "\(n ?? 0) times" }

  private static func gpu(_ f: NoticeFacts) -> String {
    (f.gpu ?? "GPU").hasPrefix("h100") ? "H100" : f.gpu ?? ""
  }
}
