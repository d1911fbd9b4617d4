import CGSL
import DiscreteEvent

extension HazardFit {
  /// How well the hazard that was chosen fits the pods it was fitted to; nil for fewer than ten, or where nothing was fitted by age.
  ///
  /// A pod's residual counts from the age at which it was first watched, which allows for left truncation. In a sample each pod
  /// is watched as long as it was; for one that was taken back, how much longer it would have been is drawn from the others.
  func residualTest(_ exposures: [Evidence.Exposure], _ priors: Priors) -> ResidualTest? {
    guard case .byAgeAndHour(let breaks, let block, let hours) = posterior, exposures.count >= 10 else { return nil }
    let (tau, regimeStart) = (tau, regimeStart)
    let rates = Rates(breaks: breaks, block: block, hours: hours, regimeStart: regimeStart)
    let seen = exposures.filter { $0.to > $0.from }
    let residuals = seen.map { ResidualTest.Residual(value: rates.cumulative($0), observed: $0.event) }
    let censoring = KaplanMeier(
      SurvivalData(unchecked: residuals.map { .init(duration: $0.value, event: $0.observed) }), ofCensoring: true)
    return ResidualTest(residuals) { stream in
      let sample = zip(seen, residuals).map { pod, residual in
        let until = residual.observed ? censoring.quantile(stream.uniform(), after: residual.value) : residual.value
        let life = -log(stream.uniform())
        var pod = pod
        pod.event = life <= until
        pod.to = rates.age(of: pod, at: min(life, until))
        return pod
      }
      let fit = HazardFit(sample, priors: priors, regimeStart: regimeStart, taus: [tau])
      guard case .byAgeAndHour(_, let block, let hours) = fit.posterior else { return nil }
      let refitted = Rates(breaks: breaks, block: block, hours: hours, regimeStart: regimeStart)
      return sample.map { .init(value: refitted.cumulative($0), observed: $0.event) }
    }
  }

  /// The hazard at its mode.
  private struct Rates: Sendable {
    let breaks: [Double]
    let block: NormalBlock
    let hours: Bool
    let regimeStart: Instant?

    /// The hazard that a pod met while it was watched.
    func cumulative(_ e: Evidence.Exposure) -> Double {
      var sum = 0.0
      walk(e, to: e.to) { rate, length in
        sum += rate * length
        return nil
      }
      return sum
    }

    /// The age at which a pod has met so much of it; ten years where it never does.
    func age(of e: Evidence.Exposure, at target: Double) -> Double {
      var left = target
      return walk(e, to: e.from + 87_600) { rate, length in
        left -= rate * length
        return left <= 0 && rate > 0 ? length + left / rate : nil
      }
    }

    /// Goes from the age at which a pod was first watched through stretches of one rate, until `body` says how far into the last.
    @discardableResult
    private func walk(_ e: Evidence.Exposure, to end: Double, _ body: (Double, Double) -> Double?) -> Double {
      let origin = Double(e.granted.microseconds % 86_400_000_000) / 3.6e9
      let older = regimeStart.map { e.granted < $0 } ?? false
      var age = e.from
      while age < end {
        let hour = Int((origin + age).rounded(.down))
        let segment = breaks.firstIndex { $0 > age } ?? breaks.count
        var next = min(end, segment < breaks.count ? breaks[segment] : .infinity)
        if hours { next = min(next, Double(hour + 1) - origin) }
        if next <= age { next = min(end, age + 1e-9) }
        var eta = block.mean[segment]
        if hours { eta += block.mean[breaks.count + 1 + ((hour % 24) + 24) % 24] }
        if older { eta += block.mean[block.count - 1] }
        if let into = body(exp(eta), next - age) { return age + into }
        age = next
      }
      return end
    }
  }
}
