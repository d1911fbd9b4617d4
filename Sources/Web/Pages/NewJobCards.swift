import Calibration
import DiscreteEvent
import Engine
import Foundation
import Live
import Scenarios

/// The cards to choose from: presets and kinds of GPU, with figures from what estimates stand on.
enum NewJobCards {
  private static let texts: [(preset: Preset, description: String, risk: String)] = [
    (.conservative, "Best for high-quality seed datasets and first training runs", "Low"),
    (.balanced, "Production-ready configuration for most use cases", "Medium"),
    (.aggressive, "Maximum quality for complex datasets, experimentation, when quality is paramount", "Higher"),
  ]

  static func cards(_ desk: PageDesk, _ chosen: JobConfiguration, _ view: LiveView, _ book: PresetBook) async -> (
    [NewJobPage.Card], [NewJobPage.Card]
  ) {
    var presets: [NewJobPage.Card] = []
    var (source, spotTrouble): (String?, String?) = (nil, nil)
    for (preset, description, risk) in texts {
      var c = book.configuration(preset, pricing: .spot)
      (c.trainingPairs, c.tokensPerPair) = (chosen.trainingPairs, chosen.tokensPerPair)
      var spot: QuoteDocument?
      var trouble: String?
      do { spot = try await desk.advice.quote(c) } catch { trouble = (error as? InputError)?.problem }
      c.pricing = .onDemand
      let onDemand = try? await desk.advice.quote(c)
      // Where on-demand can be quoted and spot cannot, nobody sells spot.
      if onDemand != nil { spotTrouble = spotTrouble ?? trouble }
      source = source ?? spot?.source ?? onDemand?.source
      var figures: [String] = []
      if let spot {
        figures.append(
          "Estimated duration: \(Wording.duration(spot.duration_s.p10)) – \(Wording.duration(spot.duration_s.p90))")
        figures.append(
          "Estimated cost: \(Wording.range(spot.cost_usd.p10, spot.cost_usd.p90)) (spot)"
            + (onDemand.map { " / \(Wording.range($0.cost_usd.p10, $0.cost_usd.p90)) (on-demand)" } ?? ""))
        figures.append("Completes: \(Wording.percent(spot.p_completes)) on spot, based on \(spot.source)")
        if let memory = spot.memory { figures.append(memory) }
      }
      presets.append(
        .init(
          value: preset.rawValue, label: preset.rawValue.capitalized, description: description,
          values:
            "r=\(c.rank), lr=\(String(format: "%g", c.learningRate)), epochs=\(c.epochs), batch_size=\(c.batchSize), "
            + "gradient_accumulation_steps=\(c.gradientAccumulation)",
          risk: "Risk level: \(risk)", figures: figures, isChosen: chosen.preset == preset))
    }
    let recoveries = try? await desk.pods.figures().recoveries
    return (presets, pricings(chosen, view, desk.advice.rates, source, spotTrouble, recoveries))
  }

  /// - Parameter trouble: why there is no spot; nil: there is.
  private static func pricings(
    _ chosen: JobConfiguration, _ view: LiveView, _ rates: (spot: Double, onDemand: Double)?, _ source: String?,
    _ trouble: String?, _ recoveries: AnalyticsDocument.Recoveries?
  ) -> [NewJobPage.Card] {
    let isSpot = chosen.pricing == .spot && trouble == nil
    let (spot, onDemand) = (price(.spot, view, rates?.spot, source), price(.onDemand, view, rates?.onDemand, source))
    let saving = rates.flatMap { $0.onDemand > $0.spot && $0.spot > 0 ? 1 - $0.spot / $0.onDemand : nil }
    return [
      .init(
        value: "spot", label: "Spot instance", description: "Best for non-urgent training, cost optimization",
        values: "H100 PCIe 80GB", risk: trouble == nil ? interruptions(view) : "",
        figures: trouble.map { ["Not to be had: \($0)"] }
          ?? [
            spot, saving.map { "\(Wording.per($0)) cheaper than on-demand, by the hour" },
            "Taken back at any time; recovers by itself from the last checkpoint", resumption(recoveries),
            success(view),
          ].compactMap { $0 }, isChosen: isSpot, isDisabled: trouble != nil),
      .init(
        value: "on_demand", label: "On-demand instance", description: "Best for client deadlines, critical deliveries",
        values: "H100 PCIe 80GB", risk: "No interruptions, predictable completion time",
        figures: [onDemand, "At the higher hourly rate; the estimate says what that comes to"].compactMap { $0 },
        isChosen: !isSpot),
    ]
  }

