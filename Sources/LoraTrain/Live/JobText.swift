import Foundation
import Web

/// Jobs and budgets of the live system, as people and as programs read them.
enum JobText {
  static func one(_ job: JobDocument) -> String {
    var lines = [
      "\(job.id) \(PlainText.line(job.name)): \(words(job.status))" + (job.failure.map { " (\(words($0)))" } ?? "")
    ]
    switch job.refusal {
    case nil: break
    case "queue_full": lines.append(job.refusal_text ?? "Queue full. Wait for completion or cancel an active job.")
    case let refusal?:
      lines.append(
        "Blocked by the \(words(refusal)). Adjust the configuration, ask for a higher limit (lora-train approval request), or "
          + "as a manager: lora-train job override \(job.id) --justification …")
    }
    if job.status == "failed" {
      lines.append("Retry it as it was, or with what is suggested: lora-train job retry \(job.id) [--fix]")
      if job.durable_step > 0, job.training_file != nil {
        lines.append(
          "Resume from checkpoint (step \(Words.group(job.durable_step))): lora-train job retry \(job.id) --from-checkpoint"
        )
      }
    }
    if let question = job.question {
      lines.append(
        "What about its \(words(question))? lora-train job answer \(job.id) on-demand|keep-trying|fail"
          + (job.deadline.map { ", until \($0)" } ?? ""))
    }
    let rate = job.hourly_rate_usd.map { " at \(Words.dollars($0)) an hour" } ?? ""
    let saved = "step \(Words.group(job.durable_step)) of \(Words.group(job.steps)) is saved; "
    lines.append(
      "\(job.preset), \(words(job.pricing))\(rate): \(job.examines == nil ? saved : "")"
        + "\(Words.dollars(job.cost_usd)) so far, \(Words.dollars(job.reserved_usd)) set aside"
        + (job.max_cost_usd.map { ", stops at \(Words.dollars($0))" } ?? ""))
    if let projection = job.projection {
      let left = projection.remaining_s.map { ", \(Words.duration($0.p50)) to go" } ?? ""
      lines.append(
        "Projected final cost \(Words.dollars(projection.cost_usd.p50)) (best case \(Words.dollars(projection.cost_usd.p10)), "
          + "worst case \(Words.dollars(projection.cost_usd.p90)))\(left)")
    }
    if let alert = job.alert_text { lines.append("Warning: \(alert)") }
    if let purpose = job.purpose { lines.append("What for: \(purpose)") }
    if let tags = job.tags, !tags.isEmpty { lines.append("Tags: \(tags.joined(separator: ", "))") }
    if let original = job.retry_of { lines.append("This is retry #\(job.retry ?? 1) of \(original)") }
    if let original = job.resumed_from {
      lines.append("Resumed from \(original) at step \(Words.group(job.resumed_at_step ?? 0))")
    }
    if let examined = job.examines { lines.append("Examines \(examined): nothing is trained") }
    if let spent = job.examinations {
      let each = spent.jobs.map { "\($0.id) \(Words.dollars($0.cost_usd)), \(words($0.status))" }
      lines.append(
        "Examinations cost \(Words.dollars(spent.cost_usd)) beside it, as jobs of their own: \(each.joined(separator: "; "))"
      )
    }
    if let notes = job.notes { lines.append("Notes (\(job.submitted_at)): \(notes)") }
    lines += (job.later_notes ?? []).map { "Update (\($0.at), \($0.person)): \($0.text)" }
    lines.append(
      "\(count(job.interruptions, "interruption")), \(count(job.failures, "failure")); submitted \(job.submitted_at)"
        + (job.ended_at.map { ", ended \($0)" } ?? ""))
    return lines.joined(separator: "\n")
  }

  static func table(_ jobs: [JobDocument]) -> String {
    guard !jobs.isEmpty else { return "No jobs." }
    var table = Table(
      header: ["job", "name", "by", "status", "pricing", "saved", "cost", "interruptions", "submitted (UTC)"])
    table.left = [0, 1, 2, 3, 4, 8]
    table.rows = jobs.map {
      [
        $0.id, $0.name, $0.creator ?? "", words($0.status), words($0.pricing),
        Words.percent(Double($0.durable_step) / Double(max(1, $0.steps))), Words.dollars($0.cost_usd),
        "\($0.interruptions)", $0.submitted_at,
      ]
    }
    return table.text
  }

