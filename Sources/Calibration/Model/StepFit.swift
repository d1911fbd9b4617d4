import CGSL
import DiscreteEvent

/// Fits log(seconds a step) of every pod by a regression on the configuration with two random effects.
///
///     y = x·β + job + pod + within,   job ~ N(0, σJ²),  pod ~ N(0, σP²),  within ~ N(0, cv² ÷ steps)
///
/// β has a normal prior, so it integrates out in closed form; σJ and σP have lognormal priors and are integrated on a
/// grid of 21 × 21 around their mode (Bayesian linear mixed model: Gelman, Hill: Data Analysis Using Regression and
/// Multilevel Models, ch. 12; the marginal likelihood is REML's when β's prior is flat: Searle, Casella, McCulloch:
/// Variance Components, §6.6). Since x belongs to the job, a job's pods reduce to a weighted mean and a sum of squares.
struct StepFit {
  var posterior: StepPosterior
  var pods = 0
  var jobs = 0
  /// What β at its mean leaves of each job's weighted mean, in the order of the jobs' submission; and its variance.
  var residuals: [(submitted: Instant, value: Double, variance: Double)] = []

  /// Pods of one job.
  private struct Group {
    var x: [Double]
    var y: [Double] = []
    var v: [Double] = []
    var submitted: Instant
  }

  private let groups: [Group]
  private let priorMean: [Double]
  private let priorPrecision: [Double]

  static func row(_ c: JobConfiguration) -> [Double] {
    [
      1, log(max(1, c.tokensPerStep) / 1e4), log(Double(max(1, c.rank)) / 16), log(Double(max(1, c.batchSize)) / 2),
    ]
  }

  /// - Parameter regimeStart: jobs submitted before it form a regime of their own, with a level of their own.
  init(_ evidence: Evidence, _ history: History, priors: Priors, regimeStart: Instant? = nil) {
    posterior = StepPosterior(priors)
    let cv = StepFit.within(evidence, priors.stepWithinCV)
    var groups: [Group] = []
    var position = -1
    var current = -1
    // Paces stand by job, in the history's order.
    for pace in evidence.paces {
      if pace.job != current {
        current = pace.job
        position += 1
        let job = history.jobs[pace.job]
        var x = StepFit.row(job.configuration)
        if let regimeStart { x.append(job.submitted < regimeStart ? 1 : 0) }
        groups.append(Group(x: x, submitted: job.submitted))
      }
      groups[position].y.append(pace.logSeconds)
      groups[position].v.append(cv.median * cv.median / pace.steps)
    }
    self.groups = groups
    jobs = groups.count
    pods = evidence.paces.count
    let p = [priors.stepIntercept, priors.stepPerLogToken, priors.stepPerLogRank, priors.stepPerLogBatch]
    priorMean = p.map(\.mean) + (regimeStart == nil ? [] : [0])
    priorPrecision = p.map { 1 / ($0.sd * $0.sd) } + (regimeStart == nil ? [] : [4])
    guard pods > 0 else { return }
    posterior.withinCV = cv
    integrate(priors.stepPodSD, priors.stepJobSD)
  }

  /// From the squares of the stretches: normal in log cv, since a sum of squares says log cv to ±1/√(2 df).
  private static func within(_ evidence: Evidence, _ prior: Priors.Positive) -> Marginal {
    guard evidence.withinFreedom > 0 else { return .lognormal(median: prior.median, logSD: prior.logSD) }
    let cv = (evidence.withinSquares / evidence.withinFreedom).squareRoot()
    // A clock's ticks: over a thousand steps they move the end by less than a hundredth of a step.
    if cv < 4e-4, evidence.withinFreedom >= 3 { return .fixed(0) }
    let m = log(prior.median)
    let (ss, df) = (evidence.withinSquares, evidence.withinFreedom)
    return .positive(mode: log(max(cv, 1e-6)), scale: 1 / (2 * df).squareRoot()) { y in
      -df * y - 0.5 * ss * exp(-2 * y) - 0.5 * (y - m) * (y - m) / (prior.logSD * prior.logSD)
    }
  }

