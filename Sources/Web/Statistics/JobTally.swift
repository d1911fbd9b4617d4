import DiscreteEvent
import Engine
import Foundation
import Journal

/// Sums over jobs that are over, from which their figures are made.
struct JobTally: Sendable {
  private var completed = 0, failed = 0, cancelled = 0
  /// Nanodollars: sums are exact, however many jobs there are.
  private(set) var cost: Int64 = 0
  private var seconds = 0.0
  private var completedSeconds = 0.0
  private var losses = (sum: 0.0, count: 0)

  mutating func add(_ job: Job, _ finals: Catalogue.Finals?) {
    cost += job.costs.total
    // A job may end without ever having had a slot.
    let duration = job.admitted < .distantFuture ? (job.ended - job.admitted).seconds : 0
    seconds += duration
    switch job.phase {
    case .completed:
      completed += 1
      completedSeconds += duration
      if let loss = finals?.validation_loss { losses = (losses.sum + loss, losses.count + 1) }
    case .failed: failed += 1
    default: cancelled += 1
    }
  }

  var count: Int { completed + failed + cancelled }

  var figures: JobFigures {
    let n = Double(count)
    return JobFigures(
      jobs: count, completed: completed, failed: failed, cancelled: cancelled,
      success_rate: completed + failed > 0 ? Double(completed) / Double(completed + failed) : nil,
      total_cost_usd: Wording.dollars(cost),
      mean_cost_usd: count > 0 ? Wording.dollars(cost) / n : nil, training_s: seconds,
      mean_duration_s: completed > 0 ? completedSeconds / Double(completed) : nil,
      mean_final_loss: losses.count > 0 ? losses.sum / Double(losses.count) : nil)
  }
}

/// Months of UTC, counted from the year 0: quicker than a calendar's, of which a list of thousands of jobs asks as many times.
enum MonthNumber {
  /// Source: Howard Hinnant, "chrono-compatible low-level date algorithms", `civil_from_days`.
  static func of(_ instant: Instant) -> Int {
    let micros = instant.microseconds
    let days = Int((micros - (micros % 86_400_000_000 + 86_400_000_000) % 86_400_000_000) / 86_400_000_000) + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let day = days - era * 146_097
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365
    let dayOfYear = day - (365 * year + year / 4 - year / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (year + era * 400 + (month <= 2 ? 1 : 0)) * 12 + month - 1
  }

  /// `2026-11`.
  static func text(_ number: Int) -> String { String(format: "%04d-%02d", number / 12, number % 12 + 1) }

  /// Its first instant, in seconds since 1970: where a chart puts it.
  static func seconds(_ number: Int) -> Double {
    var parts = DateComponents()
    (parts.year, parts.month) = (number / 12, number % 12 + 1)
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    return calendar.date(from: parts)?.timeIntervalSince1970 ?? 0
  }
}
