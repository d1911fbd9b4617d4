import CGSL
import DiscreteEvent

extension StepFit {
  /// How well normal differences between jobs, pods and steps fit what the regression leaves; nil for fewer than ten pods.
  ///
  /// Of each pod, what its job's earlier pods did not foretell, in standard deviations: independent and standard normal where the
  /// law holds. The test is of the shape: the standard deviations are fitted, so the residuals are taken in units of their own root
  /// mean square, in the samples too, whose coefficients alone are fitted again.
  func residualTest() -> ResidualTest? {
    guard pods >= 10 else { return nil }
    let (pod, job) = (posterior.podSD.median, posterior.jobSD.median)
    var law = self
    if let classes = posterior.classes, let sd = posterior.classSD, sd > 0 { law = widened(by: classes, sd: sd) }
    let fit = law
    guard let beta = fit.solve(pod: pod, job: job)?.beta else { return nil }
    return ResidualTest(fit.residuals(beta, pod: pod, job: job)) { stream in
      var sample = fit
      sample.redraw(beta, pod: pod, job: job, &stream)
      return sample.residuals(sample.solve(pod: pod, job: job)?.beta ?? beta, pod: pod, job: job)
    }
  }

  /// Puts paces drawn from the law in the place of those that were seen.
  private mutating func redraw(_ beta: [Double], pod: Double, job: Double, _ stream: inout RandomStream) {
    for (index, group) in groups.enumerated() {
      let mean = fitted(index, beta) + job * StandardNormal.quantile(stream.uniform())
      for i in group.pods {
        paces[i] = mean + (pod * pod + variances[i]).squareRoot() * StandardNormal.quantile(stream.uniform())
      }
    }
    summarise()
  }

  private func fitted(_ job: Int, _ beta: [Double]) -> Double {
    beta.indices.reduce(0) { $0 + rows[job * width + $1] * beta[$1] }
  }

  private func residuals(_ beta: [Double], pod: Double, job: Double) -> [ResidualTest.Residual] {
    var scores: [Double] = []
    for (index, group) in groups.enumerated() {
      let expected = fitted(index, beta)
      // The job's own deviation, as far as its pods so far tell it.
      var (mean, variance) = (0.0, job * job)
      for i in group.pods {
        let own = pod * pod + variances[i]
        let surprise = paces[i] - expected - mean
        scores.append(surprise / (variance + own).squareRoot())
        mean += variance / (variance + own) * surprise
        variance *= own / (variance + own)
      }
    }
    let square = scores.reduce(0) { $0 + $1 * $1 } / Double(max(1, scores.count))
    return scores.map { .init(value: -log(StandardNormal.cdf(-$0 / square.squareRoot())), observed: true) }
  }
}
