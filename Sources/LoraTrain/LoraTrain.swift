import ArgumentParser
import Scenarios

/// The command line, and the composition root: what the targets are joined to.
package struct LoraTrain: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "lora-train",
    abstract: "Forecasts what fine-tuning runs cost, how long they take, and how sure that is.",
    discussion: """
      EXAMPLE
        lora-train estimate --preset balanced --pricing spot --pairs 2600 --tokens-per-pair 3400 --compare

      Every command takes --json and --help. Exit codes: 0 done; 1 what was asked for did not hold; 64 usage; 65 bad \
      data; 66 no such input; 69 service unavailable; 73 cannot write; 75 try again later; 70 a defect of ours; 78 bad \
      configuration; 130 interrupted.
      """,
    version: "0.1.0",
    subcommands: [
      EstimateCommand.self, ForecastCommand.self, SimulateCommand.self, PlanCommand.self, CalibrateCommand.self,
      FitCommand.self, BacktestCommand.self, ReplayCommand.self, StoreCommand.self, ServeCommand.self,
      SandboxCommand.self, DoctorCommand.self, JobCommand.self, BudgetCommand.self, ApprovalCommand.self,
      FileCommand.self, TemplateCommand.self, PresetCommand.self, UserCommand.self, ArtifactCommand.self,
      EvaluateCommand.self,
      ReportCommand.self, NotifyCommand.self, SearchCommand.self, KnowledgeCommand.self,
    ])

  package init() {}

  package static func main() async {
    Interrupt.install()
    var asked: any ParsableCommand.Type = Self.self
    do {
      if let mistaken = MistakenCommand(Array(CommandLine.arguments.dropFirst())) { throw mistaken.error }
      var command = try parseAsRoot()
      asked = type(of: command)
      if var command = command as? any AsyncParsableCommand {
        if Installation.isNeeded(by: type(of: command)) { try Installation.check() }
        try await command.run()
      } else {
        try command.run()
      }
      try StandardOutput.finish()
    } catch {
      var error = error
      // An answer of "no" has to have been written, as every other.
      if error is ExitCode { do { try StandardOutput.finish() } catch let unwritten { error = unwritten } }
      Failure.exit(for: error, of: asked)
    }
  }
}
