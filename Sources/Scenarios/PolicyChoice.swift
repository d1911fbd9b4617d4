import DiscreteEvent
import Engine

/// How a job is to be paid for over its life, as people name it in a scenario's `plan` and on the command line.
public enum PolicyChoice: Hashable, Sendable, CustomStringConvertible {
  /// On-demand pods from the beginning.
  case onDemand
  /// Spot pods, however often they are taken back.
  case spot
  /// Spot pods; on demand after so many interruptions.
  case spotThenOnDemand(after: Int32)
  /// Spot pods; on demand as soon as progress lags behind what the deadline (seconds after submission) asks for.
  case uniformProgress(deadline: Double)

  /// What can be written, for messages.
  public static let forms = "on_demand, spot, spot_then_on_demand:3 or uniform_progress:24h"
  static let names = ["on_demand", "spot", "spot_then_on_demand", "uniform_progress"]

  /// Reads one of ``forms``; nil where the text is none of them.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    switch (parts[0], parts.count) {
    case ("on_demand", 1): self = .onDemand
    case ("spot", 1): self = .spot
    case ("spot_then_on_demand", 2):
      guard let number = NumberText.integer(parts[1]), (1..<Int(Int32.max)).contains(number) else { return nil }
      self = .spotThenOnDemand(after: Int32(number))
    case ("uniform_progress", 2):
      guard let seconds = try? DurationText.seconds(parts[1]), seconds > 0, seconds < 3.2e10 else { return nil }
      self = .uniformProgress(deadline: seconds)
    default: return nil
    }
  }

  /// What a team's rule can be: whether a job asks for spot it says itself.
  public static let liveForms = "spot, spot_then_on_demand:3 or uniform_progress:24h"

  /// Reads one of ``liveForms``; nil where the text is none of them.
  public init?(live text: String) {
    guard let choice = PolicyChoice(text), choice != .onDemand else { return nil }
    self = choice
  }

  public var description: String {
    switch self {
    case .onDemand: "on_demand"
    case .spot: "spot"
    case .spotThenOnDemand(let after): "spot_then_on_demand:\(after)"
    case .uniformProgress(let deadline): "uniform_progress:\(PolicyChoice.text(deadline))"
    }
  }

  /// `24h`, `90m`, `45.5s`: in the greatest unit that leaves a whole number.
  static func text(_ seconds: Double) -> String {
    for (unit, size) in [("d", 86_400.0), ("h", 3600), ("m", 60), ("s", 1)] where seconds >= size {
      let n = seconds / size
      if n == n.rounded(), unit != "d" || n > 2 { return "\(Int(n))\(unit)" }
    }
    return "\(seconds)s"
  }

  /// What the first pod is asked for as.
  public var pricing: Pricing { self == .onDemand ? .onDemand : .spot }

  /// The engine's rules with this choice in them.
  public func applied(to policies: Policies) -> Policies {
    var policies = policies
    policies.progressDeadline = nil
    policies.afterInterruptions = .onDemand
    policies.maxInterruptions = .max
    switch self {
    case .onDemand, .spot: break
    case .spotThenOnDemand(let after): policies.maxInterruptions = after
    case .uniformProgress(let deadline): policies.progressDeadline = Span(seconds: deadline)
    }
    return policies
  }
}
