import Foundation
import Synchronization

@testable import Web

/// What is said of past estimates: only once somebody lets it be said.
final class PaperPast: Sendable {
  private let isKnown = Mutex(true)
  private let asked = Mutex(0)
  /// How often it was computed.
  var count: Int { asked.withLock { $0 } }

  private let isBusy = Mutex(false)
  /// Waits for a slot are computed until they are let be said.
  func keepCapacity() { isBusy.withLock { $0 = true } }
  func sayCapacity() { isBusy.withLock { $0 = false } }
  func capacity() async { while isBusy.withLock({ $0 }) { await Task.yield() } }

  func hold() { isKnown.withLock { $0 = false } }
  func release() { isKnown.withLock { $0 = true } }

  func answer(_ digest: String) async -> AccuracyDocument {
    asked.withLock { $0 += 1 }
    while !isKnown.withLock({ $0 }) { await Task.yield() }
    var document = AccuracyDocument(
      status: .ready, history_digest: digest, from_jobs: 5, source: "the 9 jobs of a test")
    let quantity = AccuracyDocument.Quantity(
      coverage: [(0.5, 3), (0.8, 6), (0.95, 8)].map { .init(level: $0.0, held: $0.1, of: 8) },
      pit: [1, 0, 1, 1, 2, 0, 1, 1, 1, 0], median_error: 0.042, bias_log: -0.068)
    (document.cost, document.duration) = (quantity, quantity)
    let held = AccuracyDocument.Projection.Held(
      coverage: .init(level: 0.8, held: 6, of: 8), median_error: 0.118, bias_log: 0)
    document.projections = [0.25, 0.5, 0.75].map { .init(share: $0, cost: held, duration: held) }
    document.jobs = (1...8).map { i in
      let cost = AccuracyDocument.Job.Estimated(
        estimate: Band(p10: 30, p50: 40.25, p90: 52.5), actual: i == 8 ? 60 : 41.5)
      var job = AccuracyDocument.Job(
        id: "job-\(i)", name: "past <job> \(i)", preset: "balanced", past_jobs: i + 4, cost_usd: cost,
        duration_s: .init(estimate: Band(p10: 4e4, p50: 5e4, p90: 6e4), actual: 5.1e4),
        quoted_usd: i == 1 ? nil : 39)
      job.projections = [
        .init(
          share: 0.5, at: "2026-11-09T00:00:00Z", spent_usd: 20,
          cost_usd: .init(estimate: Band(p10: 38, p50: 43.16, p90: 50), actual: cost.actual),
          duration_s: .init(estimate: Band(p10: 4e4, p50: 5e4, p90: 6e4), actual: 5.1e4))
      ]
      return job
    }
    return document
  }
}

extension WebServer.Foresight {
  /// Answers that tell in every figure what was asked.
  static func paper(_ past: PaperPast) -> Self {
    @Sendable func days(_ scale: Double) -> [ForecastDocument.Day] {
      (1...30).map { day in
        let p = scale * Double(day)
        return .init(
          date: "2026-11-\(day < 10 ? "0" : "")\(day)", isPast: day < 10, p10: 1.5 * p, p50: 2 * p, p90: 2.5 * p,
          p95: 3 * p)
      }
    }
    return Self(
      whatIf: { view, asked in
        let slots = Int(asked.slots ?? 0)
        let change = WhatIfDocument.Change(
          change: asked.isEmpty ? "one slot more" : "\(slots) slots", query: "slots=\(asked.isEmpty ? 4 : slots)",
          sentence: "\(slots) slots: this change costs $38.00 ± $4.00 more this month ($60.00 today).", today_usd: 60,
          changed_usd: 98, more_usd: 38, half_width_95: 4, variance_reduction: 25,
          p_over_budget: .init(today: 0.1, changed: 0.4))
        return WhatIfDocument(
          at: "2026-11-10T00:00:00Z", limit_usd: 100, slots: Int(view.policies.maxConcurrent),
          today: .init(month: Band(p10: 45, p50: 60, p90: 75), p95_usd: 90, p_over_budget: 0.1, by_day: days(1)),
          changed: asked.isEmpty
            ? nil : .init(month: Band(p10: 60, p50: 90, p90: 110), p95_usd: 120, p_over_budget: 0.4, by_day: days(1.5)),
          changes: [change], together: nil, futures: 400, milliseconds: 31.2, source: "a test")
      },
      drivers: { _ in
        DriversDocument(
          at: "2026-11-10T00:00:00Z", mean_usd: 61.5, sd_usd: 8,
          parts: [
            .init(name: "spent", usd: 20.25), .init(name: "running", usd: 30), .init(name: "queued", usd: 1.25),
            .init(name: "to_come", usd: 10),
          ], by_preset: [.init(name: "balanced", usd: 61.5)], by_client: [],
          inputs: [
            .init(
              input: "hazard", name: "how often pods are lost", is_uncertain: true, alone: 0.12,
              alone_half_width_95: 0.03, total: 0.31, total_half_width_95: 0.05)
          ], expects_arrivals: true, sentence: "69 % of the variance is luck.", futures: 4_096, milliseconds: 88,
          source: "a test")
      },
      capacity: { view in
        await past.capacity()
        let loads: [Double] = [1, 2]
        return CapacityDocument(
          at: "2026-11-10T00:00:00Z", slots_now: Int(view.policies.maxConcurrent),
          jobs_per_day: Band(p10: 0.9, p50: 1.2, p90: 1.5), hours_a_job: 13, slots: [2, 3],
          loads: loads.map { .init(factor: $0, jobs_per_day: 1.2 * $0) },
          cells: [2, 3].flatMap { slots in
            loads.indices.map { load in
              let wait = 3_600 * loads[load] / Double(slots)
              return .init(
                slots: slots, load: load, wait_mean_s: wait, wait_half_width_95: wait / 10, wait_p90_s: 4 * wait,
                utilization: 0.5, is_overloaded: slots == 2 && load == 1)
            }
          }, days: 28, futures: 64, milliseconds: 120, source: "a test")
      },
      plan: { _, asked in
        func choice(_ plan: String, _ verdict: String, _ cost: Double) -> DeadlinePlanDocument.Choice {
          .init(
            plan: plan, verdict: verdict, cost_usd: cost * Double(asked.jobs), cost_half_width_95: 0.4,
            extra_usd: cost - 31, extra_half_width_95: 0.3, p_in_time: asked.share, p_over_budget: nil,
            done_within_s: asked.deadline / 2, p_best: 0.97, futures: 1_024)
        }
        return DeadlinePlanDocument(
          answer: ["Recommended: 1 slot, spot."], is_possible: true, is_decided: true,
          plans: [choice("1 slot, spot", "chosen", 31), choice("1 slot, on demand", "dearer", 104)], confidence: 0.95,
          milliseconds: 50, source: "a test")
      },
      accuracy: { view in await past.answer(AccuracyDocument.digest(of: view)) })
  }
}
