import CGSL
import DiscreteEvent

/// Whether the hazard that was chosen also fits pods that the fit did not see.
enum HazardCheck {
  static let folds = 5

  /// The mean log-likelihood of a pod left out, by family; every fifth pod is left out in turn. A family that one of the folds has
  /// too few interruptions for has none.
  static func outOfSample(_ exposures: [Evidence.Exposure], _ priors: Priors) -> [(name: String, value: Double)] {
    guard exposures.count >= 2 * folds else { return [] }
    var sums: [(name: String, value: Double)] = []
    func add(_ name: String, _ value: Double) {
      if let i = sums.firstIndex(where: { $0.name == name }) {
        sums[i].value += value
      } else {
        sums.append((name, value))
      }
    }
    for fold in 0..<folds {
      let seen = exposures.enumerated().filter { $0.offset % folds != fold }.map(\.element)
      let left = exposures.enumerated().filter { $0.offset % folds == fold }.map(\.element)
      for family in [SurvivalFamily.exponential, .weibull, .lognormal, .gamma] {
        guard let data = lifetimes(seen), let fit = try? SurvivalFit(family, to: data), let test = lifetimes(left),
          let likelihood = try? SmoothLikelihood(family, test)
        else { continue }
        let logs = fit.parameters.map { log($0.value) }
        add(family.rawValue, likelihood((logs[0], logs.count > 1 ? logs[1] : 0)).v)
      }
      for tau in [0, 0.2, 0.4, 0.8] {
        let fit = HazardFit(seen, priors: priors, taus: [tau])
        add(HazardFit.name(tau), fit.logLikelihood(of: left, priors: priors))
      }
      let fit = HazardFit(seen, priors: priors, taus: [0])
      for (name, value) in fit.unshrunk(of: left, priors: priors) { add(name, value) }
    }
    return sums.map { ($0.name, $0.value / Double(exposures.count)) }.filter(\.value.isFinite)
  }

  private static func lifetimes(_ exposures: [Evidence.Exposure]) -> SurvivalData? {
    try? SurvivalData(
      exposures.filter { $0.to > $0.from }.map { .init(duration: $0.to, event: $0.event, entry: $0.from) })
  }
}
