import ArgumentParser
import Calibration
import Foundation
import Scenarios

struct FitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit", abstract: "Fits lifetime laws to any CSV of durations, censored or truncated.",
    discussion: "EXAMPLE\n  lora-train fit vms.csv --duration lifetime_s --event event")

  @Argument(help: "The CSV file, with a header line.")
  var file: String

  @Option(help: ArgumentHelp("Column of durations.", valueName: "column"))
  var duration: String

  @Option(help: ArgumentHelp("Column that is 1 where the end was seen, 0 where it was cut off.", valueName: "column"))
  var event: String?

  @Option(help: ArgumentHelp("Column of ages at which each came under observation.", valueName: "column"))
  var entry: String?

  @Option(help: ArgumentHelp("Column of upper bounds of the end (interval-censored).", valueName: "column"))
  var upper: String?

  @Option(help: "Ages at which a piecewise hazard changes: auto, or numbers in the column's unit, as 900,3600.")
  var ageBreaks = "auto"

  @Option(help: "auto, or one of exponential, weibull, lognormal, gamma, piecewise.")
  var family = "auto"

  @Option(help: "Unit of the durations (s, min, h, d); without it, what the column's name ends in.")
  var unit: String?

  @OptionGroup var output: OutputOptions

  func run() async throws {
    let families: [SurvivalFamily]
    if family == "auto" {
      families = SurvivalFamily.allCases
    } else if let one = SurvivalFamily(rawValue: family) {
      families = [one]
    } else {
      let names = SurvivalFamily.allCases.map(\.rawValue)
      let near = NearestName.of(family, in: names).map { ": did you mean \($0)?" } ?? ""
      throw ValidationError("--family takes auto or one of \(names.joined(separator: ", ")), not '\(family)'\(near)")
    }
    var breaks = AgeBreaks.auto
    if ageBreaks != "auto" {
      let ages = ageBreaks.split(separator: ",").map { NumberText.double($0.trimmingCharacters(in: .whitespaces)) }
      guard !ages.isEmpty, ages.allSatisfy({ $0 != nil }) else {
        throw ValidationError(
          "--age-breaks takes auto or ages such as 900,3600, in the unit of the durations, not '\(ageBreaks)'")
      }
      let given = ages.compactMap { $0 }
      guard given.first.map({ $0 > 0 }) == true, zip(given, given.dropFirst()).allSatisfy({ $0 < $1 }) else {
        throw ValidationError("--age-breaks takes ages above 0, each above the one before")
      }
      breaks = .given(given)
    }
    let csv = try DurationsCSV.read(path: file, duration: duration, event: event, entry: entry, upper: upper)
    let observations = csv.durations.indices.map { i in
      SurvivalData.Observation(
        duration: csv.durations[i], event: csv.events?[i] ?? true, entry: csv.entries?[i] ?? 0,
        upper: csv.uppers?[i])
    }
    let stated = unit.flatMap { TimeUnit(rawValue: $0) } ?? TimeUnit.stated(byColumn: duration)
    if let unit, TimeUnit(rawValue: unit) == nil {
      throw ValidationError(
        "--unit takes one of \(TimeUnit.allCases.map(\.rawValue).joined(separator: ", ")), not '\(unit)'")
    }
    let report: FitReport
    do {
      let data = try SurvivalData(observations)
      // Programs get SI seconds, as from every command; people read hours.
      report = try FitReport(
        data, unit: stated, reportUnit: output.json ? .second : .hour, families: families, ageBreaks: breaks)
    } catch let error as SurvivalDataError {
      throw InputError(
        .badData, file: file, line: error.row.flatMap { $0 < csv.lines.count ? csv.lines[$0] : nil }, "\(error)",
        hint: "durations are 0 or more; an entry lies before its duration, an upper bound after it")
    } catch let error as FitError {
      throw InputError(.badData, file: file, "\(error)", hint: "check --duration and --event; a fit needs events")
    }
    if output.json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
      encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
      StandardOutput.write(String(decoding: try encoder.encode(report), as: UTF8.self) + "\n")
    } else {
      print(report.text)
    }
  }
}
