import ArgumentParser
import Calibration
import DiscreteEvent
import Engine
import Foundation
import Planning
import Scenarios

struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract:
      "Which slots, spot share, checkpoint interval, preset or start time meet deadline and budget at least cost.",
    discussion: """
      EXAMPLE
        lora-train plan scenarios/cheapest-by-deadline.yaml

      The scenario's plan section says what must be met and what may be chosen:
        plan: {deadline: 18h, p_deadline: 0.95, budget: 60, p_over_budget: 0.05,
               slots: [1, 2], pricing: [spot, on_demand], checkpoint_every: auto}
      also spot_share: [0, 0.5, 1] or pricing: per_job, preset: [balanced, aggressive], start: [0h, 8h], and
      policy: [spot, spot_then_on_demand:3, uniform_progress:18h, on_demand].
      Exit code 1 when nothing meets the constraints.
      """)

  @Argument(help: "The scenario file (YAML, version 1) with a plan section.")
  var scenario: String

  @Flag(help: "Hold the model's parameters at their medians, and resolve the choice to a tenth of --tie.")
  var exact = false

  @Option(help: ArgumentHelp("Plans nearer than this share of the cost are a tie.", valueName: "0.5%"))
  var tie = "0.5%"

  @Option(help: "Seed of the random streams; the file's own without it.")
  var seed: UInt64?

  @Option(help: ArgumentHelp("At most so many futures of each plan; 100,000 without it.", valueName: "n"))
  var replications: Int?

  @OptionGroup var execution: ExecutionOptions
  @OptionGroup var model: ScenarioModelOptions
  @OptionGroup var output: OutputOptions

  private var tieShare: Double {
    get throws {
      guard let share = PercentArgument.share(tie), share >= 1e-5, share <= 0.5 else {
        throw ValidationError("--tie takes a share of the cost such as 0.5% or 0.005, at most 50%, not '\(tie)'")
      }
      return share
    }
  }

  func validate() throws {
    _ = try tieShare
    try ReplicationsArgument.validate(replications)
  }

  func run() async throws {
    let (scenario, source) = try model.read(scenario, exact: exact, sampling: execution.sampling)
    var request = Plan.Request(seed: seed, threads: execution.threads)
    request.tie = try tieShare
    request.isExact = exact
    if let replications { request.cap = replications }
    let plan = try await Plan.run(scenario, source: source, request: request)
    if !plan.isDecided {
      Failure.say(
        "note: the answer was not certain within \(Words.group(plan.choices.map(\.replications).max() ?? 0)) futures of a "
          + "plan; what was not decided is decided by the estimate; allow more with --replications")
    }
    if output.json {
      output.emit(PlanDocument.document(plan, scenario: scenario.name))
    } else {
      print(PlanText.text(plan, scenario: scenario.name))
    }
    if plan.chosen == nil { throw ExitCode(1) }
  }
}