  static func quote(_ quote: QuoteDocument, of job: NewJob) -> String {
    let c = job.configuration
    var lines = [
      "\(PlainText.line(job.name)): \(c.preset.rawValue), \(PricingArgument.words(c.pricing)), "
        + (job.examines.map { "examines \($0) and trains nothing" } ?? "\(Words.group(c.steps)) steps"),
      "  cost      \(Words.dollars(quote.cost_usd.p50)), 8 in 10 between \(Words.dollars(quote.cost_usd.p10)) and "
        + "\(Words.dollars(quote.cost_usd.p90))",
      "  duration  \(Words.duration(quote.duration_s.p50)), 9 in 10 under \(Words.duration(quote.duration_s.p90))",
      "  completes \(Words.percent(quote.p_completes)) (\(quote.source))",
      "",
    ]
    if let time = quote.suites { lines.insert("  suites    \(Wording.suites(time)), in both", at: 3) }
    if let resume = quote.resume {
      lines.insert(
        "Resume from Step \(Words.group(resume.step)) (\(Words.percent(resume.done)) complete). Remaining: "
          + String(format: "%.1f", resume.remaining_epochs) + " epochs (~\(Words.duration(quote.duration_s.p50)), "
          + "\(Words.group(resume.remaining_steps)) steps)", at: 1)
    }
    if let state = quote.budget { lines.append(budget(state)) }
    if let fits = quote.fits_budget {
      let amount = Words.dollars(min(quote.reservation_usd, job.max_cost_usd ?? .infinity))
      lines.append(
        fits
          ? "\(amount) are set aside for it: the budget holds it."
          : "\(amount) would be set aside: the budget does not hold it, and it would be blocked.")
    }
    if let budget = quote.budget, let month = budget.projected_month_usd {
      // Medians do not add up; ends of ranges give a range that is wide enough. What a page shows is simulated.
      lines.append(
        "With \(count(budget.active_jobs, "active job")) + this new job, projected monthly spend: between "
          + "\(Words.dollars(month.p10 + quote.cost_usd.p10)) and \(Words.dollars(month.p90 + quote.cost_usd.p90)) "
          + "(the ends of both 8-in-10 ranges, added up).")
    }
    lines += quote.warnings.map { "Warning: \($0.hasSuffix(".") ? $0 : $0 + ".")" }
    return lines.joined(separator: "\n")
  }

  /// What story 1.3.2 has a person go through before the start.
  static func checklist(_ quote: QuoteDocument) -> String {
    let range = "\(Words.dollars(quote.cost_usd.p10))–\(Words.dollars(quote.cost_usd.p90))"
    return "By submitting it you say: I have reviewed the configuration; I understand the estimated cost (\(range)); "
      + "I have budget approval if required."
  }

  static func budget(_ budget: BudgetDocument) -> String {
    let spent = "\(Words.dollars(budget.spent_usd)) spent and \(Words.dollars(budget.reserved_usd)) set aside"
    guard let limit = budget.limit_usd, let available = budget.available_usd else {
      return "Budget: \(spent); there is no limit." + month(budget)
    }
    return "Budget: \(spent) of \(Words.dollars(limit)); \(Words.dollars(available)) are left for new jobs"
      + (budget.period_ends.map { " until \($0.prefix(10))." } ?? ".") + month(budget)
  }

  private static func month(_ budget: BudgetDocument) -> String {
    budget.projected_month_usd.map {
      "\nProjected for the month as things stand: \(Words.dollars($0.p50)), 8 in 10 between \(Words.dollars($0.p10)) and "
        + "\(Words.dollars($0.p90))."
    } ?? ""
  }

  private static func words(_ snake: String) -> String { snake.replacingOccurrences(of: "_", with: " ") }
  private static func count(_ n: Int, _ word: String) -> String { "\(n) \(word)\(n == 1 ? "" : "s")" }
}
