// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Engine
import Foundation
import Hummingbird
import Journal
import Live
import Reports
import Validation

/// What validation found of each job's model, in the order of the jobs: whether training gets better.
public struct ValidationTrend: Codable, Sendable {
  public struct Point: Codable, Sendable {
    public var job: String
    public var name: String
    /// When the job ended; before that nil.
    public var ended_at: String?
    /// `perplexity`, or a suite's name.
    public var what: String
    public var title: String
    public var base: Double
    public var trained: Double
    /// Improvement, retention or alignment.
    public var percent: Double
    public var badge: String?
    public var verdict: DeliveryGate.Verdict
  }
  public var points: [Point]
}

/// What validation found of one job, and beside it of the jobs before (stories 6.1.1 to 6.4.1).
struct ValidationPage: Page {
  static let name = "validation"
  let section = Section.jobs
  struct Part: Sendable {
    var title, headline, gate, csvPath: String
    /// The story's badge in its colour, where it gives one.
    var badge, colour: String
    var hasBadge: Bool
    /// Whether it may be delivered, beside it.
    var verdict, gateColour: String
    var rows: [Row]
    var hasRows: Bool
    /// Of a voice: every characteristic, with the story's word for it.
    var levels: [Level]
    var hasLevels: Bool
    var findings, recommendations, warnings: [String]
    var hasFindings, hasRecommendations: Bool
    var examples, worst: [Example]
    var hasExamples, hasWorst: Bool
    /// What the figure means, how likely luck gives as much, what it could have told, and how it was found.
    var meaning: [String]
    var charts: [String]
  }
  struct Level: Sendable { var title, score, word, colour: String }
  struct Row: Sendable {
    var name, base, trained, improvement, interval, count: String
    /// `best` or `worst` of its breakdown.
    var mark: String?
  }
  struct Example: Sendable { var prompt, base, trained, remark: String }

