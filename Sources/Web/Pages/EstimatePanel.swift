import Calibration
import Engine
import Live

/// What a job would cost and how long it would take, beside its form and on its review.
struct EstimatePanel: Sendable {
  var trouble: String?
  var cost, costRange, duration, durationRange, completes, reservation, source: String
  /// nil: nothing is trained.
  var steps: String?
  var other: String?
  /// `Resume from step 850 (42 % complete). Remaining: 1.5 epochs (~8 h)`.
  var resume: String?
  /// `Answers to 50 suite prompts: about 12 minutes, $0.40`, which is in the figures above.
  var suiteTime: String?
  var warnings: [String]
  var hasWarnings: Bool
  var budget: [JobPage.Fact]
  var fits: Bool
  /// GPU, interruptions, total.
  var breakdown: [JobPage.Fact] = []
  /// How good estimates of such jobs were.
  var accuracy: String?

  /// Nothing can be said yet, and why.
  init(trouble: String) {
    self.trouble = trouble
    (cost, costRange, duration, durationRange, completes, reservation, source) = ("", "", "", "", "", "", "")
    (warnings, hasWarnings, budget, fits) = ([], false, [], true)
  }

  /// - Parameters:
  ///   - other: the same job with the other pricing.
  ///   - month: what the running month comes to with it; nil: that is not known.
  init(_ quote: QuoteDocument, _ job: NewJob, other: QuoteDocument?, month: WhatIfDocument?) {
    cost = Wording.money(quote.cost_usd.p50)
    costRange = Wording.range(quote.cost_usd.p10, quote.cost_usd.p90)
    let lasts = Wording.duration(quote.duration_s.p50)
    duration = lasts
    durationRange = "\(Wording.duration(quote.duration_s.p10)) – \(Wording.duration(quote.duration_s.p90))"
    completes = Wording.percent(quote.p_completes)
    reservation = Wording.money(min(quote.reservation_usd, job.max_cost_usd ?? .infinity))
    source = quote.source
    steps = job.examines == nil ? Wording.group(job.configuration.steps) : nil
    fits = quote.fits_budget ?? true
    resume = quote.resume.map { resume in
      "Resume from Step \(Wording.group(resume.step)) (\(Int((resume.done * 100).rounded(.down)))% complete). Remaining: "
        + "\(String(format: "%.1f", resume.remaining_epochs)) epochs (~\(lasts))"
    }
    suiteTime = quote.suites.map { Wording.capital(Wording.suites($0)) + ", in both figures" }
    let isSpot = job.configuration.pricing == .spot
    self.other = other.map {
      "\(isSpot ? "On-demand" : "Spot") instead: \(Wording.money($0.cost_usd.p50)) (\(Wording.range($0.cost_usd.p10, $0.cost_usd.p90))), "
        + Wording.duration($0.duration_s.p50)
    }
    var warnings = quote.warnings
    if quote.cost_usd.p50 > 100 { warnings.append("The estimated cost exceeds $100.") }
    if quote.duration_s.p50 > 86_400 { warnings.append("The estimated duration exceeds 24 hours.") }
    if !isSpot, quote.cost_usd.p50 > 150 {
      warnings.append("On-demand for a job of more than $150: are you sure? Spot may do where there is no deadline.")
    }
    self.warnings = warnings
    hasWarnings = !warnings.isEmpty
    budget = EstimatePanel.budget(quote, month)
    if let parts = quote.parts {
      breakdown = [
        .init(label: "GPU cost", value: Wording.money(parts.gpu_usd)),
        .init(label: "Estimated spot interruptions", value: "+\(Wording.money(parts.interruptions_usd))"),
        .init(label: "Total estimate, the mean", value: Wording.money(parts.gpu_usd + parts.interruptions_usd)),
      ]
    }
    if let rate = quote.hourly_rate_usd {
      breakdown.insert(.init(label: "Hourly rate", value: "\(Wording.money(rate))/hr"), at: 0)
    }
    if let p = quote.p_interrupted {
      breakdown.append(.init(label: "Risk of an interruption", value: Wording.percent(p)))
    }
  }

