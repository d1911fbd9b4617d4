import Calibration
import Foundation
import Hummingbird
import Journal
import Live

/// What presets stand for, and what each quarter's history would change (story 5.1.2).
struct PresetsPage: Page {
  static let name = "presets"
  let title = "Presets"
  let section = Section.analytics

  struct Row: Sendable {
    var name: String
    var values: [String]
  }
  struct Change: Sendable { var parameter, from, to: String }
  struct Effect: Sendable { var measure, difference, interval, jobs: String }
  struct Alternative: Sendable {
    var changes, jobs, verdict: String
    var effects: [Effect]
  }
  struct Card: Sendable {
    var number, name, quarter, status, statusText, reason, source, jobs: String
    var intervals: String?
    var decided: String?
    var changes: [Change]
    var hasChanges, isOpen, isInForce: Bool
    var alternatives: [Alternative]
  }

  let names: [String]
  let rows: [Row]
  let since: [String]
  let cards, past: [Card]
  let hasPast: Bool

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    let deeds = PresetDeeds(runner: desk.runner, finals: desk.finals)
    router.get("presets") { request, context in
      await desk.answer(PresetsPage(try deeds.list(), try await deeds.proposals()), request, context)
    }
    router.post("presets/:number") { request, context in
      let form = try await FormFields(request)
      guard let word = form["decision"], ["accept", "reject"].contains(word) else {
        throw Problem(.badRequest, "accept it, or reject it")
      }
      _ = try await deeds.decide(context.parameters.get("number"), word, form["remark"], context)
      return Reply.see("/dashboard/presets?notice=\(word == "accept" ? "preset" : "rejected")")
    }
  }

  private init(_ list: PresetList, _ all: PresetProposalList) {
    names = list.presets.map { Wording.capital($0.preset.rawValue) }
    rows = NewJobForm.settings.map { setting in
      Row(name: setting.label, values: list.presets.map { NewJobCards.usual(setting.name, $0.parameters) })
    }
    since = list.presets.map { one in
      guard let day = one.since?.prefix(10) else { return "comes with lora-train" }
      return "\(day), accepted by \(one.accepted_by ?? "somebody") (proposal \(one.proposal ?? 0))"
    }
    let last = all.proposals.first?.quarter
    cards = all.proposals.filter { $0.quarter == last }.sorted { $0.number < $1.number }.map(Card.init)
    past = all.proposals.filter { $0.quarter != last }.map(Card.init)
    hasPast = !past.isEmpty
  }
}

extension PresetsPage.Card {
  fileprivate init(_ one: PresetProposalDocument) {
    (number, name, quarter) = ("\(one.number)", Wording.capital(one.preset.rawValue), one.quarter)
    status = one.status == .accepted ? "good" : one.status == .proposed ? "busy" : ""
    statusText = one.status == .unchanged ? "no change" : one.status.rawValue
    let finding = one.finding
    (reason, source) = (finding.reason, finding.source)
    jobs =
      "\(Wording.count(finding.jobs, "job")) in the quarter, \(Wording.group(finding.usual_jobs)) with the preset's own values"
      + (finding.out_of_memory.map { ", of which \(Wording.group($0)) ran out of memory" } ?? "")
    intervals = finding.confidence.map {
      "Each interval is one of \(Wording.percent($0)), so that all of them hold at once in 19 of 20 such quarters."
    }
    decided = one.decided_by.map { person in
      "\(Wording.capital(one.status.rawValue)) by \(person)" + (one.decided_at.map { " on \($0.prefix(10))" } ?? "")
        + (one.remark.map { ": \($0)" } ?? "")
    }
    changes = one.changes.map {
      .init(
        parameter: Wording.capital(Wording.words($0.parameter)), from: Wording.digits($0.from),
        to: Wording.digits($0.to))
    }
    hasChanges = !changes.isEmpty
    (isOpen, isInForce) = (one.status == .proposed, one.is_in_force)
    alternatives = finding.alternatives.map { alternative in
      .init(
        changes: alternative.changes.map(\.sentence).joined(separator: ", "),
        jobs: Wording.count(alternative.jobs, "job")
          + (alternative.out_of_memory.map { ", \(Wording.group($0)) ran out of memory" } ?? ""),
        verdict: alternative.verdict,
        effects: alternative.effects.map(PresetsPage.Effect.init))
    }
  }
}

