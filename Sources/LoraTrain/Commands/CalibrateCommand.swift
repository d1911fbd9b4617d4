import ArgumentParser
import Calibration
import Foundation
import Journal
import Scenarios

struct CalibrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "What the history says: fitted laws, their uncertainty, how well they fit.",
    discussion: "EXAMPLE\n  lora-train calibrate --history calibration/history.sqlite --output model.json")

  @OptionGroup var history: HistoryOptions

  @Option(help: ArgumentHelp("Write the model; it can stand wherever --history can.", valueName: "model.json"))
  var output: String?

  @Flag(help: "One JSON document with stable keys.")
  var json = false

  func run() async throws {
    var calibrated = try ModelLoader.load(history.path, asOf: try history.asOfInstant)
    if let path = history.path, !path.hasSuffix(".json") {
      calibrated.model = try ModelLoader.fit(calibrated.history, goodnessOfFit: true)
      if calibrated.model.source.jobs == 0 {
        calibrated.model.warnings.append(
          "nothing is known in \(path)\(history.asOf == nil ? "" : " by then"): these are the priors")
      }
    }
    let model = calibrated.model
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    if let output {
      let threads = ProcessInfo.processInfo.activeProcessorCount
      let basis = try await EstimateBasis(calibrated, threads: threads)
      try OutputFile.write(String(decoding: try encoder.encode(basis), as: UTF8.self), to: output)
    }
    if json {
      StandardOutput.write(String(decoding: try encoder.encode(Document(model)), as: UTF8.self) + "\n")
    } else {
      print(CalibrateCommand.text(model))
      for warning in model.warnings { print("Warning: \(warning).") }
      if let output { print("The model is in \(output); give it to --history.") }
    }
  }

  /// The laws, and what is to be said of them.
  private struct Document: Encodable {
    var laws: [ModelReport.Law]
    var source: Source
    var warnings: [String]

    init(_ model: Model) {
      (laws, source, warnings) = (model.report.laws, Source(model.source), model.warnings)
    }

    /// With its instants as every answer has them; a `model.json` keeps them as it reads them.
    struct Source: Encodable {
      var name: String
      var origins: [String]
      var jobs, leases: Int
      var from, until: String?

      init(_ source: Model.Source) {
        (name, origins, jobs, leases) = (source.name, source.origins, source.jobs, source.leases)
        (from, until) = (source.from.map(Words.stamp), source.until.map(Words.stamp))
      }
    }
  }

  /// The model law by law, as a table.
  private static func text(_ model: Model) -> String {
    var table = Table(header: [
      "law", "family", "n", "cut short", "KS p", "AD p", "parameter", "value", "95 % interval", "prior's share",
    ])
    table.left = [0, 1, 6]
    for law in model.report.laws {
      for (i, name) in law.order.enumerated() {
        guard let p = law.parameters[name] else { continue }
        let fit = [law.ksP, law.adP].map { $0.map { String(format: "%.2f", $0) } ?? "–" }
        let head =
          i == 0
          ? ["\(law.name) (\(law.unit))", law.best, "\(law.n)", "\(law.censored)"] + fit
          : Array(repeating: "", count: 6)
        table.rows.append(
          head + [name, digits(p.value), "\(digits(p.low95)) – \(digits(p.high95))", share(p.prior)])
      }
    }
    let source = model.source
    let about =
      source.jobs > 0
      ? "\(Words.count(source.jobs, "job")), \(Words.count(source.leases, "lease")) in \(source.name)"
      : "no history: the priors"
    return about + "\n\n" + table.text + "\n"
  }

  private static func digits(_ x: Double) -> String { String(format: "%.4g", x) }

  private static func share(_ prior: ModelReport.Prior?) -> String {
    guard let prior else { return "–" }
    return Words.percent(prior.weight) + (prior.weak ? " (weak)" : "")
  }
}
