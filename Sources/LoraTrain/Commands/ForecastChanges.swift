import ArgumentParser
import Calibration
import DiscreteEvent
import Engine
import Foundation
import Planning
import Scenarios

/// Changes to hold a forecast against: each against today, and all of them together.
struct ForecastChanges: ParsableArguments {
  @Option(help: ArgumentHelp("Further jobs that are sure to come.", valueName: "jobs.csv"))
  var add: String?

  @Option(help: ArgumentHelp("How many jobs may run at once; as the history shows without it.", valueName: "n"))
  var slots: Int?

  @Option(
    help: ArgumentHelp(
      "How jobs to come are paid for: on_demand, spot, spot_then_on_demand:3 or uniform_progress:24h.",
      valueName: "policy"))
  var policy: String?

  @Option(
    help: ArgumentHelp(
      "US dollars an hour of spot pods to come, or spot=2.49 or on_demand=7.99; may be repeated.", valueName: "usd"))
  var hourlyRate: [String] = []

  func validate() throws {
    if let slots, !(1...1_000_000).contains(slots) {
      throw ValidationError("--slots must be between 1 and 1,000,000, not \(Words.group(slots))")
    }
    _ = try policyChoice
    _ = try rates
  }

  private var policyChoice: PolicyChoice? {
    get throws {
      guard let policy else { return nil }
      guard let choice = PolicyChoice(policy) else {
        throw ValidationError("--policy takes \(PolicyChoice.forms), not '\(policy)'")
      }
      return choice
    }
  }

  private var rates: [(Pricing, Double)] {
    get throws {
      try hourlyRate.map { text in
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        let pricing = try parts.count == 2 ? PricingArgument.pricing(parts[0], option: "--hourly-rate") : .spot
        guard let rate = parts.last.flatMap({ NumberText.double($0) }) else {
          throw ValidationError("--hourly-rate takes US dollars such as 2.49 or on_demand=7.99, not '\(text)'")
        }
        guard rate > 0, rate <= 1e6 else {
          throw ValidationError("--hourly-rate must be above 0 and at most 1,000,000, not '\(text)'")
        }
        return (pricing, rate)
      }
    }
  }

  /// One change: what a person calls it, and what it does to the question.
  struct Change {
    var name: String
    var apply: (inout Forecast.Request, inout ModelSource) -> Void
  }

  /// Each change that was asked for.
  func changes(asOf: Instant) throws -> [Change] {
    var changes: [Change] = []
    if let add {
      let rows = try JobsCSV.read(path: add)
      let jobs = rows.map { ($0.submitted ?? asOf, $0.configuration) }
      let remarks = rows.flatMap { row in row.remarks.map { "\(row.job) of \(add): \($0)" } }
      changes.append(
        Change(name: jobs.count == 1 ? "the job of \(add)" : "the \(jobs.count) jobs of \(add)") { request, source in
          request.additions += jobs
          source.warnings += remarks
        })
    }
    if let slots {
      changes.append(
        Change(name: slots == 1 ? "1 slot" : "\(slots) slots") { request, _ in
          request.policies.maxConcurrent = Int32(clamping: slots)
        })
    }
    if let choice = try policyChoice {
      changes.append(
        Change(name: "policy \(choice)") { request, source in
          request.policies = choice.applied(to: request.policies)
          source = choice.applied(to: source)
        })
    }
    for (pricing, rate) in try rates {
      changes.append(
        Change(name: "\(PricingArgument.words(pricing)) at \(Words.dollars(rate)) an hour") { _, source in
          for w in source.worlds.indices { source.worlds[w].hourlyRate[pricing] = rate }
        })
    }
    return changes
  }
}