  /// How far estimates of this preset were off, as far as it is known; of all jobs where it had too few.
  static func accuracy(_ known: AccuracyDocument?, _ preset: String) -> String? {
    guard let known, known.status == .ready, !known.jobs.isEmpty else { return nil }
    let own = known.jobs.filter { $0.preset == preset }
    let (jobs, of) = own.count >= AccuracyDocument.from ? (own, "\(preset) preset") : (known.jobs, "all presets")
    let errors = jobs.map { abs($0.cost_usd.estimate.p50 - $0.cost_usd.actual) / max($0.cost_usd.actual, 1e-9) }
      .sorted()
    let held = jobs.count {
      ($0.cost_usd.estimate.p10...max($0.cost_usd.estimate.p10, $0.cost_usd.estimate.p90)).contains($0.cost_usd.actual)
    }
    let middle = errors[(errors.count - 1) / 2]
    return "Past estimates within ±\(String(format: "%.0f", (middle * 100).rounded(.up)))% for \(of) in half of "
      + "\(Wording.count(jobs.count, "job")); the 8-in-10 range held \(held) of them."
  }

  private static func budget(_ quote: QuoteDocument, _ month: WhatIfDocument?) -> [JobPage.Fact] {
    guard let budget = quote.budget else { return [] }
    var facts = [JobPage.Fact(label: "Current monthly spend", value: Wording.money(budget.spent_usd))]
    if let limit = budget.limit_usd { facts.append(.init(label: "Monthly limit", value: Wording.money(limit))) }
    if let left = budget.available_usd { facts.append(.init(label: "Left for new jobs", value: Wording.money(left))) }
    if let month, let with = month.changed {
      facts.append(
        .init(
          label: "With \(Wording.count(budget.active_jobs, "active job")) + this new job, projected monthly spend",
          value: "\(Wording.money(with.month.p50)), 8 in 10 between \(Wording.range(with.month.p10, with.month.p90)) "
            + "(\(Wording.group(month.futures)) simulated futures, \(month.source))"))
    } else if let today = budget.projected_month_usd {
      // Medians of a job and of a month do not add up.
      facts.append(
        .init(
          label: "Projected monthly spend without this job",
          value: "\(Wording.money(today.p50)), 8 in 10 between \(Wording.range(today.p10, today.p90))"))
    }
    return facts
  }

  /// Shown in the form's page, and alone when only it is asked for.
  static let partial = #"""
    {{#trouble}}<p class="error">{{trouble}}</p>{{/trouble}}
    {{^trouble}}{{#resume}}<p><b>{{resume}}</b></p>{{/resume}}
    <div class="figure"><b>{{cost}}</b><span>Estimated cost, 8 in 10 between {{costRange}}</span></div>
    <div class="figure"><b>{{duration}}</b><span>Estimated duration, 8 in 10 between {{durationRange}}</span></div>
    {{#suiteTime}}<p class="small">{{suiteTime}}</p>{{/suiteTime}}
    {{^fits}}<p class="error">The budget does not hold it: it would be blocked.</p>{{/fits}}
    {{#hasWarnings}}<div class="notice warn"><ul>{{#warnings}}<li>{{.}}</li>{{/warnings}}</ul></div>{{/hasWarnings}}
    <dl class="pairs small">{{#steps}}<dt>Steps</dt><dd>{{steps}}</dd>{{/steps}}<dt>Completes</dt><dd>{{completes}}</dd><dt>Set aside for it</dt><dd>{{reservation}} (80th percentile)</dd>
    {{#breakdown}}<dt>{{label}}</dt><dd>{{value}}</dd>{{/breakdown}}
    {{#budget}}<dt>{{label}}</dt><dd>{{value}}</dd>{{/budget}}</dl>
    {{#accuracy}}<p class="small">{{accuracy}} <a href="/dashboard/accuracy">Each of them</a></p>{{/accuracy}}
    {{#other}}<p class="small">{{other}}</p>{{/other}}
    <p class="soft small">Source: {{source}}. The ranges are its own; they hold for jobs that complete.</p>
    {{/trouble}}
    """#
}
