import Calibration
import DiscreteEvent
import Engine

/// What a history says was spent between two instants, split by instant.
///
/// A job that is over counts by its charges; one that still runs by its leases' rates, since its charges may lag behind;
/// a charge of no job by itself.
public struct HistorySpending: Sendable {
  private struct Stretch {
    var from: Instant
    var to: Instant
    var amount: Int64
    var job: Int?
  }
  private var stretches: [Stretch] = []
  private var presets: [String] = []
  private var clients: [String] = []

  /// - Parameter now: until when a lease that has not ended has been paid for, where that is later than the history's last word: between two
  ///   checkpoints a store hears nothing, and pays all the same.
  public init(_ history: History, at now: Instant = .distantPast) {
    presets = history.jobs.map(\.configuration.preset.rawValue)
    clients = history.jobs.map { $0.client ?? "" }
    for charge in history.charges {
      if let j = charge.job, history.jobs[j].ended == nil { continue }
      stretches.append(Stretch(from: charge.from, to: charge.to, amount: charge.amount, job: charge.job))
    }
    for (j, job) in history.jobs.enumerated() where job.ended == nil {
      for l in job.leases {
        let lease = history.leases[l]
        let to = lease.ended ?? max(history.until, now)
        let amount = Ledger.cost(hourlyRate: lease.hourlyRate, time: to - lease.granted)
        stretches.append(Stretch(from: lease.granted, to: to, amount: amount, job: j))
      }
    }
  }

  /// US dollars in [from, to).
  public func dollars(from: Instant, to: Instant) -> Double {
    var sum: Int64 = 0
    for s in stretches {
      // What no sum can hold is shown as the most there is.
      let (more, overflow) = sum.addingReportingOverflow(share(s, from, to))
      sum = overflow ? (sum < 0 ? .min : .max) : more
    }
    return Double(sum) / 1e9
  }

  public func byPreset(from: Instant, to: Instant) -> [String: Double] {
    grouped(from, to) { presets[$0] }
  }

  public func byClient(from: Instant, to: Instant) -> [String: Double] {
    grouped(from, to) { clients[$0] }
  }

  private func grouped(_ from: Instant, _ to: Instant, _ key: (Int) -> String) -> [String: Double] {
    var sums: [String: Double] = [:]
    for s in stretches {
      let amount = share(s, from, to)
      if amount != 0 { sums[s.job.map(key) ?? "shared", default: 0] += Double(amount) / 1e9 }
    }
    return sums
  }

  private func share(_ s: Stretch, _ from: Instant, _ to: Instant) -> Int64 {
    guard to > from else { return 0 }
    if s.from >= from, s.to <= to { return s.from == s.to && s.from == to ? 0 : s.amount }
    guard s.to > from, s.from < to, s.to > s.from else { return 0 }
    let whole = (s.to - s.from).microseconds.magnitude
    let upTo = { (at: Instant) -> Int64 in
      let part = (min(max(at, s.from), s.to) - s.from).microseconds.magnitude
      let share = Int64(whole.dividingFullWidth(s.amount.magnitude.multipliedFullWidth(by: part)).quotient)
      return s.amount < 0 ? -share : share
    }
    return upTo(to) - upTo(from)
  }
}
