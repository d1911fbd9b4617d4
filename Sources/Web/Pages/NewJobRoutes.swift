import Calibration
import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Journal
import Live

/// The way of a new job: form, estimate on every keystroke, review, start.
struct NewJobRoutes {
  let desk: PageDesk
  /// Longer than a double click, shorter than anybody takes to go through the review once more.
  private let recent = HeldAnswers<JobMaker.Wish, JobIndex>(for: .seconds(10))
  var maker: JobMaker { JobMaker(runner: desk.runner, advice: desk.advice, recent: recent) }

  func add(to router: RouterGroup<LiveContext>) {
    router.get("training-jobs/new") { request, context in
      _ = try context.require(.engineer)
      var form = NewJobForm(FormFields(query: request), try desk.catalogue.presets())
      if let name = form.fields["template"] {
        guard
          let template = try desk.catalogue.templates(for: context.person?.name ?? "").first(where: { $0.name == name })
        else { throw Problem(.notFound, "there is no template '\(name)'") }
        form.fill(template.configuration)
      } else if let id = form.fields["from"] {
        let view = await desk.runner.view
        guard let job = view.job(id) else { throw Problem(.notFound, "there is no job '\(id)'") }
        form.clone(JobDocument(view, job))
      } else if let id = form.fields["draft"] {
        if let path = try fill(&form, fromDraft: id, await desk.runner.view) { return Reply.see(path) }
      }
      return try await page(form, nil, request, context)
    }
    router.get("training-jobs/:id/retry") { request, context in
      _ = try context.require(.engineer)
      let view = await desk.runner.view
      let index = try desk.job(context, view)
      let job = JobDocument(view, index)
      let failure = view.fleet[index].failure
      let wanted = request.uri.queryParameters.get("fix")
      let fixes =
        wanted == nil
        ? [] : FixList.ordered(desk.advice.fixes(for: view.descriptions[Int(index.rawValue)], failure), view)
      var form = NewJobForm(FormFields(text: ""), try desk.catalogue.presets())
      form.retry(job, fix: wanted == "first" ? fixes.first : fixes.first { $0.kind == wanted })
      return try await page(form, nil, request, context)
    }
    router.get("training-jobs/:id/resume") { request, context in
      _ = try context.require(.engineer)
      let view = await desk.runner.view
      var form = NewJobForm(FormFields(text: ""), try desk.catalogue.presets())
      form.resume(JobDocument(view, try desk.job(context, view)))
      return try await page(form, nil, request, context)
    }
    // The whole page again: a script takes the estimate out of it, and without one it is the answer.
    router.post("training-jobs/estimate") { request, context in
      _ = try context.require(.engineer)
      return try await page(
        NewJobForm(try await FormFields(request), try desk.catalogue.presets()), nil, request, context)
    }
    router.post("training-jobs/review") { request, context in
      _ = try context.require(.engineer)
      let form = NewJobForm(try await FormFields(request), try desk.catalogue.presets())
      do {
        let (job, quote, view) = try await quoted(form, context)
        let page = try ReviewPage(desk, form, job, quote, view, await month(job, quote, view), context.person)
        return await desk.answer(page, request, context)
      } catch let problem as Problem {
        return try await page(form, problem, request, context)
      }
    }
    router.post("training-jobs") { request, context in
      let person = try context.require(.engineer)
      let fields = try await FormFields(request)
      let form = NewJobForm(fields, try desk.catalogue.presets())
      do {
        let isDraft = fields.has("draft")
        let before = await desk.runner.view
        let edited = fields["draft_of"].flatMap { before.job($0) }
        // Sent twice, or from a page that was left open.
        if let edited, !JobDocument(before, edited).isEditable {
          return Reply.see("/dashboard/training-jobs/\(edited.id)")
        }
        guard isDraft || ReviewPage.checklist(nil).map(\.name).allSatisfy(fields.has) else {
          throw Problem(.badRequest, "the checklist is not complete", hint: "go through it before the start")
        }
        let isBeyond = !isDraft && fields["beyond"] == "yes"
        if isBeyond {
          _ = try context.require(.manager)
          guard fields.has("justification") else {
            throw Problem(.badRequest, "Proceed anyway requires a justification")
          }
        }
        var new = try form.job(desk.catalogue, at: Wording.stamp(before.at) ?? "")
        new.justification = fields["justification"]
        if isDraft {
          new.draft = true
        } else if let question = ReviewPage.expense(
          try await maker.quote(of: new).quote.cost_usd.p50, Wording.snake(new.configuration.pricing)),
          !fields.has("expensive")
        {
          throw Problem(.badRequest, question, hint: "tick the box on the review, or choose spot")
        }
        let job = try await make(new, editing: edited, before, by: person, context)
        let view = await desk.runner.view
        if isBeyond, view.fleet[job].phase == .blocked {
          try await desk.act("override", on: job, view, Reason(justification: fields["justification"]), context)
        }
        let document = JobDocument(view, job)
        return Reply.see(
          document.isEditable
            ? "\(NewJobRoutes.path(ofDraft: document.id))&notice=drafted"
            : "/dashboard/training-jobs/\(document.id)?notice=added")
      } catch let problem as Problem where problem.status == .badRequest {
        return try await page(form, problem, request, context)
      }
    }
  }

