import Engine
import Foundation
import Hummingbird
import Journal
import Live
import Validation

/// What people are asked to score of a job, and how far they have come.
struct RatingsPage: Page {
  static let name = "ratings"
  let section = Section.jobs
  struct Round: Sendable {
    var suite, title, asker, path: String
    var pairs: String
    var raters: [Rater]
    var hasRaters: Bool
    var agreement: [Agreement]
    var hasAgreement: Bool
    var at: Moment?
  }
  struct Rater: Sendable { var person, done: String }
  struct Agreement: Sendable {
    var scale, alpha: String
    /// Below 0.667 no conclusion should be drawn (Krippendorff).
    var isLow: Bool
  }

  let title, id, path: String
  let rounds: [Round]
  let hasRounds: Bool

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    let deeds = RatingDeeds(runner: desk.runner)
    @Sendable func suite(_ context: LiveContext) -> String {
      (context.parameters.get("suite") ?? "").removingPercentEncoding ?? ""
    }
    router.get("training-jobs/:id/ratings") { request, context in
      let view = await desk.runner.view
      let job = try desk.job(context, view)
      return await desk.answer(
        RatingsPage(view.descriptions[Int(job.rawValue)], try deeds.list(of: job)), request, context)
    }
    router.get("training-jobs/:id/ratings/:suite") { request, context in
      let person = try context.require(.viewer)
      let job = try desk.job(context, await desk.runner.view)
      let (sheet, _) = deeds.next(try deeds.round(suite(context), of: job), for: person.name)
      return await desk.answer(RatingPage(job, sheet), request, context)
    }
    router.post("training-jobs/:id/ratings/:suite") { request, context in
      let job = try desk.job(context, await desk.runner.view)
      let form = try await FormFields(request)
      var scores = NewScores(number: try form.whole("number") ?? 0, first: [:], second: [:], remark: form["remark"])
      for (name, value) in form.list {
        guard let score = Int(value) else { continue }
        if name.hasPrefix("first.") { scores.first[String(name.dropFirst(6))] = score }
        if name.hasPrefix("second.") { scores.second[String(name.dropFirst(7))] = score }
      }
      try await deeds.score(scores, suite: suite(context), of: job, context)
      return Reply.see(
        "/dashboard/training-jobs/\(job.id)/ratings/\(Address.escaped(suite(context)))")
    }
    router.post("training-jobs/:id/ratings/:suite/finish") { _, context in
      let job = try desk.job(context, await desk.runner.view)
      try await deeds.finish(suite(context), of: job, context)
      return Reply.see("/dashboard/training-jobs/\(job.id)/validation?notice=saved")
    }
  }

  init(_ job: JobDescription, _ list: RatingList) {
    (title, id) = ("Scoring of \(job.name)", job.id)
    path = "/dashboard/training-jobs/\(job.id)"
    rounds = list.rounds.map { round in
      Round(
        suite: round.suite, title: round.title, asker: round.asked_by,
        path: "/dashboard/training-jobs/\(job.id)/ratings/\(Address.escaped(round.suite))",
        pairs: Wording.count(round.pairs, "pair"),
        raters: round.raters.map { Rater(person: $0.person, done: "\($0.done) of \(round.pairs)") },
        hasRaters: !round.raters.isEmpty,
        agreement: round.agreement.map {
          Agreement(
            scale: Wording.capital(Wording.words($0.scale)),
            alpha: $0.alpha.map { String(format: "%.2f", $0) } ?? "nothing could differ", isLow: ($0.alpha ?? 1) < 0.667
          )
        }, hasAgreement: !round.agreement.isEmpty, at: Moment(round.asked_at))
    }
    hasRounds = !rounds.isEmpty
  }

  static let template = #"""
    <p class="crumbs"><a href="/dashboard/training-jobs">Training jobs</a> / <a href="{{path}}">{{id}}</a> / Scoring</p>
    <div class="head"><h1>{{title}}</h1><div class="actions"><a class="button" href="{{path}}/validation">Validation</a></div></div>
    {{#rounds}}<section class="card" aria-label="{{title}}"><div class="card-head"><h2>{{title}}</h2><span class="soft small">{{suite}}</span></div>
    <p>{{pairs}} of answers. Asked for by {{asker}}{{#at}}, {{>time}}{{/at}}. Each rater sees them in an order of their own, and not which model wrote which.</p>
    {{#hasRaters}}<dl class="pairs">{{#raters}}<dt>{{person}}</dt><dd>{{done}} scored</dd>{{/raters}}</dl>{{/hasRaters}}{{^hasRaters}}<p class="soft">Nobody has scored anything yet.</p>{{/hasRaters}}
    {{#hasAgreement}}<h3>How far raters agree (Krippendorff's alpha)</h3><dl class="pairs small">{{#agreement}}<dt>{{scale}}</dt><dd>{{alpha}}{{#isLow}} <span class="badge warn">too little to conclude from</span>{{/isLow}}</dd>{{/agreement}}</dl>{{/hasAgreement}}
    <div class="actions"><a class="button primary" href="{{path}}">Score</a>{{#frame.canEdit}}{{#hasRaters}}<form method="post" action="{{path}}/finish">{{>csrf}}<button type="submit">Put into the validation</button></form>{{/hasRaters}}{{/frame.canEdit}}</div></section>{{/rounds}}
    {{^hasRounds}}<div class="card empty"><h2>Nobody was asked to score anything</h2><p>Answers to <a href="/dashboard/suites">suites</a> that a job was made with come in by themselves when it has completed; others are handed in by</p><p><code>lora-train evaluate raters {{id}} emotional-intelligence --answers FILE</code></p></div>{{/hasRounds}}
    """#
}

/// Two answers, blind, and a score on each scale for each: by mouse, or by the keys 1 to 5.
struct RatingPage: Page {
  static let name = "rating"
  let section = Section.jobs
  let scripts = ["rating.js"]
  struct Scale: Sendable {
    var id, title, question, anchors: String
    var scores: [String]
  }
  struct Side: Sendable {
    /// `first` or `second`.
    var name, letter, html: String
    var scales: [Scale]
  }

  let title, id, path, listPath, prompt, number, said, percent: String
  let expects: [String]
  let hasExpects, isOver: Bool
  let sides: [Side]

  init(_ job: JobIndex, _ sheet: RatingSheet) {
    id = job.id
    title = sheet.title
    listPath = "/dashboard/training-jobs/\(id)/ratings"
    path = "\(listPath)/\(Address.escaped(sheet.suite))"
    (prompt, number, isOver) = (sheet.prompt ?? "", sheet.number.map { "\($0)" } ?? "", sheet.number == nil)
    (expects, hasExpects) = (sheet.expects, !sheet.expects.isEmpty)
    said = "\(sheet.done) of \(sheet.pairs) scored"
    percent = "\(sheet.pairs > 0 ? sheet.done * 100 / sheet.pairs : 0)"
    let scales = sheet.scales.map { scale in
      Scale(
        id: scale.id, title: scale.title, question: scale.question,
        anchors: scale.anchors.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "; "),
        scores: (1...5).map { "\($0)" })
    }
    sides = zip([("first", "A"), ("second", "B")], sheet.answers).map { side, answer in
      Side(
        name: side.0, letter: side.1,
        html: Markdown.escaped(answer).split(separator: "\n\n").map { "<p>\($0.replacing("\n", with: "<br>"))</p>" }
          .joined(),
        scales: scales)
    }
  }

  static let template = #"""
    <p class="crumbs"><a href="/dashboard/training-jobs">Training jobs</a> / <a href="/dashboard/training-jobs/{{id}}">{{id}}</a> / <a href="{{listPath}}">Scoring</a></p>
    <div class="head"><h1>{{title}}</h1><span class="soft" role="status">{{said}}</span></div>
    <progress max="100" value="{{percent}}" aria-label="Scored">{{percent}}%</progress>
    {{#isOver}}<div class="card empty"><h2>All pairs are scored</h2><p>Thank you. <a href="{{listPath}}">See how far the others are</a></p></div>{{/isOver}}
    {{^isOver}}<form method="post" action="{{path}}" data-rating>{{>csrf}}<input type="hidden" name="number" value="{{number}}">
    <section class="card" aria-labelledby="prompt-h"><h2 id="prompt-h">Prompt</h2><p>{{prompt}}</p>
    {{#hasExpects}}<details class="fold"><summary>What a good answer does</summary><ul>{{#expects}}<li>{{.}}</li>{{/expects}}</ul></details>{{/hasExpects}}</section>
    <p class="soft small" data-keys hidden>Keys: 1 to 5 score and go on, A and B choose the answer, Backspace goes back, Enter saves.</p>
    <div class="half">{{#sides}}<section class="card rated" aria-labelledby="{{name}}-h"><h2 id="{{name}}-h">Answer {{letter}}</h2><div class="answer">{{{html}}}</div>
    {{#scales}}<fieldset data-scale><legend>{{title}}</legend><p class="hint">{{question}}{{#anchors}} ({{anchors}}){{/anchors}}</p><div class="scores">{{#scores}}<label><input type="radio" name="{{name}}.{{id}}" value="{{.}}" required> {{.}}</label>{{/scores}}</div></fieldset>{{/scales}}</section>{{/sides}}</div>
    <div class="card"><div class="field"><label for="remark">Remark (optional)</label><input id="remark" name="remark" maxlength="2000"></div><button class="primary" type="submit">Save and go on</button></div></form>{{/isOver}}
    """#
}
