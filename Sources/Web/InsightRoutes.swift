import DiscreteEvent
import Engine
import Foundation
import Hummingbird
import Journal
import Live
import Scenarios

/// What can be learnt from jobs that are over: comparison, statistics, analytics, and what clients cost.
struct InsightRoutes {
  let runner: LiveRunner
  let finals: FinalShelf
  let curves: CurveShelf
  private let hours: SpotHours
  private let pods: PodShelf

  init(runner: LiveRunner, finals: FinalShelf, curves: CurveShelf) {
    (self.runner, self.finals, self.curves) = (runner, finals, curves)
    (hours, pods) = (SpotHours(runner.catalogue), PodShelf(runner.catalogue))
  }

  func add(to router: RouterGroup<LiveContext>) {
    router.get("comparison") { request, _ in
      let ids = JobComparison.ids(request.uri.queryParameters.get("jobs"))
      return try Reply.json(try await JobComparison(ids, await runner.view, curves, runner.catalogue).document)
    }
    router.get("statistics") { request, _ in
      var query = try JobQuery(request.uri.queryParameters)
      query.limit = .max
      let view = await runner.view
      let all = try await finals.finals(view)
      let found = try query.find(view, runner.catalogue, all)
      return try Reply.json(StatisticsDocument(found.jobs.lazy.map(\.index), view, all))
    }
    router.get("analytics") { _, _ in
      let view = await runner.view
      let analytics = Analytics(view, try await finals.finals(view))
      return try Reply.json(analytics.document(hours: try await hours.hours(view), pods: try await pods.figures()))
    }
    router.get("attribution") { request, _ in
      // A form may leave a field empty, a program may not.
      for key in ["from", "until"] where request.uri.queryParameters.get(key)?.isEmpty == true {
        throw Problem(.badRequest, "\(key) is a time such as 2026-11-20, and not empty", place: key)
      }
      let period = try Period(request.uri.queryParameters)
      return try Reply.json(
        AttributionDocument(
          await runner.view, try runner.catalogue.projectAccounts(), from: period.from, until: period.until))
    }
    router.put("attribution") { request, context in
      _ = try context.require(.manager)
      try await ProjectDeeds(runner: runner).put(Reply.read(request), context)
      return try Reply.json(AttributionDocument(await runner.view, try runner.catalogue.projectAccounts()))
    }
  }
}

/// From one time to another, as an address has it.
struct Period: Sendable {
  var from = Instant.distantPast
  var until = Instant.distantFuture

  /// - Throws: ``Problem`` that names the parameter.
  init(_ parameters: Parameters) throws {
    from = try Period.instant(parameters, "from") ?? from
    until = try Period.instant(parameters, "until") ?? until
  }

  static func instant(_ parameters: Parameters, _ key: String) throws -> Instant? {
    guard let text = parameters.get(key), !text.isEmpty else { return nil }
    guard let value = InstantText.instant(text) else {
      throw Problem(.badRequest, "\(key) is a time such as 2026-11-20, not '\(text.prefix(40))'", place: key)
    }
    return value
  }
}

/// What is said of projects' money: the same for programs and for the dashboard. It takes a manager.
struct ProjectDeeds: Sendable {
  let runner: LiveRunner

  /// - Throws: ``Problem`` where no project is named, or a figure is out of range.
  func put(_ new: NewProjectAccount, _ context: LiveContext) async throws {
    let manager = try context.require(.manager)
    let (client, project) = (new.client ?? "", new.project ?? "")
    guard !client.isEmpty || !project.isEmpty else {
      throw Problem(.unprocessableContent, "a client or a project has to be named", place: "client")
    }
    for (name, value) in [("revenue_usd", new.revenue_usd), ("other_costs_usd", new.other_costs_usd)]
    where !(value >= 0 && value < 1e9) {
      throw Problem(.badRequest, "\(name) is at least 0 and less than a billion", place: name)
    }
    try runner.catalogue.put(
      .init(
        client: client, project: project, revenue: Int64((new.revenue_usd * 1e9).rounded()),
        otherCosts: Int64((new.other_costs_usd * 1e9).rounded()), person: manager.name, at: await runner.view.at))
    let act = manager.act(
      "project.account", [client, project].filter { !$0.isEmpty }.joined(separator: " / "),
      change: "revenue \(Wording.money(new.revenue_usd)), other costs \(Wording.money(new.other_costs_usd))")
    try await runner.record(act)
  }
}