  /// The job that a form describes, checked, and what it would cost.
  private func quoted(_ form: NewJobForm, _ context: LiveContext) async throws -> (NewJob, QuoteDocument, LiveView) {
    var job = try form.job(desk.catalogue, at: Wording.stamp(await desk.runner.view.at) ?? "")
    try maker.fill(&job, from: try context.require(.engineer))
    try job.check()
    try await maker.order(&job)
    let (quote, view) = try await maker.quote(of: job)
    return (job, quote, view)
  }

  /// The running month with such a job in it, under the same luck; nil: it is not there yet, and stands beside the next question.
  private func month(_ job: NewJob, _ quote: QuoteDocument, _ view: LiveView) async -> WhatIfDocument? {
    var question = WhatIfQuestion()
    question.addition = .init(configuration: quote.resume?.left(of: job.configuration) ?? job.simulated)
    return try? await desk.advice.foresight.whatIfSoon(view, question)
  }

  private func page(
    _ form: NewJobForm, _ problem: Problem?, _ request: Request, _ context: LiveContext
  ) async throws -> Response {
    let view = await desk.runner.view
    let estimate: EstimatePanel
    do {
      var job = try form.job(desk.catalogue, at: Wording.stamp(view.at) ?? "")
      try await maker.order(&job)
      let (quote, view) = try await maker.quote(of: job)
      var other = job.simulated
      other.pricing = other.pricing == .spot ? .onDemand : .spot
      var panel = EstimatePanel(
        quote, job, other: try? await desk.advice.quote(other), month: await month(job, quote, view))
      let known = await desk.advice.foresight.knownAccuracy(view)
      // How good estimates of trainings were says nothing of it.
      if job.examines == nil { panel.accuracy = EstimatePanel.accuracy(known, job.configuration.preset.rawValue) }
      estimate = panel
    } catch let problem as Problem {
      estimate = EstimatePanel(trouble: problem.document.detail)
    }
    let page = try await NewJobPage(desk, form, view, problem, estimate: estimate)
    return await desk.answer(page, request, context, status: problem?.status ?? .ok)
  }
}

/// Everything once more before the start, with its warnings and the checklist (stories 1.3.2 and 1.2.2).
struct ReviewPage: Page {
  static let name = "review"
  let title: String
  let section = Section.newJob
  let scripts = ["checklist.js"]
  struct Field: Sendable { var name, value: String }

