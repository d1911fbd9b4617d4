#if canImport(Glibc)
  import Glibc
#endif

/// What the regression misses, by kind of configuration.
///
/// Logs of rank and batch are a guess at the form, and where a team runs a few presets, in which rank, batch and accumulation change
/// together, they cannot bend. So every kind of configuration has a deviation of its own,
///
///     y = x·β + class + job + pod + within,   class ~ N(0, σC²)
///
/// with σC from a few values, 0 among them, averaged by their marginal likelihoods (Bayesian model averaging: Hoeting et al.,
/// Statistical Science 14, 1999): a short history says nothing of it and gets next to none.
extension StepFit {
  /// Standard deviations that are tried. 0 has as much prior weight as all others together.
  static let classSDs = [0, 0.01, 0.02, 0.04]
  /// A kind seen in fewer jobs tells the deviation from those of its jobs too badly to have a column.
  static let jobsOfAClass = 3
  /// The most frequent ones; a column costs time.
  static let mostClasses = 32

  /// How much of the prior's weight a standard deviation of the deviations has.
  private static func prior(_ sd: Double) -> Double { sd > 0 ? 0.5 / Double(classSDs.count - 1) : 0.5 }

  /// log marginal likelihood of the standard deviations between pods and between jobs: β and the kinds' deviations integrated out, σC
  /// averaged over. Without the deviations a job's own would have to account for them.
  ///
  /// A kind's jobs are reduced to three sums for all σC: O(jobs · width² + kinds · width²).
  /// - Parameters:
  ///   - kinds: each job's among `count` kinds that have a deviation, or nil.
  func logEvidence(pod: Double, job: Double, kinds: [Int?], count: Int) -> Double {
    guard count > 1 else { return solve(pod: pod, job: job)?.logMarginal ?? -.infinity }
    let stride = width + 2
    var sums = [Double](repeating: 0, count: count * stride)
    let base = equations(pod: pod, job: job) { job, mean, weight in
      guard let kind = kinds[job] else { return }
      let at = kind * stride
      sums[at] += weight
      sums[at + 1] += weight * mean
      for i in 0..<width { sums[at + 2 + i] += weight * rows[job * width + i] }
    }
    let logs = StepFit.classSDs.map { sd in
      var equations = base
      if sd > 0 {
        for at in Swift.stride(from: 0, to: sums.count, by: stride) {
          equations.share(
            variance: sd * sd, weight: sums[at], y: sums[at + 1], x: sums[(at + 2)..<(at + stride)])
        }
      }
      return log(StepFit.prior(sd)) + (equations.solve()?.logMarginal ?? -.infinity)
    }
    let top = logs.reduce(-.infinity, max)
    return top > -.infinity ? top + log(logs.reduce(0) { $0 + exp($1 - top) }) : top
  }

  /// Adds the deviations to the posterior's coefficients, given the standard deviations between pods and between jobs.
  mutating func deviate(by classes: [ConfigurationClass], pod: Double, job: Double) {
    guard classes.count > 1 else { return }
    let base = self
    let k = base.width
    let n = k + classes.count
    var solutions: [Solution] = []
    for sd in StepFit.classSDs {
      let fit = sd > 0 ? base.widened(by: classes, sd: sd) : base
      guard let solution = fit.solve(pod: pod, job: job),
        let own = SmallMatrix.inverse(solution.precision, sd > 0 ? n : k)
      else { return }
      let constant = sd > 0 ? -Double(classes.count) * log(sd) : 0
      var (beta, covariance) = (solution.beta, own)
      if sd == 0 {
        beta += classes.map { _ in 0 }
        covariance = [Double](repeating: 0, count: n * n)
        for i in 0..<k { for j in 0..<k { covariance[i * n + j] = own[i * k + j] } }
      }
      solutions.append((sd, log(StepFit.prior(sd)) + solution.logMarginal + constant, beta, covariance))
    }
    var (mean, covariance, variance) = StepFit.average(solutions)
    center(&mean, &covariance, from: k, classes)
    guard let block = NormalBlock(mean: mean, covariance: covariance) else { return }
    posterior.coefficients = block
    posterior.classes = classes
    posterior.classSD = variance.squareRoot()
  }

  /// One fit: the standard deviation it supposed, the log of its weight, and what it says of all coefficients.
  private typealias Solution = (sd: Double, logWeight: Double, beta: [Double], covariance: [Double])

  /// Mean and covariance of the mixture of normal laws, and the mean of the squared standard deviations.
  private static func average(_ solutions: [Solution]) -> (mean: [Double], covariance: [Double], variance: Double) {
    let n = solutions.first?.beta.count ?? 0
    let top = solutions.reduce(-Double.infinity) { max($0, $1.logWeight) }
    let total = solutions.reduce(0) { $0 + exp($1.logWeight - top) }
    let weights = solutions.map { exp($0.logWeight - top) / total }
    var mean = [Double](repeating: 0, count: n)
    var covariance = [Double](repeating: 0, count: n * n)
    var variance = 0.0
    for (s, weight) in zip(solutions, weights) {
      variance += weight * s.sd * s.sd
      for i in 0..<n { mean[i] += weight * s.beta[i] }
    }
    for (s, weight) in zip(solutions, weights) {
      for i in 0..<n {
        for j in 0..<n {
          let apart = (s.beta[i] - mean[i]) * (s.beta[j] - mean[j])
          covariance[i * n + j] += weight * (s.covariance[i * n + j] + apart)
        }
      }
    }
    return (mean, covariance, variance)
  }

  /// Moves what the past jobs' deviations have in common into the intercept, so that the regression alone, which is all that a
  /// simulation of many kinds looks at, is right for the average of them.
  private func center(
    _ mean: inout [Double], _ covariance: inout [Double], from k: Int, _ classes: [ConfigurationClass]
  ) {
    let n = mean.count
    var shares = [Double](repeating: 0, count: n)
    for (c, kind) in classes.enumerated() {
      shares[k + c] = Double(classOf.count { $0 == kind }) / Double(classOf.count)
    }
    func moved(_ x: [Double]) -> [Double] {
      let common = zip(shares, x).reduce(0) { $0 + $1.0 * $1.1 }
      return x.enumerated().map { i, value in i == 0 ? value + common : i < k ? value : value - common }
    }
    mean = moved(mean)
    // Rows, then columns.
    for j in 0..<n {
      let column = moved((0..<n).map { covariance[$0 * n + j] })
      for i in 0..<n { covariance[i * n + j] = column[i] }
    }
    for i in 0..<n {
      let row = moved((0..<n).map { covariance[i * n + $0] })
      for j in 0..<n { covariance[i * n + j] = row[j] }
    }
    // The deviations now add up to nothing, which leaves a direction without variance: a hundredth of a per cent.
    for i in k..<n { covariance[i * n + i] += 1e-8 }
  }

  /// Kinds seen often enough, the most frequent first; ties in the order of their first job.
  func frequentClasses() -> [ConfigurationClass] {
    var counts: [ConfigurationClass: (jobs: Int, first: Int)] = [:]
    for (i, c) in classOf.enumerated() { counts[c, default: (0, i)].jobs += 1 }
    let frequent = counts.filter { $0.value.jobs >= StepFit.jobsOfAClass }
      .sorted { ($1.value.jobs, $0.value.first) < ($0.value.jobs, $1.value.first) }
    return frequent.prefix(StepFit.mostClasses).map(\.key)
  }
}
