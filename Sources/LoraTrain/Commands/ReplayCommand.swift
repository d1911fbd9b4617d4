import ArgumentParser
import Engine
import Journal
import Planning
import Scenarios

struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Runs a journal again: does it hold, and what would another policy have decided?",
    discussion: """
      EXAMPLE
        lora-train simulate scenarios/spot.yaml --journal spot.journal
        lora-train replay spot.journal
        lora-train replay spot.journal --policy spot_then_on_demand:1
        lora-train replay spot.journal --policy spot_then_on_demand:1 --simulate

      --simulate goes on by the simulator from the first decision that differs, under the journal's rules and under the others: what the \
      jobs that were there cost from then on, and when they are done. Prices are those that the journal paid nearest to then, laws those of --history.
      """)

  @Argument(help: "The journal: what serve keeps, or simulate --journal wrote.")
  var journal: String

  @Option(
    help: ArgumentHelp(
      "Decide again, by spot, spot_then_on_demand:3, uniform_progress:24h, or the rules of a scenario file.",
      valueName: "policy"))
  var policy: String?

  @Flag(help: "From the first decision that differs, simulate on under both: cost and time of either.")
  var simulate = false

  @OptionGroup var history: HistoryOptions
  @OptionGroup var simulation: SimulationOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    if simulate, policy == nil { throw ValidationError("--simulate goes on under another policy: give --policy") }
    if !simulate, history.history != nil || history.asOf != nil || simulation.replications != nil {
      throw ValidationError("--history, --as-of and --replications are for --simulate: give it, too")
    }
  }

  func run() async throws {
    var policies: Policies?
    if let policy {
      let own = try JournalReplay.read(path: journal).opening.policies
      policies = try other(policy, than: own)
    }
    let replay = try JournalReplay.read(path: journal, policies: policies)
    var fields = ReplayText.fields(replay, journal: journal, policy: policy)
    var lines = [ReplayText.text(replay, journal: journal, policy: policy)]
    if simulate, let policies, let policy {
      let (document, text) = try await goOn(replay, policies, policy)
      fields.append(("continuation", document))
      lines += ["", text]
    }
    output.answer(.object(fields), lines.joined(separator: "\n"))
  }

  private func goOn(_ replay: JournalReplay, _ others: Policies, _ policy: String) async throws -> (JSON, String) {
    guard let divergence = replay.divergence else { return (.null, "There is nothing to simulate: both are the same.") }
    let journal = try JournalFork(replay, divergence, path: journal)
    let basis = try await EstimateBasis.load(history.path, asOf: history.asOfInstant, threads: simulation.threads)
    let source = await basis.source(history.path, simulation.sampling, threads: simulation.threads)
      .paying(spot: journal.rates.spot, onDemand: journal.rates.onDemand)
    var (own, others) = (replay.opening.policies, others)
    // A limit that was changed on the way is the one that held.
    let limit = journal.fork.fleet.budget.limit
    if others.budgetLimit == own.budgetLimit { others.budgetLimit = limit }
    own.budgetLimit = limit
    let answer = try await Continuation.run(
      journal.fork, policies: own, others: others, source: source,
      replications: simulation.replications ?? 4_000, seed: simulation.seed, threads: simulation.threads)
    guard let answer else { return (.null, "There is nothing to simulate: no job was left then.") }
    return (
      ContinuationText.document(answer, later: journal.later, source: source),
      ContinuationText.text(answer, policy: policy, later: journal.later, source: source)
    )
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