  let hidden: [Field]
  let facts: [JobPage.Fact]
  let estimate: EstimatePanel
  let question: String?
  /// What has to be said yes to where on-demand is dear.
  let expense: String?
  let checklist: [DeedPage.Confirmation]
  let fits, mayProceed: Bool
  /// It is made as it is, or not at all.
  let isExamination: Bool
  /// What does not hold it, and where more is asked for.
  let blockText: String
  let way: JobPage.Action

  init(
    _ desk: PageDesk, _ form: NewJobForm, _ job: NewJob, _ quote: QuoteDocument, _ view: LiveView,
    _ month: WhatIfDocument?, _ person: Catalogue.Person?
  ) throws {
    var fields = form.fields
    fields["name"] = job.name
    hidden = fields.list.filter { $0.name != "_csrf" }.map { Field(name: $0.name, value: $0.value) }
    let c = job.configuration
    let file = try job.training_file.flatMap { try desk.catalogue.file($0) }.map(FileCard.init)
    let values =
      "r=\(c.rank), lr=\(String(format: "%g", c.learningRate)), epochs=\(c.epochs), batch_size=\(c.batchSize), "
      + "gradient_accumulation_steps=\(c.gradientAccumulation)"
    let checkpoints =
      "up to \(Wording.group(c.maxSequenceLength)) tokens; a checkpoint every \(Wording.group(c.checkpointEvery)) steps"
    let rate = quote.hourly_rate_usd.map { ", \(Wording.money($0))/hr" } ?? ""
    let examines = job.examines != nil
    isExamination = examines
    title = examines ? "Review & start examination" : "Review & start training"
    let goesOn = examines ? "with what is not answered yet" : "from the last checkpoint"
    let risk = quote.p_interrupted.map { "\(Wording.percent($0)); it then goes on \(goesOn)" }
    // What only a training has.
    let trained: (String) -> String? = { examines ? nil : $0 }
    let rows: [(String, String?)] = [
      ("Job name", job.name),
      ("Training file", file.map { "\($0.name): \($0.summary)" } ?? "none: \(Wording.group(c.trainingPairs)) pairs"),
      ("Quality", file?.quality), ("Preset", trained(Wording.capital(c.preset.rawValue))),
      ("Hyperparameters", trained(values)), ("Sequences and checkpoints", trained(checkpoints)),
      ("GPU", "H100 PCIe 80GB, \(c.pricing == .spot ? "spot" : "on-demand")\(rate)"),
      ("Risk of an interruption", risk),
      ("Description", job.purpose), ("Client", job.client), ("Project", job.project),
      ("Tags", job.tags?.joined(separator: ", ")), ("Validation", job.suites?.joined(separator: ", ")),
      ("Stops at", job.max_cost_usd.map(Wording.money)),
      ("Retries", job.retry_of), ("Examines", job.examines),
      ("Goes on from", quote.resume.map { "\($0.job), step \(Wording.group($0.step))" }),
    ]
    facts = rows.compactMap { label, value in value.map { JobPage.Fact(label: label, value: $0) } }
    estimate = EstimatePanel(quote, job, other: nil, month: month)
    question = quote.resume == nil ? nil : "Resume training from last checkpoint with adjusted configuration?"
    expense = ReviewPage.expense(quote.cost_usd.p50, Wording.snake(job.configuration.pricing))
    checklist = ReviewPage.checklist(Wording.range(quote.cost_usd.p10, quote.cost_usd.p90))
    fits = quote.fits_budget ?? true
    mayProceed = person?.role == .manager
    let isWithin = quote.budget?.available_usd.map { quote.reservation_usd <= $0 } ?? true
    let part = try JobMaker(runner: desk.runner, advice: desk.advice).allocation(of: job).map {
      AllocationDocument($0, view)
    }
    if isWithin, let part, part.left.map({ quote.reservation_usd > $0 }) == true {
      blockText =
        "\(JobMaker.shortage(quote.reservation_usd, of: part)) Adjust the configuration, or ask a manager to raise the allocation."
      way = .init(label: "See the allocations", path: "/dashboard/training-budget#allocations")
    } else {
      blockText =
        "Estimated cost (\(Wording.money(quote.reservation_usd))) exceeds remaining monthly budget "
        + "(\(Wording.money(max(0, quote.budget?.available_usd ?? 0)))). Adjust configuration or increase budget limit."
      way = .init(
        label: "Increase Budget Limit (requires manager approval)", path: "/dashboard/training-budget#ask")
    }
  }

