import DiscreteEvent
import Engine
import Foundation
import Hummingbird
import Journal
import Live
import Scenarios

/// Who made which jobs, how they went, and who did best (story 8.1.1).
struct TeamPage: Page {
  static let name = "team"
  let title = "Team activity"
  let section = Section.team

  let people: [MemberRow]
  let hasPeople: Bool
  let leaders: [JobPage.Fact]
  let periods: [Choice]
  let caption, csvPath: String

  /// From when on jobs are counted.
  private enum Reach: String, CaseIterable {
    case month, quarter, year, all

    var label: String {
      switch self {
      case .month: "This month"
      case .quarter: "Last 90 days"
      case .year: "Last 365 days"
      case .all: "All time"
      }
    }

    func start(_ now: Instant) -> Instant {
      switch self {
      case .month: BudgetMonths.start(of: now)
      case .quarter: now - .days(90)
      case .year: now - .days(365)
      case .all: .distantPast
      }
    }
  }

  static func add(to router: RouterGroup<LiveContext>, _ desk: PageDesk) {
    router.get("team") { request, context in
      let (statistics, reach) = try await statistics(request, desk)
      return await desk.answer(TeamPage(statistics, reach), request, context)
    }
    router.get("team.csv") { request, _ in
      let (statistics, _) = try await statistics(request, desk)
      return Reply.download(CSVText.team(statistics.people), "text/csv; charset=utf-8", as: "team-activity.csv")
    }
  }

  private static func statistics(_ request: Request, _ desk: PageDesk) async throws -> (StatisticsDocument, Reach) {
    let reach = FormFields(query: request)["period"].flatMap(Reach.init) ?? .month
    let view = await desk.runner.view
    let start = reach.start(view.at)
    let jobs = view.fleet.jobs.indices.lazy.filter { view.fleet.jobs[$0].submitted >= start }.map { JobIndex($0) }
    return (StatisticsDocument(jobs, view, try await desk.finals.finals(view)), reach)
  }

  private init(_ statistics: StatisticsDocument, _ reach: Reach) {
    people = statistics.people.map(MemberRow.init)
    hasPeople = !people.isEmpty
    func figure(_ name: String?, _ text: (JobFigures) -> String?) -> String {
      guard let name, let member = statistics.people.first(where: { $0.person == name }) else {
        return "nobody yet has enough jobs to say"
      }
      return name + (text(member.figures).map { ": \($0)" } ?? "")
    }
    leaders = [
      .init(
        label: "Most productive",
        value: figure(statistics.leaders.most_productive) { Wording.count($0.completed, "completed job") }),
      .init(
        label: "Most cost-efficient",
        value: figure(statistics.leaders.most_cost_efficient) {
          $0.mean_cost_usd.map { "\(Wording.money($0)) a job on average" }
        }),
      .init(
        label: "Highest quality",
        value: figure(statistics.leaders.highest_quality) {
          $0.mean_final_loss.map { "a mean final loss of \(Wording.loss($0))" }
        }),
    ]
    periods = Choice.list(nil, Reach.allCases.map { ($0.rawValue, $0.label) }, chosen: reach.rawValue)
    caption = "Jobs that were made: \(reach.label.lowercased())"
    csvPath = "/dashboard/team.csv?period=\(reach.rawValue)"
  }

  static let template = #"""
    <div class="head"><h1>{{title}}</h1><div class="actions"><a class="button" href="{{csvPath}}">Export CSV</a></div></div>
    <form class="card" method="get" action="/dashboard/team" aria-label="Period"><div class="filters"><div><label for="period">Period</label><select id="period" name="period">{{#periods}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{label}}</option>{{/periods}}</select></div><div class="actions"><button type="submit">Apply</button></div></div></form>
    {{#hasPeople}}<section class="card" aria-labelledby="lead-h"><h2 id="lead-h">Leaderboard</h2><dl class="pairs">{{#leaders}}<dt>{{label}}</dt><dd>{{value}}</dd>{{/leaders}}</dl><p class="small soft">Cost and quality are compared among those with three completed jobs or more: with fewer, luck decides. Different files have different losses.</p></section>
    <section class="card" aria-labelledby="who-h"><h2 id="who-h">Team members</h2><div class="scroll" tabindex="0" role="region" aria-label="Table of the team"><table><caption>{{caption}}</caption><thead><tr><th scope="col">Team member</th><th scope="col" class="number">Jobs created</th><th scope="col" class="number">Of them over</th><th scope="col" class="number">Success rate</th><th scope="col" class="number">Average cost</th><th scope="col" class="number">Mean final loss</th></tr></thead><tbody>
    {{#people}}<tr><th scope="row">{{#path}}<a href="{{path}}">{{person}}</a>{{/path}}{{^path}}{{person}}{{/path}}</th><td class="number">{{created}}</td><td class="number">{{over}}</td><td class="number">{{success}}</td><td class="number">{{cost}}</td><td class="number">{{loss}}</td></tr>
    {{/people}}</tbody></table></div></section>{{/hasPeople}}
    {{^hasPeople}}<div class="card empty"><h2>Nobody has made a job in this time</h2><p>Choose a longer period, or <a href="/dashboard/training-jobs">see all jobs</a>.</p></div>{{/hasPeople}}
    """#
}

extension CSVText {
  static func team(_ people: [StatisticsDocument.Member]) -> String {
    func number(_ value: Double?) -> String { value.map(Wording.digits) ?? "" }
    return table(
      [
        "person", "jobs_created", "jobs_over", "completed", "failed", "cancelled", "success_rate", "total_cost_usd",
        "mean_cost_usd", "mean_duration_s", "mean_final_loss",
      ],
      people.map { member in
        let f = member.figures
        return [
          member.person, "\(member.created)", "\(f.jobs)", "\(f.completed)", "\(f.failed)", "\(f.cancelled)",
          number(f.success_rate), number(f.total_cost_usd), number(f.mean_cost_usd), number(f.mean_duration_s),
          number(f.mean_final_loss),
        ]
      })
  }
}
