import DiscreteEvent
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

  /// All of one job's, each at the place of its raw value.
  @inline(__always)
  static func vector(
    wait: Span, duration: Span, turnaround: Span, billed: Span, cost: Int64, interruptions: Int32
  ) -> SIMD8<Double> {
    SIMD8(
      wait.seconds, duration.seconds, turnaround.seconds, billed.seconds, Double(cost) / 1e9, Double(interruptions), 0,
      0)
  }
}
