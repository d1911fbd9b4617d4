import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Live
import Validation

/// Makes the analytics over all jobs that are over.
struct Analytics {
  private var presets: [Preset: JobTally] = [:]
  private var months: [Int: JobTally] = [:]
  private var failures: [Failure: Int] = [:]
  private var configurations: [[Int]: (jobs: Int, failed: Int, memory: Int)] = [:]
  private var (spot, onDemand) = (0, 0)
  private var (spotCompleted, spotFailed) = (0, 0)
  private var retries = AnalyticsDocument.Retries(jobs: 0, completed: 0, with_fix: 0, with_fix_completed: 0)
  private var dots: [AnalyticsDocument.Dot] = []
  private var dotsInAll = 0

  private static let mostDots = 1_000
  /// With fewer jobs nothing is advised against.
  private static let fewest = 5

  init(_ view: LiveView, _ finals: [Catalogue.Finals?]) {
    // The newest first: those that are shown.
    for i in view.fleet.jobs.indices.reversed() {
      let job = view.fleet.jobs[i]
      guard job.phase.isTerminal, view.descriptions[i].examines == nil else { continue }
      let (text, final) = (view.descriptions[i], i < finals.count ? finals[i] : nil)
      presets[text.configuration.preset, default: JobTally()].add(job, final)
      months[MonthNumber.of(job.ended), default: JobTally()].add(job, final)
      if job.spec.pricing == .spot { spot += 1 } else { onDemand += 1 }
      if job.spec.pricing == .spot {
        spotCompleted += job.phase == .completed ? 1 : 0
        spotFailed += job.phase == .failed ? 1 : 0
      }
      // One that went on from a checkpoint is linked in the same way, and is a retry, too.
      if job.spec.retryOf != .max, job.phase != .cancelled {
        let isDone = job.phase == .completed
        retries.jobs += 1
        retries.completed += isDone ? 1 : 0
        if text.fix != nil {
          retries.with_fix += 1
          retries.with_fix_completed += isDone ? 1 : 0
        }
      }
      if job.phase != .cancelled {
        let key = [text.configuration.rank, text.configuration.batchSize]
        configurations[key, default: (0, 0, 0)].jobs += 1
        if job.phase == .failed {
          failures[job.failure, default: 0] += 1
          configurations[key]?.failed += 1
          if job.failure == .outOfMemory { configurations[key]?.memory += 1 }
        }
      }
      guard job.phase == .completed, let loss = final?.validation_loss else { continue }
      dotsInAll += 1
      guard dots.count < Analytics.mostDots else { continue }
      dots.append(
        .init(
          job: text.id, name: text.name, preset: text.configuration.preset.rawValue, final_validation_loss: loss,
          cost_usd: Wording.dollars(job.costs.total), is_outlier: false))
    }
  }

  func document(hours: [AnalyticsDocument.Hour], pods: PodFigures) -> AnalyticsDocument {
    let over = spot + onDemand
    var retries = retries
    retries.success_rate = retries.jobs > 0 ? Double(retries.completed) / Double(retries.jobs) : nil
    let spotOver = spotCompleted + spotFailed
    return AnalyticsDocument(
      presets: presetFigures, dots: marked, dots_in_all: dotsInAll,
      months: MonthNumber.filled(months), failures: failureCounts, risks: risks, spot_jobs: spot,
      on_demand_jobs: onDemand, spot_share: over > 0 ? Double(spot) / Double(over) : nil, hours: hours,
      provisioning: pods.provisioning, recoveries: pods.recoveries, retries: retries,
      spot_success_rate: spotOver > 0 ? Double(spotCompleted) / Double(spotOver) : nil)
  }

  private var presetFigures: [AnalyticsDocument.PresetFigures] {
    let all = Preset.allCases.compactMap { preset in presets[preset].map { (preset, $0.figures) } }
    let least = all.compactMap(\.1.mean_final_loss).min()
    let good = all.filter { $0.1.completed > 0 && ($0.1.mean_final_loss ?? .infinity) <= (least ?? 0) * 1.05 }
    // What was spent in vain belongs to the price of what completed.
    func price(_ figures: JobFigures) -> Double { figures.total_cost_usd / Double(max(1, figures.completed)) }
    let best = good.min { price($0.1) < price($1.1) }?.0
    return all.map { .init(preset: $0.0.rawValue, figures: $0.1, is_best: $0.0 == best && all.count > 1) }
  }

  private var marked: [AnalyticsDocument.Dot] {
    func limits(_ values: [Double]) -> ClosedRange<Double> {
      guard values.count >= 8 else { return -.infinity ... .infinity }
      let sorted = values.sorted()
      let (low, high) = (sorted[sorted.count / 4], sorted[sorted.count * 3 / 4])
      return (low - 3 * (high - low))...(high + 3 * (high - low))
    }
    let (costs, losses) = (limits(dots.map(\.cost_usd)), limits(dots.map(\.final_validation_loss)))
    return dots.map { dot in
      var dot = dot
      dot.is_outlier = !costs.contains(dot.cost_usd) || !losses.contains(dot.final_validation_loss)
      return dot
    }
  }

  private var failureCounts: [AnalyticsDocument.FailureCount] {
    let all = failures.values.reduce(0, +)
    return failures.map { .init(failure: JobWords.word($0.key), jobs: $0.value, share: Double($0.value) / Double(all)) }
      .sorted { ($1.jobs, $0.failure) < ($0.jobs, $1.failure) }
  }

  private var risks: [AnalyticsDocument.Risk] {
    configurations.filter { $0.value.failed > 0 }.map { key, counts in
      let (low, high) = Analytics.wilson(counts.failed, of: counts.jobs)
      // Half of the jobs or more, as far as the numbers are sure of it.
      let isBad = counts.jobs >= Analytics.fewest && low > 0.3
      let rate = Double(counts.memory) / Double(counts.jobs)
      let advice =
        counts.memory * 2 > counts.failed
        ? "Avoid r=\(key[0]) with batch_size=\(key[1]) (\(Wording.per(rate)) OOM rate)"
        : "Look into r=\(key[0]) with batch_size=\(key[1]) (\(counts.failed) of \(counts.jobs) jobs failed)"
      return .init(
        rank: key[0], batch_size: key[1], jobs: counts.jobs, failed: counts.failed, out_of_memory: counts.memory,
        failure_rate_low95: low, failure_rate_high95: high, advice: isBad ? advice : nil)
    }.sorted { ($1.failure_rate_low95, $0.rank, $0.batch_size) < ($0.failure_rate_low95, $1.rank, $1.batch_size) }
      .prefix(20).map { $0 }
  }

  /// The 95 % interval of a share. Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference" (1927).
  static func wilson(_ hits: Int, of count: Int) -> (Double, Double) {
    guard count > 0 else { return (0, 1) }
    let interval = Wilson.interval(Double(hits), of: Double(count), z: 1.959_964)
    return (max(0, interval.low), min(1, interval.high))
  }
}

extension MonthNumber {
  /// From the first month with a job to the last.
  static func filled(_ months: [Int: JobTally]) -> [StatisticsDocument.Month] {
    guard let first = months.keys.min(), let last = months.keys.max() else { return [] }
    return (first...last).map { .init(month: text($0), figures: (months[$0] ?? JobTally()).figures) }
  }
}
