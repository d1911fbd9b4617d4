import ArgumentParser
import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Planning
import Scenarios

struct BacktestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backtest", abstract: "How good the forecasts would have been: a walk forward through a history.",
    discussion: """
      EXAMPLE
        lora-train backtest --history calibration/history.sqlite --require coverage_80=0.765..0.835
      """)

  @OptionGroup var history: HistoryOptions

  @Option(help: ArgumentHelp("Begin when so many jobs have ended.", valueName: "n"))
  var from: Int = 20

  @Option(help: ArgumentHelp("Calibrate anew after so many jobs.", valueName: "n"))
  var refitEvery: Int = 5

  @Option(
    help: ArgumentHelp(
      "Exit with 1 unless the coverage of the 80 % intervals, from 50 past jobs on, lies in this range.",
      valueName: "coverage_80=0.765..0.835"))
  var require: String?

  @OptionGroup var simulation: SimulationOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard from >= 1 else { throw ValidationError("--from must be at least 1") }
    guard refitEvery >= 1 else { throw ValidationError("--refit-every must be at least 1") }
    guard history.history != nil else { throw ValidationError("backtest needs --history: a history database") }
    _ = try required()
  }

  private func required() throws -> ClosedRange<Double>? {
    guard let require else { return nil }
    let parts = require.split(separator: "=")
    let bounds = parts.count == 2 ? parts[1].components(separatedBy: "..").compactMap(PercentArgument.share) : []
    guard parts.first == "coverage_80", bounds.count == 2, bounds[0] <= bounds[1] else {
      throw ValidationError("--require takes coverage_80=LOW..HIGH, as coverage_80=0.765..0.835, not '\(require)'")
    }
    return bounds[0]...bounds[1]
  }

  func run() async throws {
    let path = history.history ?? ""
    let records = try HistoryReader.read(path: path, asOf: try history.asOfInstant)
    let points = ModelLoader.points(simulation.sampling)
    let showsProgress = isatty(STDERR_FILENO) == 1
    let backtest = try await Backtest.run(
      records, from: from, refitEvery: refitEvery, projectedAt: Projection.shares,
      replications: simulation.replications ?? 1_000,
      seed: simulation.seed, threads: simulation.threads, policies: Calibrated.policies,
      calibrate: { history in
        let model = try ModelLoader.fit(history)
        return (0..<ModelSource.draws).map { model.draw($0, of: ModelSource.draws, seed: 1, points: points) }
      },
      progress: { done, total in
        guard showsProgress, done % 10 == 0 || done == total else { return }
        StandardError.write("\r\(done) of \(total) jobs\(done == total ? "\n" : "")")
      })
    guard !(backtest.scores[.cost] ?? []).isEmpty else {
      throw InputError(
        .badData, file: path,
        "no job was submitted after \(from == 1 ? "another" : "\(Words.group(from)) others") had ended: there is nothing to score",
        hint: "give a longer history, or a smaller --from")
    }
    if output.json { output.emit(document(backtest)) } else { print(text(backtest)) }
    if let range = try required() {
      for quantity in Backtest.Quantity.allCases {
        let (coverage, scored) = backtest.coverage(quantity, from: 50)
        guard scored > 0 else {
          Failure.say("--require looks at jobs with 50 past ones or more, and there is none")
          throw ExitCode(1)
        }
        if !range.contains(coverage) {
          Failure.say("the 80 % intervals of the \(quantity.rawValue) hold \(Words.percent(coverage)) of the outcomes")
          throw ExitCode(1)
        }
      }
    }
  }

  private func document(_ backtest: Backtest) -> JSON {
    func block(_ quantity: Backtest.Quantity) -> JSON {
      let all = backtest.coverage(quantity, from: 0)
      let long = backtest.coverage(quantity, from: 50)
      let bands: [JSON] = Backtest.bands.compactMap { band in
        let crps = backtest.crps(quantity, in: band)
        guard crps.n > 0 else { return nil }
        return .object([
          ("from", .integer(band.lowerBound)), ("jobs", .integer(crps.n)), ("crps", .number(crps.ours)),
          ("baselines", .object(zip(Backtest.baselineNames, crps.baselines).map { ($0, .number($1)) })),
          ("ratio_to_best", .number(crps.ours / (crps.baselines.min() ?? .nan))),
          ("ratio_standard_error", backtest.ratioToBest(quantity, in: band).map { .number($0.standardError) } ?? .null),
        ])
      }
      return .object([
        ("jobs", .integer(all.n)), ("coverage_80", .number(all.share)), ("coverage_80_from_50", .number(long.share)),
        ("bias_log", .number(backtest.bias(quantity))), ("mape_p50", .number(backtest.medianError(quantity))),
        ("pit", .array(backtest.pitHistogram(quantity).map { .integer($0) })), ("bands", .array(bands)),
      ])
    }
    return .object([
      ("cost", block(.cost)), ("duration", block(.duration)), ("projections", .array(projections(backtest))),
    ])
  }

  /// Of running jobs, when so large a share of their steps was done.
  private func projections(_ backtest: Backtest) -> [JSON] {
    func block(_ projected: [Projection.Projected]) -> JSON {
      let errors = Backtest.errors(projected)
      return .object([
        ("jobs", .integer(errors.of)), ("coverage_80", .number(Double(errors.held) / Double(max(1, errors.of)))),
        ("bias_log", .number(errors.bias)), ("mape_p50", .number(errors.median)),
      ])
    }
    return Projection.shares.compactMap { share in
      let some = backtest.projected(at: share)
      return some.isEmpty
        ? nil
        : .object([
          ("share", .number(share)), ("cost", block(some.map(\.cost))), ("duration", block(some.map(\.duration))),
        ])
    }
  }

  private func projectionLines(_ backtest: Backtest) -> [String] {
    let lines = Projection.shares.compactMap { share -> String? in
      let some = backtest.projected(at: share)
      guard !some.isEmpty else { return nil }
      let (cost, time) = (Backtest.errors(some.map(\.cost)), Backtest.errors(some.map(\.duration)))
      return
        "  With \(Words.percent(share)) of the steps done, the projected cost was off by \(Words.percent(cost.median)) in the middle case, the "
        + "duration by \(Words.percent(time.median)); the 80 % interval held the cost of \(cost.held) of \(cost.of)."
    }
    return lines.isEmpty ? [] : ["Projections of the same jobs on their way"] + lines + [""]
  }

  private func text(_ backtest: Backtest) -> String {
    var lines: [String] = []
    for quantity in Backtest.Quantity.allCases {
      let long = backtest.coverage(quantity, from: 50)
      let title = quantity == .cost ? "Cost" : "Duration"
      lines.append("\(title) of \(backtest.coverage(quantity, from: 0).n) completed jobs")
      if long.n > 0 {
        lines.append(
          "  From 50 past jobs on, the 80 % interval held \(Words.percent(long.share)) of \(long.n) outcomes.")
      }
      let bias = backtest.bias(quantity)
      lines.append(
        "  The middle estimate was off by \(Words.percent(backtest.medianError(quantity))) in the middle case, "
          + "and \(Words.percent(abs(bias))) too \(bias > 0 ? "high" : "low") on average.")
      var header = ["past jobs", "jobs", "CRPS"]
      header += Backtest.baselineNames
      header.append("ours ÷ best")
      var table = Table(header: header)
      for band in Backtest.bands {
        let crps = backtest.crps(quantity, in: band)
        guard crps.n > 0, let best = crps.baselines.min() else { continue }
        let show: (Double) -> String = { quantity == .cost ? Words.dollars($0) : Words.duration($0) }
        let name = band.upperBound == .max ? "\(band.lowerBound) and more" : "\(band.lowerBound)–\(band.upperBound)"
        var row: [String] = [name, "\(crps.n)", show(crps.ours)]
        row += crps.baselines.map(show)
        // A ratio of two dozen jobs without its error reads as more than it is.
        let error = backtest.ratioToBest(quantity, in: band).map { String(format: " ± %.2f", $0.standardError) } ?? ""
        row.append(String(format: "%.2f", crps.ours / best) + error)
        table.rows.append(row)
      }
      let tenths = backtest.pitHistogram(quantity).map { "\($0)" }.joined(separator: " ")
      lines += [table.text, "  PIT by tenths (flat is calibrated): \(tenths)", ""]
    }
    return (lines + projectionLines(backtest)).joined(separator: "\n")
  }
}
