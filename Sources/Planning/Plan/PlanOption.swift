import Calibration
import DiscreteEvent
import Engine
import Scenarios

/// One way to run the scenario's jobs: what ``Plan`` chooses among. nil and empty: as the scenario says.
public struct PlanOption: Sendable, Hashable {
  /// What pods are paid as.
  public enum Payment: Sendable, Hashable {
    case asStated
    case alike(Pricing)
    /// By kind of job, in the order of the scenario.
    case perJob([Pricing])
    /// So large a share of the jobs on spot.
    case share(Double)
  }

  /// Steps between checkpoints.
  public enum Checkpoints: Sendable, Hashable {
    case asStated
    case every(Int)
    /// So many times each kind's own optimum; infinite: none are taken.
    case optimum(Double)
  }

  public var slots: Int32?
  public var payment = Payment.asStated
  public var checkpoints = Checkpoints.asStated
  public var preset: Preset?
  /// Seconds by which the submissions are put off.
  public var start: Double?
  public var policy: PolicyChoice?

  public init() {}

  /// What a person calls it: only what the option itself says.
  public var label: String {
    var words: [String] = []
    if let slots { words.append(slots == 1 ? "1 slot" : "\(slots) slots") }
    switch payment {
    case .asStated: break
    case .alike(let pricing): words.append(PlanOption.word(pricing))
    case .perJob(let pricings):
      words.append(pricings.map { PlanOption.word($0) }.joined(separator: "/"))
    case .share(let share): words.append("\(PlanOption.percent(share)) spot")
    }
    if let policy { words.append(policy.description) }
    if let preset { words.append(preset.rawValue) }
    switch checkpoints {
    case .asStated: break
    case .every(let steps): words.append("checkpoint every \(steps)")
    case .optimum(let factor):
      words.append(
        factor == .infinity
          ? "no checkpoints"
          : factor == 1 ? "optimal checkpoints" : "checkpoints at \(PlanOption.number(factor)) × optimum")
    }
    if let start { words.append(start == 0 ? "start now" : "start after \(PlanOption.number(start / 3600)) h") }
    return words.isEmpty ? "as the scenario says" : words.joined(separator: ", ")
  }

  static func word(_ pricing: Pricing) -> String { pricing == .spot ? "spot" : "on demand" }
  private static func percent(_ share: Double) -> String { "\(number((share * 1000).rounded() / 10)) %" }
  private static func number(_ x: Double) -> String { x == x.rounded() && abs(x) < 1e15 ? "\(Int(x))" : "\(x)" }
}

extension PlanQuestion {
  /// The greatest number of options that are looked at.
  static let most = 512

  /// Every combination of what may be chosen, in the order of the file.
  func options(kinds: Int, optimum: Bool) -> [PlanOption] {
    var options = [PlanOption()]
    func branch<Value>(_ values: [Value], _ set: (inout PlanOption, Value) -> Void) {
      guard !values.isEmpty, options.count <= PlanQuestion.most else { return }
      options = options.flatMap { option in
        values.map { value in
          var option = option
          set(&option, value)
          return option
        }
      }
    }
    branch(slots) { $0.slots = $1 }
    switch pricing {
    case .alike(let pricings): branch(pricings) { $0.payment = .alike($1) }
    case .share(let shares): branch(shares) { $0.payment = .share($1) }
    case .perJob:
      let n = min(kinds, 10)
      branch(Array(0..<(1 << n))) { option, bits in
        option.payment = .perJob((0..<n).map { bits >> $0 & 1 == 0 ? .spot : .onDemand })
      }
    }
    branch(policies) { $0.policy = $1 }
    branch(presets) { $0.preset = $1 }
    switch checkpointEvery {
    case .asStated: break
    case .steps(let steps): branch(steps) { $0.checkpoints = .every($1) }
    case .auto:
      branch(optimum ? [1, 0.5, 2, .infinity] : [.infinity]) { $0.checkpoints = .optimum($1) }
    }
    branch(starts) { $0.start = $1 }
    return options
  }
}
