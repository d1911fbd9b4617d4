import Calibration
import DiscreteEvent
import Engine

extension Scenario {
  /// The scenario's world: what the file says, over what the model says.
  ///
  /// A stage's law that the file gives for each pricing apart is the law of the mix's own pricing (spot, where the mix has
  /// both); ``worlds(over:)`` tells both.
  public func apply(to base: WorldParameters) -> WorldParameters {
    let kinds = jobs.isEmpty ? base.mix : jobs
    let allOnDemand = !kinds.isEmpty && kinds.allSatisfy { $0.configuration.pricing == .onDemand }
    return worlds(over: base)[allOnDemand ? .onDemand : .spot]
  }

  /// The world as a spot pod and as an on-demand pod meet it; they are the same unless ``differsByPricing``.
  public func worlds(over base: WorldParameters) -> ByPricing<WorldParameters> {
    ByPricing(spot: world(over: base, for: .spot), onDemand: world(over: base, for: .onDemand))
  }

  /// Whether some stage's law differs between spot and on-demand pods.
  public var differsByPricing: Bool {
    world.differsByPricing || service.map { $0.spot != $0.onDemand } ?? false
  }

  private func world(over base: WorldParameters, for pricing: Pricing) -> WorldParameters {
    var result: WorldParameters
    if let service {
      // A plain queue: the service is all that happens, so nothing of the model's stages may be left.
      result = world.applied(to: WorldParameters(), for: pricing)
      result.preprocessing = service[pricing]
      result.arrivals = world.arrivals ?? base.arrivals
      result.mix = jobs.isEmpty ? [JobKind(weight: 1, configuration: Self.plainJob)] : jobs
      for i in result.mix.indices { result.mix[i].configuration.statedSteps = 0 }
    } else {
      result = world.applied(to: base, for: pricing)
      if !jobs.isEmpty { result.mix = jobs }
    }
    if !trace.isEmpty {
      result.arrivals = .times(traceOffsets)
      if jobs.isEmpty, service == nil {
        result.mix = trace.map { JobKind(weight: 1, configuration: $0.configuration, client: $0.client) }
      }
    }
    return result
  }

  /// What a plain queue serves: a job of no steps.
  private static var plainJob: JobConfiguration {
    var job = JobConfiguration(preset: .custom, pricing: .onDemand, trainingPairs: 0, tokensPerPair: 0)
    job.statedSteps = 0
    return job
  }

  /// Seconds from the first submission of ``trace`` to each.
  public var traceOffsets: [Double] {
    guard let first = trace.first?.submitted else { return trace.map { _ in 0 } }
    return trace.map { (($0.submitted ?? first) - first).seconds }
  }
}
