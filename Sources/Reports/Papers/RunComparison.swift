import Foundation

/// Two to four training runs side by side, and which of them to build on.
public struct RunComparison: Sendable {
  /// One of the jobs that are compared.
  public struct Run: Sendable {
    public var name: String
    public var preset: String
    public var gpu: String
    public var isCompleted: Bool
    public var trainingLoss: [ChartPoint]
    public var validationLoss: [ChartPoint]
    public var perplexity: Double?
    /// Seconds from the slot to the end.
    public var duration: Double?
    /// Nanodollars.
    public var cost: Int64
    public var configuration: [ReportFact]

    public init(
      name: String, preset: String, gpu: String, isCompleted: Bool, trainingLoss: [ChartPoint],
      validationLoss: [ChartPoint], perplexity: Double?, duration: Double?, cost: Int64, configuration: [ReportFact]
    ) {
      self.name = name
      self.preset = preset
      self.gpu = gpu
      self.isCompleted = isCompleted
      self.trainingLoss = trainingLoss
      self.validationLoss = validationLoss
      self.perplexity = perplexity
      self.duration = duration
      self.cost = cost
      self.configuration = configuration
    }

    public var finalTrainingLoss: Double? { trainingLoss.last { $0.y.isFinite }?.y }
    public var finalValidationLoss: Double? { validationLoss.last { $0.y.isFinite }?.y }
    /// As it was measured, or what the validation loss says.
    public var finalPerplexity: Double? { perplexity ?? finalValidationLoss.map { exp($0) } }
  }

  /// Which of them to build on, and why.
  public struct Recommendation: Sendable, Equatable {
    public var index: Int
    public var text: String
    public var reason: String
  }

  /// Blue, green, red, orange, as the story wants them.
  public static let tones = (0..<4).map(ChartTone.series)

  public let runs: [Run]

  /// - Throws: ``ReportsError`` for fewer than two or more than four runs.
  public init(_ runs: [Run]) throws {
    guard (2...4).contains(runs.count) else { throw ReportsError("two to four jobs are compared, not \(runs.count)") }
    self.runs = runs
  }

  /// A validation loss this much above the least is as good.
  static let tolerance = 0.05

  /// Quality first, then cost, then time: of the completed runs whose validation loss is within 5 % of the least, the cheapest; of equally
  /// cheap ones the quickest.
  ///
  /// `nil` where fewer than two runs completed with a validation loss: there is nothing to choose from.
  public var recommendation: Recommendation? {
    let fit = runs.indices.filter { runs[$0].isCompleted && (runs[$0].finalValidationLoss ?? 0) > 0 }
    func loss(_ index: Int) -> Double { runs[index].finalValidationLoss ?? .infinity }
    guard fit.count >= 2, let least = fit.map(loss).min() else { return nil }
    let good = fit.filter { loss($0) <= least * (1 + Self.tolerance) }
    let order = good.sorted {
      (runs[$0].cost, runs[$0].duration ?? .infinity, loss($0)) < (
        runs[$1].cost, runs[$1].duration ?? .infinity, loss($1)
      )
    }
    guard let best = order.first else { return nil }
    let run = runs[best]
    let figures =
      "validation loss \(ChartUnit.number.text(loss(best))), cost \(Money.text(run.cost))"
      + (run.duration.map { ", \(ChartUnit.duration.text($0))" } ?? "")
    let reason =
      good.count == 1
      ? "No other completed run's validation loss is within 5 % of its own (\(figures))."
      : "Its validation loss is within 5 % of the least, and of the \(good.count) runs of which that holds it costs least (\(figures))."
    return Recommendation(
      index: best, text: "Recommended: \(run.name) (\(run.preset) preset): best quality/cost ratio", reason: reason)
  }

  /// "Job 2: 15 % lower loss than Job 1".
  public var differences: [String] {
    guard let base = runs.first, let loss = base.finalValidationLoss ?? base.finalTrainingLoss, loss > 0 else {
      return []
    }
    return runs.dropFirst().compactMap { run in
      guard let other = run.finalValidationLoss ?? run.finalTrainingLoss else { return nil }
      let change = other / loss - 1
      let costs = base.cost > 0 ? Double(run.cost) / Double(base.cost) - 1 : 0
      return
        "\(run.name)\(run.isCompleted ? "" : " (not completed)"): \(ChartUnit.fraction.text(abs(change))) \(change <= 0 ? "lower" : "higher") loss than \(base.name), at "
        + "\(ChartUnit.fraction.text(abs(costs))) \(costs <= 0 ? "less" : "more") cost"
    }
  }

  /// Settings in which the runs differ, then those in which they don't.
  public var settings: [(name: String, values: [String], differs: Bool)] {
    var names: [String] = []
    for run in runs { for fact in run.configuration where !names.contains(fact.name) { names.append(fact.name) } }
    let all = names.map { name in
      let values = runs.map { run in run.configuration.first { $0.name == name }?.value ?? "" }
      return (name: name, values: values, differs: Set(values).count > 1)
    }
    return all.filter(\.differs) + all.filter { !$0.differs }
  }

  /// All curves on one plot.
  public func chart(showsTraining: Bool = true, showsValidation: Bool = true) -> Chart {
    var layers: [ChartLayer] = []
    for (run, tone) in zip(runs, Self.tones) {
      if showsTraining, !run.trainingLoss.isEmpty {
        layers.append(
          .line(
            ChartLine(
              "\(run.name), training", points: run.trainingLoss, tone: tone,
              smoothing: run.trainingLoss.count > 100 ? 0.9 : nil, showsFinalValue: !showsValidation)))
      }
      if showsValidation, !run.validationLoss.isEmpty {
        layers.append(
          .line(
            ChartLine(
              "\(run.name), validation", points: run.validationLoss, tone: tone, stroke: .dashed, showsFinalValue: true)
          ))
      }
    }
    return Chart(
      id: "comparison", title: "Loss by step", x: ChartAxis("Step", unit: .count), left: ChartAxis("Loss"),
      layers: layers,
      size: ChartSize(width: 720, height: 380))
  }
}