extension PresetsPage.Effect {
  fileprivate init(_ effect: PresetEffect) {
    measure =
      switch effect.measure {
      case .success: "Success rate, points"
      case .cost: "Cost for each token"
      case .time: "Time on pods for each token"
      case .perplexity: "Perplexity"
      }
    let unit = effect.measure == .success ? "" : "%"
    func text(_ x: Double) -> String { String(format: "%+.1f", x * 100) + unit }
    difference = effect.difference.map(text) ?? "not known"
    interval = effect.low.flatMap { low in effect.high.map { "\(text(low)) to \(text($0))" } } ?? Wording.nothing
    jobs = "\(Wording.group(effect.usual_jobs)) and \(Wording.group(effect.jobs))"
  }
}

extension PresetsPage {
  static let template = #"""
    <p class="crumbs"><a href="/dashboard/analytics">Training Analytics</a> / Presets</p>
    <div class="head"><h1>{{title}}</h1><p class="lead">What a new job has that names no values of its own. Once a quarter is over, its jobs say whether other values do better; nothing changes until a manager accepts, and jobs that are there keep theirs. <a href="/dashboard/help/lora-hyperparameters">What each value does</a></p></div>
    <section class="card" aria-labelledby="now-h"><h2 id="now-h">In force</h2><div class="scroll" tabindex="0" role="region" aria-label="Table of presets"><table><thead><tr><th scope="col">Value</th>{{#names}}<th scope="col" class="number">{{.}}</th>{{/names}}</tr></thead><tbody>
    {{#rows}}<tr><th scope="row">{{name}}</th>{{#values}}<td class="number">{{.}}</td>{{/values}}</tr>{{/rows}}
    <tr><th scope="row">Since</th>{{#since}}<td class="number">{{.}}</td>{{/since}}</tr></tbody></table></div></section>
    {{#cards}}{{>preset-proposal}}{{/cards}}
    {{#hasPast}}<section aria-labelledby="past-h"><h2 id="past-h">Earlier quarters</h2>{{#past}}{{>preset-proposal}}{{/past}}</section>{{/hasPast}}
    """#

  static let partial = #"""
    <section class="card" id="proposal-{{number}}" aria-labelledby="p{{number}}-h"><div class="card-head"><h2 id="p{{number}}-h">{{name}}, {{quarter}}</h2><span class="badge {{status}}">{{statusText}}</span></div>
    {{#decided}}<p>{{decided}}</p>{{/decided}}
    {{#hasChanges}}<table><caption>Proposal {{number}}</caption><thead><tr><th scope="col">Value</th><th scope="col" class="number">Old</th><th scope="col" class="number">New</th></tr></thead><tbody>{{#changes}}<tr><th scope="row">{{parameter}}</th><td class="number">{{from}}</td><td class="number">{{to}}</td></tr>{{/changes}}</tbody></table>{{/hasChanges}}
    {{^hasChanges}}<p><b>Nothing should change.</b></p>{{/hasChanges}}
    <p>{{reason}}</p><p class="small soft">{{jobs}}. {{intervals}} {{source}}</p>
    {{#alternatives}}<details class="fold"><summary>{{changes}}: {{jobs}}</summary><div class="scroll" tabindex="0" role="region" aria-label="{{changes}}"><table><caption>{{verdict}}</caption><thead><tr><th scope="col">Measure</th><th scope="col" class="number">Difference</th><th scope="col" class="number">Interval</th><th scope="col" class="number">Jobs, old and new</th></tr></thead><tbody>{{#effects}}<tr><th scope="row">{{measure}}</th><td class="number">{{difference}}</td><td class="number">{{interval}}</td><td class="number">{{jobs}}</td></tr>{{/effects}}</tbody></table></div></details>{{/alternatives}}
    {{#isOpen}}{{#frame.isManager}}<form method="post" action="/dashboard/presets/{{number}}">{{>csrf}}<div class="field"><label for="p{{number}}-why">Remark</label><textarea id="p{{number}}-why" name="remark" maxlength="2000"></textarea></div><div class="actions"><button class="primary" name="decision" value="accept" type="submit">Accept<span class="hidden"> proposal {{number}}</span></button><button name="decision" value="reject" type="submit">Reject<span class="hidden"> proposal {{number}}</span></button></div></form>{{/frame.isManager}}{{^frame.isManager}}<p class="soft">A manager accepts or rejects it.</p>{{/frame.isManager}}{{/isOpen}}
    {{#isInForce}}{{#frame.isManager}}<details class="fold"><summary>Take it back<span class="hidden">: proposal {{number}}</span></summary><form method="post" action="/dashboard/presets/{{number}}">{{>csrf}}<div class="field"><label for="p{{number}}-back">Remark</label><textarea id="p{{number}}-back" name="remark" maxlength="2000"></textarea></div><button class="danger" name="decision" value="reject" type="submit">Take back<span class="hidden"> proposal {{number}}</span></button><p class="small soft">What held before holds again for new jobs.</p></form></details>{{/frame.isManager}}{{/isInForce}}</section>
    """#
}
