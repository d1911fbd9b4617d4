import DiscreteEvent

/// Whether a law that differs from one observation to the next fits: by its Cox–Snell residuals.
///
/// The cumulative hazard at the end of an observation is exponential with mean 1 where the law holds, and censored where the
/// observation was (Cox, Snell: JRSS B 30, 1968). The distances are those of ``GoodnessOfFit``, from the residuals' product-limit
/// estimate. The residuals of a fit are closer to that law than those of the truth would be, so p comes from samples of the fit
/// that were fitted again.
struct ResidualTest {
  struct Residual {
    var value: Double
    /// false: right-censored.
    var observed: Bool
  }

  static let replications = 99

  var ksP: Double
  var adP: Double

  /// - Parameters:
  ///   - observed: of the data.
  ///   - resample: draws data from the fit with this stream, fits them and returns their residuals; nil where that fails.
  init(_ observed: [Residual], seed: UInt64 = 1, resample: @Sendable (inout RandomStream) -> [Residual]?) {
    let own = ResidualTest.distances(observed)
    let others = GoodnessOfFit.concurrently(ResidualTest.replications) { r in
      var stream = RandomStream(seed: seed, replication: UInt64(r), entity: 0, purpose: ResidualTest.purpose)
      return resample(&stream).map(ResidualTest.distances)
    }.compactMap { $0 }
    ksP = Double(1 + others.count { $0.ks >= own.ks }) / Double(1 + others.count)
    adP = Double(1 + others.count { $0.ad >= own.ad }) / Double(1 + others.count)
  }

  private static let purpose: UInt16 = 0xF171

  private static func distances(_ residuals: [Residual]) -> GoodnessOfFit.Distances {
    let data = SurvivalData(
      unchecked: residuals.map { .init(duration: max(1e-12, $0.value), event: $0.observed) })
    return GoodnessOfFit.distances(data) { -$0 }
  }
}
