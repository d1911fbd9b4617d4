import Foundation

extension TrainingReport {
  func summary(_ zone: TimeZone) -> [ReportBlock] {
    var facts = trainingFile
    facts.append(ReportFact("Configuration", "\(preset) preset, \(hardware)"))
    if let duration {
      facts.append(ReportFact("Duration", "\(ChartUnit.grouped(duration / 3600, decimals: 1)) hours"))
    }
    if let final = finalTrainingLoss {
      facts.append(ReportFact("Final training loss", against(nil, trainingLoss, final)))
    }
    if let final = finalValidationLoss {
      facts.append(ReportFact("Final validation loss", against(baselineLoss, validationLoss, final)))
    }
    if showsCosts { facts.append(ReportFact("Cost", Money.text(costs.total))) }
    facts.append(ReportFact("Status", status == "completed" ? "Completed successfully" : status.capitalized))
    var blocks: [ReportBlock] = [.heading("Executive summary", level: 1), .facts(facts)]
    if !validation.isEmpty { blocks += [.heading("Validation", level: 2), .facts(validation)] }
    if !notes.isEmpty {
      blocks.append(.heading("Notes", level: 2))
      for note in notes {
        let stamp = note.at.map { DateTicks.stamp($0.timeIntervalSince1970, in: zone) + ", " } ?? ""
        blocks.append(.paragraph("\(stamp)\(note.person): \(note.text)"))
      }
    }
    return blocks
  }

  private func against(_ baseline: Double?, _ points: [ChartPoint], _ final: Double) -> String {
    let text = ChartUnit.number.text(final)
    guard let base = baseline ?? points.first(where: { $0.y.isFinite })?.y, base > 0 else { return text }
    let change = (base - final) / base
    let name = baseline == nil ? "first measured" : "baseline"
    let verb = change >= 0 ? "improvement" : "worse"
    return "\(text) (\(name): \(ChartUnit.number.text(base))): \(ChartUnit.fraction.text(abs(change))) \(verb)"
  }

  var lossChart: Chart {
    var layers: [ChartLayer] = []
    if !trainingLoss.isEmpty {
      layers.append(
        .line(
          ChartLine(
            "Training loss", points: trainingLoss, smoothing: trainingLoss.count > 100 ? 0.9 : nil,
            showsFinalValue: true)))
    }
    if !validationLoss.isEmpty {
      layers.append(
        .line(
          ChartLine("Validation loss", points: validationLoss, tone: .series(2), stroke: .dashed, showsFinalValue: true)
        ))
    }
    var marks = interruptionSteps.map { ChartMark($0, label: "interrupted", kind: .interruption) }
    if let stepsPerEpoch, stepsPerEpoch >= 1, Double(steps) / stepsPerEpoch < 100 {
      marks += stride(from: stepsPerEpoch, to: Double(steps), by: stepsPerEpoch).enumerated()
        .map { ChartMark($0.element, label: "epoch \($0.offset + 1)", kind: .epoch) }
    }
    return Chart(
      id: "loss", title: "Loss by step", x: ChartAxis("Step", unit: .count), left: ChartAxis("Loss"), layers: layers,
      marks: marks, size: ChartSize(width: 720, height: 340))
  }

  var rateChart: Chart {
    Chart(
      id: "rate", title: "Learning rate schedule", x: ChartAxis("Step", unit: .count),
      left: ChartAxis("Learning rate", includesZero: true),
      layers: [.line(ChartLine("Learning rate", points: learningRate, tone: .series(3)))],
      size: ChartSize(width: 720, height: 260))
  }

