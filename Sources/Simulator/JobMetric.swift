import Engine

/// What is measured of every job; times in seconds, money in US dollars.
public enum JobMetric: Int, CaseIterable, Sendable {
  case wait, duration, turnaround, billed, cost, interruptions

  /// The key in JSON.
  public var key: String {
    switch self {
    case .wait: "wait_s"
    case .duration: "duration_s"
    case .turnaround: "turnaround_s"
    case .billed: "billed_s"
    case .cost: "cost_usd"
    case .interruptions: "interruptions"
    }
  }

  public func value(_ job: JobOutcome) -> Double {
    switch self {
    case .wait: job.wait.seconds
    case .duration: job.duration.seconds
    case .turnaround: job.turnaround.seconds
    case .billed: job.billed.seconds
    case .cost: Double(job.costs.total) / 1e9
    case .interruptions: Double(job.interruptions)
    }
  }
}