  /// What an hour costs, since when, and who says so: what was paid last, else what estimates reckon with.
  private static func price(_ pricing: Pricing, _ view: LiveView, _ rate: Double?, _ source: String?) -> String? {
    let paid = view.fleet.jobs.indices.lazy.filter {
      let lease = view.fleet.jobs[$0].lease
      return lease.number > 0 && lease.pricing == pricing && lease.hourlyRate > 0
    }.max { view.fleet.jobs[$0].lease.granted < view.fleet.jobs[$1].lease.granted }
    if let paid {
      let lease = view.fleet.jobs[paid].lease
      let day = (Wording.stamp(lease.granted) ?? "").prefix(10)
      return "\(Wording.money(lease.hourlyRate))/hr, as \(view.descriptions[paid].id) paid on \(day)"
    }
    return rate.map { "\(Wording.money($0))/hr, as estimates reckon" + (source.map { " (\($0))" } ?? "") }
  }

  /// How long it took until training went on, where that has happened.
  static func resumption(_ recoveries: AnalyticsDocument.Recoveries?) -> String {
    guard let recoveries, let middle = recoveries.median_downtime_s, let rate = recoveries.success_rate else {
      return "Resume time: none of our jobs was interrupted yet; loading the model alone takes 10-15 min"
    }
    let count = recoveries.recovered == 1 ? "1 recovery" : "\(Wording.group(recoveries.recovered)) recoveries"
    return
      "Resume time: \(Wording.duration(middle)) in the middle case of \(count) of ours, of which \(recoveries.within_10_minutes) within 10 min; \(Wording.per(rate)) of recoveries succeed"
  }

  /// Of the store's own spot jobs that completed or failed, ever.
  private static func success(_ view: LiveView) -> String? {
    var (completed, over) = (0, 0)
    for i in view.fleet.jobs.indices {
      let job = view.fleet.jobs[i]
      guard job.spec.pricing == .spot, job.phase == .completed || job.phase == .failed,
        view.descriptions[i].examines == nil
      else { continue }
      over += 1
      if job.phase == .completed { completed += 1 }
    }
    guard over > 0 else { return "Success rate: no spot job of ours is over yet" }
    return
      "\(Wording.per(Double(completed) / Double(over))) of our spot jobs complete successfully (\(completed) of \(over); goal: 95%)"
  }

  /// Of the store's own spot jobs that had a slot in the last 30 days.
  private static func interruptions(_ view: LiveView) -> String {
    let since = view.at - Span.days(30)
    var (ran, interrupted) = (0, 0)
    for i in view.fleet.jobs.indices {
      let job = view.fleet.jobs[i]
      guard job.spec.pricing == .spot, job.admitted < .distantFuture, job.submitted > since else { continue }
      ran += 1
      if job.interruptions > 0 { interrupted += 1 }
    }
    guard ran > 0 else { return "No spot job of ours in the last 30 days" }
    let share = Double(interrupted) / Double(ran)
    return "\(Wording.per(share)) interruption rate last 30 days (\(Wording.count(ran, "spot job")) of ours)"
  }

  static func usual(_ setting: String, _ c: PresetParameters) -> String {
    switch setting {
    case "rank": "\(c.rank)"
    case "learning_rate": String(format: "%g", c.learningRate)
    case "epochs": "\(c.epochs)"
    case "batch_size": "\(c.batchSize)"
    case "gradient_accumulation": "\(c.gradientAccumulation)"
    case "max_sequence_length": "\(c.maxSequenceLength)"
    default: "\(c.checkpointEvery)"
    }
  }
}
