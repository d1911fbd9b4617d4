import CGSL
import DiscreteEvent
import Engine

/// The model of the world: what a history and the priors say of every law that the simulator draws from.
///
/// It holds posteriors, no data. ``point`` is the world at the medians; ``draw(_:of:seed:)`` gives possible truths, so that
/// a forecast is as unsure as 20 jobs, or 400, leave it. Encoded, it stands wherever a history can.
public struct Model: Sendable, Codable {
  /// What the model was fitted to.
  public struct Source: Hashable, Sendable, Codable {
    /// What a person reads as the source: a file's name, or "priors".
    public var name: String
    /// Origins of the stores it came from: real, sandbox, synthetic.
    public var origins: [String]
    public var jobs: Int
    public var leases: Int
    /// The stretch that was watched; nil without a history.
    public var from: Instant?
    public var until: Instant?
  }

  /// The format of the encoded model.
  public static let formatVersion = 1
  public var version = Model.formatVersion
  public var source: Source
  /// What a reader should know: changed regimes, and data too thin to say much.
  public var warnings: [String] = []
  /// What was fitted, law by law.
  public var report: ModelReport

  var provisioning: ByPricing<DurationPosterior>
  var availability: ByPricing<AvailabilityPosterior>
  var boot: DurationPosterior
  var preprocessing: DurationPosterior
  var modelLoading: DurationPosterior
  var restore: DurationPosterior
  var finalization: DurationPosterior
  /// Seconds of a forward pass that answers a suite; nil in a model that was written before there was any.
  var suitePass: DurationPosterior?
  var checkpoint: DurationPosterior
  var checkpointUpload: DurationPosterior
  var detection: DurationPosterior
  var step: StepPosterior
  var interruptions: ByPricing<HazardPosterior>
  var crashes: ByPreset<Marginal>
  var cancellations: Marginal
  var outOfMemory: ByPreset<Marginal>
  /// By configuration, relative to the preset's rate; nil in a model that was written before there were any.
  var crashRisks: [FailureRisks.Risk]?
  var memoryRisks: [FailureRisks.Risk]?
  var arrivals: ArrivalsPosterior
  /// Past jobs, each a kind that may come again; their weights are drawn by the Bayesian bootstrap.
  public var mix: [JobKind]
  var hourlyRate: ByPricing<Double>
  /// The configurations that the step time was learnt from.
  var learnt: ConfigurationRange?

  /// The world with every parameter at its median.
  public var point: WorldParameters {
    var strata = Strata.medians
    var world = parameters(&strata)
    world.mix = mix
    return world
  }

  /// One possible truth.
  ///
  /// The `count` draws are stratified: each parameter meets each of `count` equally probable slices once, in an order of
  /// its own. The same arguments give the same world. Takes some microseconds, besides those for the mix.
  /// - Parameters:
  ///   - index: 0 ..< `count`.
  ///   - points: `count` of them, for ``ParameterSampling/sobol``.
  public func draw(_ index: Int, of count: Int, seed: UInt64, points: SobolPoints? = nil) -> WorldParameters {
    var strata = Strata(index: index, of: count, seed: seed, points: points)
    var world = parameters(&strata)
    world.mix = mix
    // Rubin: "The Bayesian bootstrap", Annals of Statistics 9, 1981.
    var stream = RandomStream(seed: seed, replication: UInt64(index), entity: 0, purpose: Model.mixPurpose)
    for i in world.mix.indices { world.mix[i].weight *= -log(stream.uniform()) }
    return world
  }

  private static let mixPurpose: UInt16 = 0x4D69
  /// The median of the prior `suite_pass_seconds`.
  private static let usualSuitePass = 0.15

  private func parameters(_ strata: inout Strata) -> WorldParameters {
    var w = WorldParameters()
    w.step = step.draw(&strata)
    w.interruptions = ByPricing(
      spot: interruptions.spot.draw(&strata), onDemand: interruptions.onDemand.draw(&strata))
    w.availability = ByPricing(spot: availability.spot.draw(&strata), onDemand: availability.onDemand.draw(&strata))
    w.provisioning = ByPricing(spot: provisioning.spot.law(&strata), onDemand: provisioning.onDemand.law(&strata))
    w.boot = boot.law(&strata)
    w.preprocessing = preprocessing.law(&strata)
    w.modelLoading = modelLoading.law(&strata)
    w.restore = restore.law(&strata)
    w.finalization = finalization.law(&strata)
    w.checkpoint = checkpoint.law(&strata)
    w.checkpointUpload = checkpointUpload.law(&strata)
    w.detection = detection.law(&strata)
    for preset in Preset.allCases {
      w.crashesPerHour[preset] = crashes[preset].quantile(strata.next())
      w.outOfMemory[preset] = outOfMemory[preset].quantile(strata.next())
    }
    w.cancellationsPerHour = cancellations.quantile(strata.next())
    w.arrivals = arrivals.draw(&strata)
    w.hourlyRate = hourlyRate
    // Last, so that nothing else is drawn from other numbers. What one job differs by from another is in it, too: drawn once for a world.
    let pass = suitePass?.law(&strata) ?? .constant(Model.usualSuitePass)
    w.suitePass = max(0, pass.quantile(strata.next()))
    w.crashRisks = crashRisks?.draw(&strata) ?? [:]
    w.memoryRisks = memoryRisks?.draw(&strata) ?? [:]
    return w
  }
}

/// The smallest and the greatest of what past jobs were configured to.
public struct ConfigurationRange: Hashable, Sendable, Codable {
  public var tokensPerStep: ClosedRange<Double>
  public var rank: ClosedRange<Int>
  public var batchSize: ClosedRange<Int>

  init?(_ configurations: [JobConfiguration]) {
    guard let tokens = configurations.map(\.tokensPerStep).span, let ranks = configurations.map(\.rank).span,
      let batches = configurations.map(\.batchSize).span
    else { return nil }
    (tokensPerStep, rank, batchSize) = (tokens, ranks, batches)
  }
}

extension Array where Element: Comparable {
  fileprivate var span: ClosedRange<Element>? {
    guard let low = self.min(), let high = self.max() else { return nil }
    return low...high
  }
}

extension Model {
  /// What to tell of a configuration that no past job came near: its step time is extrapolated, and so less sure.
  public func warnings(for c: JobConfiguration) -> [String] {
    guard let learnt else { return [] }
    var result: [String] = []
    let tokens = c.tokensPerStep
    if tokens < learnt.tokensPerStep.lowerBound / 1.1 || tokens > learnt.tokensPerStep.upperBound * 1.1 {
      result.append(
        "\(Int(tokens.rounded())) tokens a step lie outside the history's "
          + "\(Int(learnt.tokensPerStep.lowerBound.rounded()))–\(Int(learnt.tokensPerStep.upperBound.rounded()))")
    }
    if !learnt.rank.contains(c.rank) {
      result.append("rank \(c.rank) lies outside the history's \(learnt.rank.lowerBound)–\(learnt.rank.upperBound)")
    }
    if !learnt.batchSize.contains(c.batchSize) {
      result.append(
        "batch size \(c.batchSize) lies outside the history's "
          + "\(learnt.batchSize.lowerBound)–\(learnt.batchSize.upperBound)")
    }
    return result
  }
}
