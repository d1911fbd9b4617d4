import Calibration
import DiscreteEvent
import Engine
import Planning
import Scenarios

/// Estimates as people read them.
enum EstimateText {
  static func one(_ answer: EstimateAnswer) -> String {
    let e = answer.estimate
    let c = e.configuration
    var lines = [
      "\(c.preset.rawValue.capitalized), \(PricingArgument.words(c.pricing)) at \(Words.dollars(answer.hourlyRate)) an hour: "
        + "\(Words.group(c.steps)) steps over \(Words.group(c.trainingPairs)) pairs of "
        + "\(Words.group(Int(c.tokensPerPair.rounded()))) tokens, \(c.epochs) \(c.epochs == 1 ? "epoch" : "epochs")"
    ]
    if let file = answer.file { lines.append(counted(file)) }
    lines.append("")
    if e.cost.count > 0 {
      var table = Table(header: ["", "likely", "8 in 10 between", "19 in 20 under"])
      table.rows = [
        row("cost", e.cost, Words.dollars), row("slot to end", e.duration, Words.duration),
      ]
      lines += [table.text, ""]
      lines.append(
        "It is done by \(Words.moment(at(e, 0.5))) UTC in half of the futures, by \(Words.moment(at(e, 0.9))) in 9 of 10."
      )
      lines += ["", Chart.histogram(e.cost, label: Words.dollars), "", "Where the money goes:", parts(e)]
    }
    if e.cost.count > 0 { lines.append("") }
    lines.append(interruptions(e))
    lines.append("Completes: \(Words.percent(answer.probabilityCompletes)) (cost and duration are given that it does).")
    lines.append(memory(answer))
    if let suggestion = answer.suggestion { lines.append("Way out: \(suggestion.text).") }
    if let difference = answer.difference { lines += ["", difference] }
    lines += ["", source(answer)]
    for warning in answer.warnings { lines.append("Warning: \(warning).") }
    lines.append(
      "\(Words.count(e.replications, "simulated run"))\(e.precision.map { ", " + $0.words } ?? ""), digest \(e.digest)."
    )
    return lines.joined(separator: "\n")
  }

  /// Presets × pricings side by side.
  static func comparison(_ answers: [EstimateAnswer]) -> String {
    var table = Table(header: [
      "preset", "pricing", "steps", "cost", "8 in 10 between", "slot to end", "9 in 10 under", "interrupted",
      "completes",
      "fits 80 GB",
    ])
    table.left = [0, 1]
    for answer in answers {
      let e = answer.estimate
      let some = e.cost.count > 0
      table.rows.append([
        e.configuration.preset.rawValue, PricingArgument.words(e.configuration.pricing),
        Words.group(e.configuration.steps),
        some ? Words.dollars(e.cost.quantile(0.5)) : "–",
        some ? "\(Words.dollars(e.cost.quantile(0.1)))–\(Words.dollars(e.cost.quantile(0.9)))" : "–",
        some ? Words.duration(e.duration.quantile(0.5)) : "–", some ? Words.duration(e.duration.quantile(0.9)) : "–",
        Words.percent(e.probabilityInterrupted), Words.percent(answer.probabilityCompletes), Words.percent(answer.fits),
      ])
    }
    var lines = [table.text, ""]
    for answer in answers where answer.suggestion != nil {
      let c = answer.estimate.configuration
      guard c.pricing == .spot, let suggestion = answer.suggestion else { continue }
      lines.append("\(c.preset.rawValue) hardly fits: \(suggestion.text).")
    }
    for answer in answers {
      if answer.estimate.configuration.pricing == .spot, let difference = answer.difference { lines.append(difference) }
    }
    if let first = answers.first {
      lines.append(source(first))
      var said: [String] = []
      for answer in answers { for warning in answer.warnings where !said.contains(warning) { said.append(warning) } }
      for warning in said where !warning.hasPrefix("the estimated cost") && !warning.hasPrefix("the run is expected") {
        lines.append("Warning: \(warning).")
      }
    }
    return lines.joined(separator: "\n")
  }