  /// On-demand beyond this takes a yes of its own (story 1.1.3).
  private static let dear = 150.0

  /// - Parameter dollars: the median of the estimate.
  static func expense(_ dollars: Double, _ pricing: String) -> String? {
    guard pricing == Wording.snake(Pricing.onDemand), dollars > dear else { return nil }
    return "On-demand for an estimated \(Wording.money(dollars)), more than \(Wording.money(dear)): are you sure?"
  }

  /// What is ticked before a job starts (story 1.3.2).
  ///
  /// - Parameter range: of its estimated cost; nil: there is none.
  static func checklist(_ range: String?) -> [DeedPage.Confirmation] {
    [
      .init(name: "reviewed", text: "I have reviewed the configuration"),
      .init(name: "understood", text: "I understand the estimated cost (\(range ?? "none was made"))"),
      .init(name: "approved", text: "I have budget approval if required"),
    ]
  }

  static let template = #"""
    <div class="head"><h1>{{title}}</h1></div>
    {{^fits}}<div class="notice bad" role="alert"><p class="error">{{blockText}}</p><p class="actions">{{#way}}<a class="button" href="{{path}}">{{label}}</a>{{/way}}</p></div>{{/fits}}
    <div class="two"><div>
    <section class="card"><h2>Configuration</h2><dl class="pairs">{{#facts}}<dt>{{label}}</dt><dd>{{value}}</dd>{{/facts}}</dl></section>
    <form class="card" method="post" action="/dashboard/training-jobs" data-checklist>{{>csrf}}
    {{#hidden}}<input type="hidden" name="{{name}}" value="{{value}}">{{/hidden}}
    {{#question}}<p><b>{{question}}</b></p>{{/question}}
    <fieldset><legend>Confirmation checklist</legend>
    {{#checklist}}<label class="check"><input type="checkbox" name="{{name}}" value="yes" required> {{text}}</label>
    {{/checklist}}
    {{#expense}}<label class="check"><input type="checkbox" name="expensive" value="yes" required> <b>{{expense}}</b></label>{{/expense}}</fieldset>
    {{^fits}}{{#mayProceed}}<input type="hidden" name="beyond" value="yes"><div class="field"><label for="why">Proceed anyway (requires justification)</label><textarea id="why" name="justification" maxlength="2000" required></textarea></div>{{/mayProceed}}
    {{^mayProceed}}<p class="soft">It will be kept as blocked, and starts when a manager lets it through or raises the limit.</p>{{/mayProceed}}{{/fits}}
    <div class="actions"><button class="primary" type="submit" data-last>{{#fits}}{{^isExamination}}Start Training{{/isExamination}}{{#isExamination}}Start Examination{{/isExamination}}{{/fits}}{{^fits}}{{#mayProceed}}Proceed anyway{{/mayProceed}}{{^mayProceed}}Submit as blocked{{/mayProceed}}{{/fits}}</button>
    {{^isExamination}}<button type="submit" name="draft" value="yes" formnovalidate>Save as draft</button>{{/isExamination}}
    <button type="submit" formaction="/dashboard/training-jobs/estimate" formnovalidate>Edit Configuration</button><a class="button" href="/dashboard/training-jobs">Cancel</a></div>
    </form></div>
    <aside class="card" aria-label="Estimate"><h2>Estimate</h2>{{#estimate}}{{>estimate}}{{/estimate}}</aside></div>
    """#
}