  var metrics: [ReportBlock] {
    var blocks: [ReportBlock] = [.heading("Training metrics", level: 1)]
    if trainingLoss.isEmpty && validationLoss.isEmpty {
      blocks.append(.paragraph("The worker reported no losses for this job."))
    } else {
      blocks += [.heading("Loss curves", level: 2), .chart(lossChart)]
    }
    if !learningRate.isEmpty { blocks += [.heading("Learning rate", level: 2), .chart(rateChart)] }
    var table = ReportTable([.init("Metric"), .init("Value", isNumber: true)])
    table.add(["Steps trained", .init(ChartUnit.count.text(Double(steps)))])
    let values: [(String, Double?, ChartUnit)] = [
      ("Final training loss", finalTrainingLoss, .number), ("Final validation loss", finalValidationLoss, .number),
      ("Perplexity on the validation set", perplexity ?? finalValidationLoss.map { exp($0) }, .number),
      ("Mean GPU utilization", gpuUtilization, .fraction),
    ]
    for (name, value, unit) in values {
      if let value { table.add([.init(name), .init(unit.text(value))]) }
    }
    blocks += [.heading("Metrics", level: 2), .table(table)]
    if perplexity == nil, finalValidationLoss != nil {
      blocks.append(.paragraph("Perplexity is exp(validation loss), from the same evaluation."))
    }
    if !trainingLoss.isEmpty {
      let convergence = Convergence(training: trainingLoss, validation: validationLoss, stepsPerEpoch: stepsPerEpoch)
      blocks += [.heading("Convergence", level: 2), .paragraph(convergence.sentences.joined(separator: " "))]
    }
    return blocks
  }

  var costBreakdown: [ReportBlock] {
    var table = ReportTable([.init("Part"), .init("US dollars", isNumber: true)], hasTotal: true)
    for (part, cents) in zip(costs.parts, costs.cents) where part.nanodollars != 0 {
      table.add([.init(part.name), .init(Money.text(cents: cents))])
    }
    table.add(["Total cost", .init(Money.text(costs.total))])
    var blocks: [ReportBlock] = [.heading("Cost breakdown", level: 1), .table(table)]
    var facts: [ReportFact] = []
    for lease in leases {
      facts.append(
        ReportFact(
          "GPU time",
          "\(ChartUnit.grouped(lease.hours, decimals: 1)) hours \(lease.pricing) at "
            + "\(ChartUnit.dollars(lease.rate, decimals: 2)) an hour"))
    }
    facts.append(
      ReportFact("Spot interruptions", "\(interruptions) (recovery overhead: \(Money.text(interruptionOverhead)))"))
    if let equivalent = onDemandEquivalent, equivalent.nanodollars > 0 {
      let saved = 1 - Double(costs.total) / Double(equivalent.nanodollars)
      let words =
        saved >= 0
        ? "\(ChartUnit.fraction.text(saved)) cheaper than on-demand (\(Money.text(equivalent.nanodollars)) estimate)"
        : "\(ChartUnit.fraction.text(-saved)) dearer than on-demand (\(Money.text(equivalent.nanodollars)) estimate)"
      facts += [ReportFact("Cost efficiency", words), ReportFact("On-demand estimate", equivalent.source)]
    }
    blocks.append(.facts(facts))
    blocks.append(.paragraph("Amounts are rounded to cents so that the parts come to the total."))
    return blocks
  }

  func appendix(_ zone: TimeZone) -> [ReportBlock] {
    var blocks: [ReportBlock] = [.heading("Appendix", level: 1), .heading("Full configuration", level: 2)]
    var table = ReportTable([.init("Setting"), .init("Value")])
    for fact in configuration { table.add([.init(fact.name), .init(fact.value)]) }
    blocks.append(.table(table))
    blocks.append(.heading("Checkpoint history", level: 2))
    if checkpoints.isEmpty {
      blocks.append(.paragraph("No checkpoint was saved."))
    } else {
      var table = ReportTable([.init("Step", isNumber: true), .init("Saved at")])
      for checkpoint in checkpoints {
        let at = checkpoint.at.map { DateTicks.stamp($0.timeIntervalSince1970, in: zone) } ?? ""
        table.add([.init(ChartUnit.count.text(Double(checkpoint.step))), .init(at)])
      }
      blocks.append(.table(table))
    }
    blocks.append(.heading("Event log summary", level: 2))
    var summary = ReportTable([.init("Event"), .init("Times", isNumber: true)])
    for event in events { summary.add([.init(event.kind), .init("\(event.count)")]) }
    blocks.append(.table(summary))
    return blocks
  }
}