  /// One line for one job of a batch.
  static func line(_ answer: EstimateAnswer) -> String {
    let e = answer.estimate
    let job = PlainText.line(answer.job ?? "")
    guard e.cost.count > 0 else { return "\(job): no simulated run completed" }
    return "\(job): \(Words.dollars(e.cost.quantile(0.5))) "
      + "(\(Words.dollars(e.cost.quantile(0.1)))–\(Words.dollars(e.cost.quantile(0.9)))), "
      + "\(Words.duration(e.duration.quantile(0.5))), completes \(Words.percent(answer.probabilityCompletes))"
      + (answer.fits < 0.5 ? ", does not fit the GPU" : "")
  }

  /// How the file's pairs became those that are trained on.
  private static func counted(_ file: TrainingFile) -> String {
    let split = file.split
    return "Counted: \(Words.group(file.conversations)) conversations with \(Words.group(file.pairs)) pairs, "
      + "\(Words.group(file.pairsWithTarget)) of them with a target; \(Words.group(split.trainingPairs)) are trained on, "
      + "\(Words.group(split.validationPairs)) held back. A token is taken for "
      + "\(TokenEstimate.charactersPerToken) characters ± \(Words.percent(TokenEstimate.relativeSpread))."
  }

  private static func row(_ name: String, _ s: SampleSummary, _ show: (Double) -> String) -> [String] {
    [name, show(s.quantile(0.5)), "\(show(s.quantile(0.1))) – \(show(s.quantile(0.9)))", show(s.quantile(0.95))]
  }

  private static func at(_ e: Estimate, _ p: Double) -> Instant { e.start + Span(seconds: e.duration.quantile(p)) }

  private static func parts(_ e: Estimate) -> String {
    let names: [Account: String] = [
      .work: "training that is kept", .setup: "loading, preparing, finishing", .checkpoints: "checkpoints",
      .lostWork: "training lost to interruptions", .recovery: "getting going again", .idle: "idle",
      .storage: "storage",
    ]
    var table = Table(header: ["", "mean", "share"])
    for (account, dollars) in e.parts {
      guard let name = names[account], dollars > 0 else { continue }
      table.rows.append([name, Words.dollars(dollars), Words.percent(dollars / max(e.cost.mean, 1e-9))])
    }
    table.rows.append(["together", Words.dollars(e.cost.mean), ""])
    return table.text
  }

  private static func interruptions(_ e: Estimate) -> String {
    if e.configuration.pricing == .onDemand, e.probabilityInterrupted == 0 { return "Interruptions: none on demand." }
    var text =
      "Interruptions: \(Words.chance(e.probabilityInterrupted, of: e.replications)) of any; "
      + "\((e.meanInterruptions * 10).rounded() / 10) on average"
    if e.probabilitySwitched > 0 {
      text += "; \(Words.percent(e.probabilitySwitched)) of the runs end on demand after the third"
    }
    return text + "."
  }

  /// How much of the GPU's memory the run takes, and whether it fits.
  static func memory(_ answer: EstimateAnswer) -> String {
    let fits = answer.fits
    let verdict =
      answer.peak.low > answer.capacity
      ? "does not fit"
      : fits > 0.95
        ? "fits"
        : fits > 0.5
          ? "probably fits (\(Words.percent(fits)))" : "probably does not fit (\(Words.percent(fits)) that it does)"
    return "GPU memory: about \(Int(answer.peak.median.rounded())) GB "
      + "(\(Int(answer.peak.low.rounded()))–\(Int(answer.peak.high.rounded()))) of \(Int(answer.capacity)) GB: \(verdict)."
  }

  private static func source(_ answer: EstimateAnswer) -> String {
    let source = answer.estimate.source
    var text =
      source.jobs > 0
      ? "Calibrated from \(Words.count(source.jobs, "past job")) in \(source.name)." : "No history: \(source.name)."
    if let accuracy = answer.accuracy {
      text +=
        " Of the last \(accuracy.jobs) jobs, estimated from what was known before them, "
        + "\(Words.percent(accuracy.coverage80)) cost what the 8-in-10 range said; the likely cost was off by "
        + "\(Words.percent(accuracy.medianError)) in the middle case."
    }
    if let error = answer.quoteError {
      text += " The quotes shown at the time were off by \(Words.percent(error))."
    }
    return text
  }
}