  let title, id, path: String
  struct Ordered: Sendable {
    var name, state, said: String
    /// Where the answers are, once there are some.
    var answersPath: String?
  }
  let ordered: [Ordered]
  let hasOrdered: Bool
  let parts: [Part]
  let hasParts, mayGo: Bool
  let gate: String?
  let decision: String?
  /// What asks for a suite to be answered now: the fields of its form. nil: there is no model (any more) to ask.
  let examination: Examination?
  struct Examination: Sendable {
    var name, file, preset, pricing: String
    var suites: [SuiteSummary]
  }

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    router.get("training-jobs/:id/validation") { request, context in
      let view = await desk.runner.view
      let job = try desk.job(context, view)
      let found = try ValidationRoutes.document(job, view, desk.catalogue)
      let trend = try await desk.trends.trend(view)
      return await desk.answer(
        ValidationPage(
          view.descriptions[Int(job.rawValue)], found, trend, examination: try examination(of: job, view, desk)),
        request, context)
    }
    router.get("training-jobs/:id/validation.csv") { request, context in
      let view = await desk.runner.view
      let job = try desk.job(context, view)
      let wanted = request.uri.queryParameters.get("part") ?? ""
      let documents = try ValidationRoutes.documents(of: job, desk.catalogue)
      guard let document = documents.first(where: { ($0.suite?.name ?? $0.part.rawValue) == wanted }) else {
        throw Problem(.notFound, "\(job.id) was not validated by '\(wanted)'")
      }
      return Reply.download(
        document.csv, "text/csv; charset=utf-8", as: "\(job.id)-\(wanted).csv")
    }
  }

  private static func examination(of job: JobIndex, _ view: LiveView, _ desk: PageDesk) throws -> Examination? {
    let text = view.descriptions[Int(job.rawValue)]
    guard view.fleet[job].phase == .completed, text.examines == nil, let file = text.trainingFile,
      try desk.catalogue.file(file) != nil,
      try desk.catalogue.artifacts(of: job).contains(where: { $0.kind == .adapters && $0.deleted == nil })
    else { return nil }
    return Examination(
      name: NewJob.examinationName(text.name), file: file, preset: text.configuration.preset.rawValue,
      pricing: Wording.snake(text.configuration.pricing),
      suites: try SuiteDeeds(runner: desk.runner).list().suites.filter(\.is_newest))
  }

  init(
    _ job: JobDescription, _ found: JobValidationDocument, _ trend: ValidationTrend, examination: Examination? = nil
  ) {
    self.examination = examination
    let own = "/dashboard/training-jobs/\(job.id)"
    (title, id, path) = ("Validation of \(job.name)", job.id, own)
    parts = found.documents.map { document in
      let name = document.suite?.name ?? document.part.rawValue
      return Part(
        document, csvPath: "\(own)/validation.csv?part=\(Address.escaped(name))",
        trend.points.filter { $0.what == name })
    }
    (hasParts, mayGo) = (!parts.isEmpty, found.may_be_delivered)
    ordered = found.suites.map { suite in
      let answers = "/api/v1/jobs/\(job.id)/suites/\(Address.escaped(suite.name))/answers"
      return switch suite.state {
      case .ordered:
        Ordered(
          name: suite.name, state: "",
          said: suite.examination.map { "answered by the pod of \($0)" } ?? "answered by the pod once training is over")
      case .unanswered: Ordered(name: suite.name, state: "bad", said: "not answered: the event log says why")
      case .answered: Ordered(name: suite.name, state: "warn", said: "answered, waits for scores", answersPath: answers)
      case .scored: Ordered(name: suite.name, state: "good", said: "scored", answersPath: answers)
      }
    }
    hasOrdered = !ordered.isEmpty
    gate = found.gate.map {
      switch $0.verdict {
      case .allow: "Every gate passed: ready for delivery."
      case .review: "Review before client delivery: \($0.reasons.joined(separator: "; "))"
      case .block: "Delivery is blocked: \($0.reasons.joined(separator: "; "))"
      }
    }
    decision = found.decision.map { "Let go by \($0.by): \($0.justification)" }
  }

  static let template = #"""
    <p class="crumbs"><a href="/dashboard/training-jobs">Training jobs</a> / <a href="{{path}}">{{id}}</a> / Validation</p>
    <div class="head"><h1>{{title}}</h1><div class="actions">{{#hasParts}}<a class="button primary" href="/api/v1/jobs/{{id}}/validation.pdf">Validation Report (PDF)</a>{{/hasParts}}<a class="button" href="{{path}}/ratings">Scoring by people</a></div></div>
    {{#gate}}<div class="notice {{#mayGo}}good{{/mayGo}}{{^mayGo}}bad{{/mayGo}}"><p>{{gate}}</p>{{#decision}}<p>{{decision}}</p>{{/decision}}</div>{{/gate}}
    {{#hasOrdered}}<section class="card" aria-labelledby="ordered-h"><h2 id="ordered-h">Suites of this job</h2><dl class="pairs">{{#ordered}}<dt>{{name}}</dt><dd><span class="badge {{state}}">{{said}}</span>{{#frame.canEdit}}{{#answersPath}} <a href="{{answersPath}}.csv">Answers as CSV<span class="hidden"> to {{name}}</span></a> <a href="{{answersPath}}">JSON<span class="hidden"> of the answers to {{name}}</span></a>{{/answersPath}}{{/frame.canEdit}}</dd>{{/ordered}}</dl></section>{{/hasOrdered}}
    {{#parts}}<section class="card" aria-label="{{title}}"><div class="card-head"><h2>{{title}}</h2><a class="small" href="{{csvPath}}">Export CSV<span class="hidden"> of {{title}}</span></a></div>
    <p>{{#hasBadge}}<span class="badge {{colour}}">{{badge}}</span> {{/hasBadge}}<b>{{headline}}</b></p><p class="small"><span class="badge {{gateColour}}">Gate: {{verdict}}</span> <span class="soft">{{gate}}</span></p>
    {{#meaning}}<p class="small">{{.}}</p>{{/meaning}}
    {{#hasRows}}<div class="scroll" tabindex="0" role="region" aria-label="Figures of {{title}}"><table><thead><tr><th scope="col">What</th><th scope="col" class="number">Baseline</th><th scope="col" class="number">Trained</th><th scope="col" class="number">Improvement</th><th scope="col" class="number">95 % interval</th><th scope="col" class="number">n</th></tr></thead><tbody>
    {{#rows}}<tr><th scope="row">{{name}}{{#mark}} <span class="tag">{{mark}}</span>{{/mark}}</th><td class="number">{{base}}</td><td class="number">{{trained}}</td><td class="number">{{improvement}}</td><td class="number">{{interval}}</td><td class="number">{{count}}</td></tr>{{/rows}}</tbody></table></div>{{/hasRows}}
    {{#hasLevels}}<h3>Characteristics</h3><dl class="pairs">{{#levels}}<dt>{{title}}</dt><dd>{{score}} <span class="badge {{colour}}">{{word}}</span></dd>{{/levels}}</dl>{{/hasLevels}}
    {{#charts}}<div class="scroll chart" tabindex="0" role="group" aria-label="Chart">{{{.}}}</div>{{/charts}}
    {{#hasFindings}}<h3>Findings</h3><ul>{{#findings}}<li>{{.}}</li>{{/findings}}</ul>{{/hasFindings}}
    {{#hasRecommendations}}<h3>Recommendations</h3><ul>{{#recommendations}}<li>{{.}}</li>{{/recommendations}}</ul>{{/hasRecommendations}}
    {{#warnings}}<p class="soft small">{{.}}</p>{{/warnings}}
    {{#hasExamples}}<details class="fold"><summary>Before and after<span class="hidden"> in {{title}}</span></summary>{{#examples}}<div class="note"><p><b>{{prompt}}</b> <span class="soft small">{{remark}}</span></p><dl class="pairs small"><dt>Baseline</dt><dd>{{base}}</dd><dt>Trained</dt><dd>{{trained}}</dd></dl></div>{{/examples}}</details>{{/hasExamples}}
    {{#hasWorst}}<details class="fold"><summary>The worst<span class="hidden"> in {{title}}</span></summary>{{#worst}}<div class="note"><p><b>{{prompt}}</b> <span class="soft small">{{remark}}</span></p><dl class="pairs small"><dt>Baseline</dt><dd>{{base}}</dd><dt>Trained</dt><dd>{{trained}}</dd></dl></div>{{/worst}}</details>{{/hasWorst}}
    </section>{{/parts}}
    {{#frame.canEdit}}{{#examination}}<form class="card" method="post" action="/dashboard/training-jobs/review" aria-labelledby="examine-h">{{>csrf}}<h2 id="examine-h">Examine with a suite</h2>
    <p class="small">A pod is rented that answers it with the base and with this job's adapters, and trains nothing. What that costs is shown before it starts.</p>
    <input type="hidden" name="examines" value="{{id}}"><input type="hidden" name="name" value="{{name}}"><input type="hidden" name="training_file" value="{{file}}"><input type="hidden" name="preset" value="{{preset}}"><input type="hidden" name="pricing" value="{{pricing}}">
    <div class="field"><label for="suite">Suite</label><select id="suite" name="suite">{{#suites}}<option value="{{name}}">{{title}}</option>{{/suites}}</select></div>
    <div class="actions"><button type="submit">Estimate and review</button></div></form>{{/examination}}{{/frame.canEdit}}
    {{^hasParts}}<div class="card empty"><h2>Nothing was validated yet</h2><p>Choose <a href="/dashboard/suites">suites</a> when you create a job, and its pod answers them. Other results come in by <code>lora-train evaluate submit {{id}} RESULT.json</code>, or from people who <a href="{{path}}/ratings">score the answers</a>.</p></div>{{/hasParts}}
    """#
}

extension ValidationPage.Part {
  init(_ document: ValidationDocument, csvPath: String, _ points: [ValidationTrend.Point]) {
    (title, headline, self.csvPath) = (document.heading, document.line ?? "Nothing could be measured", csvPath)
    gate = document.gate.reasons.joined(separator: "; ")
    (badge, hasBadge) = (document.badge?.text ?? "", document.badge != nil)
    colour =
      switch document.badge?.colour {
      case .green: "good"
      case .yellow: "warn"
      case .red: "bad"
      case nil: ""
      }
    verdict = document.gate.verdict.rawValue
    gateColour =
      switch document.gate.verdict {
      case .allow: "good"
      case .review: "warn"
      case .block: "bad"
      }
    func row(_ name: String, _ row: Comparison) -> ValidationPage.Row {
      .init(
        name: Wording.capital(Wording.words(name)), base: String(format: "%.2f", row.base),
        trained: String(format: "%.2f", row.trained), improvement: String(format: "%.1f %%", row.improvement_percent),
        interval: row.interval_percent.map { String(format: "%.1f to %.1f %%", $0.low, $0.high) } ?? Wording.nothing,
        count: "\(row.count)")
    }
    rows =
      (document.overall.map { [row("Overall", $0)] } ?? [])
      + document.scales.map { row($0.group["scale"] ?? "", $0) }
      + document.by.sorted { $0.key < $1.key }.flatMap { dimension, rows in
        let known = rows.filter { !$0.is_shrunk }.map(\.improvement_percent)
        return rows.map { one in
          var shown = row("\(dimension): \(Wording.words(one.group[dimension] ?? ""))", one)
          guard known.count > 1, !one.is_shrunk else { return shown }
          shown.mark =
            one.improvement_percent == known.max() ? "best" : one.improvement_percent == known.min() ? "worst" : nil
          return shown
        }
      }
      + document.retention.map { kept in
        .init(
          name: kept.category.map { Wording.capital(Wording.words($0)) } ?? "All questions",
          base: "\(kept.base_correct) of \(kept.questions)", trained: "\(kept.trained_correct) of \(kept.questions)",
          improvement: kept.retention_percent.map { String(format: "%.1f %% kept", $0) } ?? Wording.nothing,
          interval: kept.retention_interval_percent.map { String(format: "%.1f to %.1f %%", $0.low, $0.high) }
            ?? Wording.nothing, count: "\(kept.questions)")
      }
    hasRows = !rows.isEmpty
    levels = document.levels.filter { $0.scale != nil }.map {
      .init(
        title: $0.title, score: String(format: "%.1f of 5", $0.score), word: $0.word,
        colour: $0.score < 3 ? "bad" : $0.score >= 4.2 ? "good" : "")
    }
    hasLevels = !levels.isEmpty
    meaning = document.meaning + [document.power].compactMap { $0 } + [document.method].filter { !$0.isEmpty }
    findings = document.lostLines + document.regressionLines + document.root_causes
    (recommendations, warnings) = (document.recommendations, document.warnings)
    (hasFindings, hasRecommendations) = (!findings.isEmpty, !recommendations.isEmpty)
    examples = document.best.prefix(10).map(ValidationPage.Example.init)
    worst = document.worst.prefix(10).map(ValidationPage.Example.init)
    (hasExamples, hasWorst) = (!examples.isEmpty, !worst.isEmpty)
    charts = [
      ValidationCharts.bars(document), ValidationCharts.heatMap(document),
      ValidationCharts.trend(document.heading, points),
    ].compactMap { $0?.svg() }
  }
}

extension ValidationPage.Example {
  init(_ example: ValidationDocument.Example) {
    self.init(
      prompt: example.prompt, base: example.base_answer, trained: example.trained_answer,
      remark: String(format: "%.1f → %.1f", example.base_score, example.trained_score)
        + (example.notes.isEmpty ? "" : ": \(example.notes)"))
  }
}
