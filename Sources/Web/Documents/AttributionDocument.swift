// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import DiscreteEvent
import Engine
import Foundation
import Journal
import Live

/// What clients and projects cost, and what is left of what they bring in (story 7.3.2).
public struct AttributionDocument: Codable, Sendable {
  public struct Row: Codable, Sendable, Hashable {
    /// nil: the jobs name none.
    public var client: String?
    public var project: String?
    /// Over or not.
    public var jobs: Int
    public var cost_usd: Double
    public var mean_cost_usd: Double?
    /// Of the jobs' submissions; nil where there is no job.
    public var first_at: String?
    public var last_at: String?
    /// As a manager entered it; nil: nobody has.
    public var revenue_usd: Double?
    /// Beside training.
    public var other_costs_usd: Double?
    /// Revenue less both costs. nil as long as only a period's jobs are counted: revenue has no date, so there is nothing to hold them against.
    public var profit_usd: Double?
    /// Of the revenue; nil where there is none, or no profit can be told.
    public var margin: Double?
  }

  /// By client and project; the costliest first, what names neither last.
  public var rows: [Row]
  public var total_cost_usd: Double
  /// Of those that name a client.
  public var mean_cost_per_client_usd: Double?

  init(
    _ view: LiveView, _ accounts: [Catalogue.ProjectAccount], from: Instant = .distantPast,
    until: Instant = .distantFuture
  ) {
    let isWhole = from == .distantPast && until == .distantFuture
    struct Key: Hashable { var client, project: String }
    struct Sum {
      var jobs = 0
      var cost: Int64 = 0
      var (first, last) = (Instant.distantFuture, Instant.distantPast)
    }
    var sums: [Key: Sum] = [:]
    for i in view.fleet.jobs.indices {
      let job = view.fleet.jobs[i]
      guard job.submitted >= from, job.submitted < until else { continue }
      let key = Key(client: view.descriptions[i].client ?? "", project: view.descriptions[i].project ?? "")
      var sum = sums[key] ?? Sum()
      sum.jobs += 1
      sum.cost += job.cost(at: view.at)
      (sum.first, sum.last) = (min(sum.first, job.submitted), max(sum.last, job.submitted))
      sums[key] = sum
    }
    var money: [Key: Catalogue.ProjectAccount] = [:]
    for account in accounts { money[Key(client: account.client, project: account.project)] = account }
    for key in money.keys where sums[key] == nil { sums[key] = Sum() }
    rows = sums.map { key, sum in
      let account = money[key]
      let profit = isWhole ? account.map { $0.revenue - $0.otherCosts - sum.cost } : nil
      return Row(
        client: key.client.isEmpty ? nil : key.client, project: key.project.isEmpty ? nil : key.project, jobs: sum.jobs,
        cost_usd: Wording.dollars(sum.cost),
        mean_cost_usd: sum.jobs > 0 ? Wording.dollars(sum.cost) / Double(sum.jobs) : nil,
        first_at: Wording.stamp(sum.first), last_at: Wording.stamp(sum.last),
        revenue_usd: account.map { Wording.dollars($0.revenue) },
        other_costs_usd: account.map { Wording.dollars($0.otherCosts) }, profit_usd: profit.map(Wording.dollars),
        margin: account.flatMap { a in a.revenue > 0 ? profit.map { Double($0) / Double(a.revenue) } : nil })
    }.sorted { a, b in
      let (none, other) = (a.client == nil && a.project == nil, b.client == nil && b.project == nil)
      if none != other { return other }
      return (b.cost_usd, a.client ?? "", a.project ?? "") < (a.cost_usd, b.client ?? "", b.project ?? "")
    }
    let all = sums.values.reduce(0) { $0 + $1.cost }
    total_cost_usd = Wording.dollars(all)
    let clients = Set(sums.keys.map(\.client).filter { !$0.isEmpty })
    let theirs = sums.filter { !$0.key.client.isEmpty }.values.reduce(0) { $0 + $1.cost }
    mean_cost_per_client_usd = clients.isEmpty ? nil : Wording.dollars(theirs) / Double(clients.count)
  }
}

/// What a manager says of a project.
public struct NewProjectAccount: Codable, Sendable {
  public var client: String?
  public var project: String?
  public var revenue_usd: Double
  public var other_costs_usd: Double
  public init(client: String?, project: String?, revenue_usd: Double, other_costs_usd: Double) {
    (self.client, self.project) = (client, project)
    (self.revenue_usd, self.other_costs_usd) = (revenue_usd, other_costs_usd)
  }
}
