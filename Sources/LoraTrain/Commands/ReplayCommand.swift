import ArgumentParser
import Engine
import Journal
import Scenarios

struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Runs a journal again: does it hold, and what would another policy have decided?",
    discussion: """
      EXAMPLE
        lora-train simulate scenarios/spot.yaml --journal spot.journal
        lora-train replay spot.journal
        lora-train replay spot.journal --policy spot_then_on_demand:1
      """)

  @Argument(help: "The journal: what serve keeps, or simulate --journal wrote.")
  var journal: String

  @Option(
    help: ArgumentHelp(
      "Decide again, by spot, spot_then_on_demand:3, uniform_progress:24h, or the rules of a scenario file.",
      valueName: "policy"))
  var policy: String?

  @OptionGroup var output: OutputOptions

  func run() async throws {
    var policies: Policies?
    if let policy {
      let own = try JournalReplay.read(path: journal).opening.policies
      policies = try other(policy, than: own)
    }
    let replay = try JournalReplay.read(path: journal, policies: policies)
    if output.json {
      output.emit(ReplayText.document(replay, journal: journal, policy: policy))
    } else {
      print(ReplayText.text(replay, journal: journal, policy: policy))
    }
  }

  private func other(_ policy: String, than own: Policies) throws -> Policies {
    if policy.hasSuffix(".yaml") || policy.hasSuffix(".yml") { return try ScenarioReader.read(path: policy).policies }
    guard let choice = PolicyChoice(policy), choice != .onDemand else {
      throw ValidationError(
        "--policy takes spot, spot_then_on_demand:3, uniform_progress:24h or a scenario file (.yaml), not '\(policy)': "
          + "how a job asks for its first pod is a fact of its submission")
    }
    return choice.applied(to: own)
  }
}
