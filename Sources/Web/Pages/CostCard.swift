import DiscreteEvent
import Journal

/// What a job has cost, was to cost, and will cost (stories 7.1.1 and 7.1.2).
struct CostCard: Sendable {
  var spent: String
  var estimate, share, rate, projected, projectedRange, verdict: String?
  /// 0 … 100, for the bar.
  var percent: String
  /// `good`, `warn` or `bad`.
  var kind: String
  var parts: [JobPage.Fact]
  var hasParts: Bool
  var setAside: String?
  /// How good such projections were.
  var accuracy: String?
  /// What was spent on examining it, and by whom.
  var examined: String?
  var examinations: [Examination] = []
  struct Examination: Sendable { var id, name, text: String }

  private static let names: [(account: String, label: String)] = [
    ("work", "Training that is kept"), ("setup", "Setup and finalization"),
    ("checkpoints", "Standing still for checkpoints"),
    ("lost_work", "Work lost to interruptions"), ("recovery", "Recovery after interruptions"), ("idle", "Idle"),
    ("storage", "Storage"), ("adjustment", "Adjusted to the provider's bill"),
  ]

  init(_ job: JobDocument, _ record: Catalogue.JobRecord, _ projection: ForecastDocument.Projection?) {
    spent = Wording.money(job.cost_usd)
    let part = job.quote.map { job.cost_usd / max($0.cost_usd.p50, 1e-9) }
    estimate = job.quote.map { Wording.range($0.cost_usd.p10, $0.cost_usd.p90) }
    share = part.map { "\(Wording.per($0)) of the estimate's middle, \(Wording.money(job.quote?.cost_usd.p50 ?? 0))" }
    percent = "\(Int(min(1, part ?? 0) * 100))"
    kind = (part ?? 0) > 1 ? "bad" : (part ?? 0) >= 0.8 ? "warn" : "good"
    rate = job.hourly_rate_usd.map { "\(Wording.money($0))/hr (\(Wording.pricing(job.pricing)))" }
    setAside = job.isOver ? nil : Wording.money(job.reserved_usd)
    if let projection {
      projected = Wording.money(projection.cost_usd.p50)
      projectedRange =
        "best case \(Wording.money(projection.cost_usd.p10)), worst case \(Wording.money(projection.cost_usd.p90)); 8 in 10 end between"
      if let quote = job.quote {
        verdict =
          projection.cost_usd.p50 > 1.2 * quote.cost_usd.p50
          ? "Consider cancelling and retrying with more efficient configuration"
          : projection.cost_usd.p50 <= quote.cost_usd.p90
            ? "On track, continue monitoring" : "Above the estimate; watch it"
      }
    }
    if let spent = job.examinations {
      examined = Wording.money(spent.cost_usd)
      examinations = spent.jobs.map {
        Examination(id: $0.id, name: $0.name, text: "\(Wording.money($0.cost_usd)), \(Wording.words($0.status))")
      }
    }
    let posted = record.charges.values.reduce(0, +)
    parts = CostCard.names.compactMap { account, label in
      guard let amount = record.charges[account], amount != 0 else { return nil }
      return JobPage.Fact(label: label, value: Wording.money(amount))
    }
    let open = job.cost_usd - Wording.dollars(posted)
    if !parts.isEmpty, open > 0.005 {
      parts.append(.init(label: "Since the last event, not yet booked", value: Wording.money(open)))
    }
    hasParts = !parts.isEmpty
  }
}