  private mutating func integrate(_ podPrior: Priors.Positive, _ jobPrior: Priors.Positive) {
    func target(_ pod: Double, _ job: Double) -> Double {
      let a = (pod - log(podPrior.median)) / podPrior.logSD
      let b = (job - log(jobPrior.median)) / jobPrior.logSD
      return solve(pod: exp(pod), job: exp(job)).logMarginal - 0.5 * (a * a + b * b)
    }
    var at = (pod: log(podPrior.median), job: log(jobPrior.median))
    var top = target(at.pod, at.job)
    // Coordinate search for the mode.
    var reach = 1.0
    while reach > 0.02 {
      var moved = false
      for (dp, dj) in [(reach, 0.0), (-reach, 0.0), (0.0, reach), (0.0, -reach)] {
        let value = target(at.pod + dp, at.job + dj)
        if value > top {
          (at, top) = ((at.pod + dp, at.job + dj), value)
          moved = true
        }
      }
      if !moved { reach /= 2 }
    }
    func edge(_ dp: Double, _ dj: Double) -> Double {
      var width = 0.05
      while width < 8, target(at.pod + dp * width, at.job + dj * width) > top - 7 { width *= 1.4 }
      return width * 1.15
    }
    let n = 21
    let (podLow, podHigh) = (at.pod - edge(-1, 0), at.pod + edge(1, 0))
    let (jobLow, jobHigh) = (at.job - edge(0, -1), at.job + edge(0, 1))
    let podWidth = (podHigh - podLow) / Double(n)
    let jobWidth = (jobHigh - jobLow) / Double(n)
    var pods = [Double](repeating: 0, count: n)
    var jobs = [Double](repeating: 0, count: n)
    for i in 0..<n {
      for j in 0..<n {
        let weight = exp(
          target(podLow + (Double(i) + 0.5) * podWidth, jobLow + (Double(j) + 0.5) * jobWidth) - top)
        pods[i] += weight
        jobs[j] += weight
      }
    }
    posterior.podSD = StepFit.smooth(low: podLow, width: podWidth, weights: pods)
    posterior.jobSD = StepFit.smooth(low: jobLow, width: jobWidth, weights: jobs)
    let (pod, job) = (posterior.podSD.median, posterior.jobSD.median)
    let solution = solve(pod: pod, job: job)
    if let block = NormalBlock(mean: solution.beta, precision: solution.precision) {
      posterior.coefficients = block
    }
    for g in groups {
      let (_, mean, weight, _) = StepFit.reduce(g, pod * pod)
      var value = mean
      for k in g.x.indices { value -= g.x[k] * solution.beta[k] }
      residuals.append((g.submitted, value, job * job + 1 / weight))
    }
  }

  /// 21 cells, interpolated in the log to 20 times as many.
  private static func smooth(low: Double, width: Double, weights: [Double]) -> Marginal {
    let logs = weights.map { log(max($0, 1e-300)) }
    let fine = 20
    var all: [Double] = []
    for cell in 0..<(weights.count * fine) {
      let x = (Double(cell) + 0.5) / Double(fine) - 0.5
      let i = min(max(Int(x.rounded(.down)), 0), weights.count - 2)
      all.append(logs[i] + (logs[i + 1] - logs[i]) * (x - Double(i)))
    }
    return .table(low: low, width: width / Double(fine), logWeights: all)
  }

  /// ½ Σ log w, the weighted mean, Σ w and the weighted squares of a job's pods.
  private static func reduce(_ g: Group, _ podVariance: Double) -> (Double, Double, Double, Double) {
    var (logs, sum, weight) = (0.0, 0.0, 0.0)
    for i in g.y.indices {
      let w = 1 / (podVariance + g.v[i])
      logs += log(w)
      weight += w
      sum += w * g.y[i]
    }
    let mean = sum / weight
    var squares = 0.0
    for i in g.y.indices { squares += (g.y[i] - mean) * (g.y[i] - mean) / (podVariance + g.v[i]) }
    return (0.5 * logs, mean, weight, squares)
  }

  /// β given the two standard deviations, and the log marginal likelihood of these.
  private func solve(pod: Double, job: Double) -> (beta: [Double], precision: [Double], logMarginal: Double) {
    let k = priorMean.count
    var a = [Double](repeating: 0, count: k * k)
    var b = [Double](repeating: 0, count: k)
    var quadratic = 0.0
    var total = 0.0
    for i in 0..<k {
      a[i * k + i] = priorPrecision[i]
      b[i] = priorPrecision[i] * priorMean[i]
      quadratic += b[i] * priorMean[i]
    }
    for g in groups {
      let (halfLogs, mean, weight, squares) = StepFit.reduce(g, pod * pod)
      let w = 1 / (job * job + 1 / weight)
      total += halfLogs - 0.5 * squares + 0.5 * (log(w) - log(weight))
      quadratic += w * mean * mean
      for i in 0..<k {
        let wx = w * g.x[i]
        b[i] += wx * mean
        for j in 0...i { a[i * k + j] += wx * g.x[j] }
      }
    }
    for i in 0..<k { for j in 0..<i { a[j * k + i] = a[i * k + j] } }
    guard let (beta, logDeterminant) = SmallMatrix.solve(a, b) else { return (priorMean, a, -.infinity) }
    var explained = 0.0
    for i in 0..<k { explained += beta[i] * b[i] }
    return (beta, a, total - 0.5 * (quadratic - explained) - 0.5 * logDeterminant)
  }
}
