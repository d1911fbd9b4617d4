import ArgumentParser
import Foundation
import Live
import RunPod
import Scenarios

/// Looks at everything that renting needs, and rents nothing.
struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Checks key, balance, prices, volume, image, clock, public address and model licence, without renting.",
    discussion: """
      With provider: slurm in lora-train.yaml: whether the cluster would take a job, without submitting one. Exit codes: 0 all is well, or \
      only warned of; 1 something does not hold; 69 the provider cannot be reached; 78 the configuration is wrong, or the key is not accepted.

      EXAMPLE
        RUNPOD_API_KEY=… lora-train doctor --public-url https://train.example.com
      """)

  @OptionGroup var options: ConfigurationOptions
  @OptionGroup var output: OutputOptions
  @Option(help: ArgumentHelp("Where rented pods reach this machine: https://…", valueName: "url")) var publicUrl:
    String?

  func run() async throws {
    let configuration = try options.read()
    let findings: [Examination.Finding]
    let about: [(String, JSON)]
    if configuration.provider == .slurm {
      let examination = SlurmExamination(
        settings: try configuration.slurmSettings(), python: configuration.slurm.workerPython)
      findings = await examination.findings()
      about = [("provider", .string("slurm"))]
    } else {
      let settings = try configuration.runPodSettings()
      let examination = Examination(
        settings: settings, publicURL: publicUrl ?? configuration.publicURL,
        hub: ProcessInfo.processInfo.environment["HF_ENDPOINT"].flatMap { $0.isEmpty ? nil : $0 }
          ?? "https://huggingface.co")
      findings = await examination.findings()
      about = [("provider", .string("runpod")), ("address", .string(settings.address))]
    }
    if output.json {
      let checks = findings.map { finding in
        JSON.object([
          ("check", .string(finding.check)), ("status", .string(finding.status.rawValue)),
          ("found", .string(finding.found)), ("hint", finding.hint.map { JSON.string($0) } ?? .null),
        ])
      }
      output.emit(.object(about + [("checks", .array(checks))]))
    } else {
      for finding in findings {
        print("\(finding.status.rawValue.padded(8)) \(finding.check.padded(15)) \(finding.found)")
        if let hint = finding.hint { print("\("".padded(8)) \("".padded(15)) hint: \(hint)") }
      }
    }
    if let worst = findings.compactMap(\.code).first { throw ExitCode(worst) }
  }
}

extension String {
  fileprivate func padded(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
