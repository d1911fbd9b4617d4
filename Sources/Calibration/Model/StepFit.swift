import CGSL
import DiscreteEvent

/// Fits log(seconds a step) of every pod by a regression on the configuration with two random effects.
///
///     y = x·β + job + pod + within,   job ~ N(0, σJ²),  pod ~ N(0, σP²),  within ~ N(0, cv² ÷ steps)
///
/// β has a normal prior, so it integrates out in closed form; σJ and σP have lognormal priors and are integrated on a
/// grid of 35 × 35 around their mode (Bayesian linear mixed model: Gelman, Hill: Data Analysis Using Regression and
/// Multilevel Models, ch. 12; the marginal likelihood is REML's when β's prior is flat: Searle, Casella, McCulloch:
/// Variance Components, §6.6). Since x belongs to the job, a job's pods reduce to a weighted mean and a sum of squares.
struct StepFit {
  var posterior: StepPosterior
  var pods = 0
  var jobs = 0
  /// What β at its mean leaves of each job's weighted mean, in the order of the jobs' submission; and its variance.
  var residuals: [(submitted: Instant, value: Double, variance: Double)] = []

  /// One job's pods, as a stretch of ``paces``.
  struct Group {
    var pods: Range<Int>
    var submitted: Instant
    /// Of the paces, unweighted; and the sum of squares around it.
    var mean = 0.0
    var squares = 0.0
    /// Whether all pods have the same variance within.
    var even = true
  }

  private(set) var groups: [Group] = []
  var paces: [Double] = []
  private(set) var variances: [Double] = []
  /// The configuration's regressors, job by job.
  private(set) var rows: [Double] = []
  private var priorMean: [Double]
  private var priorPrecision: [Double]
  /// Each job's kind of configuration.
  private(set) var classOf: [ConfigurationClass] = []

  /// How many coefficients the regression has.
  var width: Int { priorMean.count }

  /// With a column for each kind of configuration, its coefficient normal around 0.
  func widened(by classes: [ConfigurationClass], sd: Double) -> StepFit {
    var result = self
    result.rows = []
    for (i, kind) in classOf.enumerated() {
      result.rows += rows[(i * width)..<((i + 1) * width)] + classes.map { $0 == kind ? 1 : 0 }
    }
    result.priorMean += classes.map { _ in 0 }
    result.priorPrecision += classes.map { _ in 1 / (sd * sd) }
    return result
  }

  static func row(_ c: JobConfiguration) -> [Double] {
    [
      1, log(max(1, c.tokensPerStep) / 1e4), log(Double(max(1, c.rank)) / 16), log(Double(max(1, c.batchSize)) / 2),
    ]
  }

  /// - Parameter regimeStart: jobs submitted before it form a regime of their own, with a level of their own.
  init(_ evidence: Evidence, _ history: History, priors: Priors, regimeStart: Instant? = nil) {
    posterior = StepPosterior(priors)
    let cv = StepFit.within(evidence, priors.stepWithinCV)
    // Paces stand by job, in the history's order.
    var current = -1
    for pace in evidence.paces {
      if pace.job != current {
        current = pace.job
        let job = history.jobs[pace.job]
        rows += StepFit.row(job.configuration)
        classOf.append(ConfigurationClass(job.configuration))
        if let regimeStart { rows.append(job.submitted < regimeStart ? 1 : 0) }
        groups.append(Group(pods: paces.count..<paces.count, submitted: job.submitted))
      }
      paces.append(pace.logSeconds)
      variances.append(cv.median * cv.median / pace.steps)
      groups[groups.count - 1].pods = groups[groups.count - 1].pods.lowerBound..<paces.count
    }
    jobs = groups.count
    pods = evidence.paces.count
    let p = [priors.stepIntercept, priors.stepPerLogToken, priors.stepPerLogRank, priors.stepPerLogBatch]
    priorMean = p.map(\.mean) + (regimeStart == nil ? [] : [0])
    priorPrecision = p.map { 1 / ($0.sd * $0.sd) } + (regimeStart == nil ? [] : [4])
    guard pods > 0 else { return }
    posterior.withinCV = cv
    summarise()
    integrate(priors.stepPodSD, priors.stepJobSD)
  }

  /// What is kept of each job's paces; due when these have changed.
  mutating func summarise() {
    for g in groups.indices {
      let pods = groups[g].pods
      let mean = paces[pods].reduce(0, +) / Double(pods.count)
      groups[g].mean = mean
      groups[g].squares = paces[pods].reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      groups[g].even = variances[pods].allSatisfy { $0 == variances[pods.lowerBound] }
    }
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
    // The two are anticorrelated, so the box is as wide as each is by itself; coarsely it grows until its rim weighs
    // nothing, then it is trimmed to where there is weight and covered finely.
    var box = StepFit.box(around: (at.pod, at.job), top, target)
    func weigh(_ n: Int) -> (pods: [Double], jobs: [Double]) {
      var (pods, jobs) = ([Double](repeating: 0, count: n), [Double](repeating: 0, count: n))
      for i in 0..<n {
        for j in 0..<n {
          let weight = exp(target(box.pod.center(i, n), box.job.center(j, n)) - top)
          pods[i] += weight
          jobs[j] += weight
        }
      }
      return (pods, jobs)
    }
    for _ in 0..<6 {
      let (pods, jobs) = weigh(StepFit.coarse)
      let (podGrew, jobGrew) = (box.pod.grow(pods), box.job.grow(jobs))
      if !podGrew, !jobGrew {
        box.pod.trim(pods)
        box.job.trim(jobs)
        break
      }
    }
    let n = StepFit.fine
    let (pods, jobs) = weigh(n)
    posterior.podSD = StepFit.smooth(low: box.pod.low, width: box.pod.width / Double(n), weights: pods)
    posterior.jobSD = StepFit.smooth(low: box.job.low, width: box.job.width / Double(n), weights: jobs)
    let (pod, job) = (posterior.podSD.median, posterior.jobSD.median)
    let solution = solve(pod: pod, job: job)
    if let block = NormalBlock(mean: solution.beta, precision: solution.precision) {
      posterior.coefficients = block
    }
    deviate(pod: pod, job: job)
    let k = priorMean.count
    for (index, g) in groups.enumerated() {
      let (_, mean, weight, _) = reduce(g, pod * pod)
      var value = mean
      for i in 0..<k { value -= rows[index * k + i] * solution.beta[i] }
      residuals.append((g.submitted, value, job * job + 1 / weight))
    }
  }

  private static let coarse = 15
  private static let fine = 35

  private struct Side {
    var low: Double
    var high: Double
    var width: Double { high - low }
    func center(_ i: Int, _ n: Int) -> Double { low + (Double(i) + 0.5) * width / Double(n) }
    /// Moves an end outwards where its cell still weighs 1/2000 of the heaviest.
    mutating func grow(_ weights: [Double]) -> Bool {
      let limit = (weights.max() ?? 0) / 2000
      let third = width / 3
      let (first, last) = (weights.first ?? 0, weights.last ?? 0)
      if first > limit { low -= third }
      if last > limit { high += third }
      return first > limit || last > limit
    }
    /// Leaves out cells beside empty cells.
    mutating func trim(_ weights: [Double]) {
      let limit = (weights.max() ?? 0) / 20_000
      let cell = width / Double(weights.count)
      guard let first = weights.firstIndex(where: { $0 > limit }), let last = weights.lastIndex(where: { $0 > limit })
      else { return }
      (low, high) = (
        low + Double(max(0, first - 1)) * cell, low + Double(min(weights.count, last + 2)) * cell
      )
    }
  }

  /// ± 4 marginal standard deviations by the curvature at the mode, at most 3 either way.
  private static func box(
    around mode: (Double, Double), _ top: Double, _ target: (Double, Double) -> Double
  ) -> (pod: Side, job: Side) {
    let h = 0.05
    let (p, j) = mode
    let a = -(target(p + h, j) - 2 * top + target(p - h, j)) / (h * h)
    let c = -(target(p, j + h) - 2 * top + target(p, j - h)) / (h * h)
    let cross =
      target(p + h, j + h) - target(p + h, j - h) - target(p - h, j + h) + target(p - h, j - h)
    let b = -cross / (4 * h * h)
    let determinant = a * c - b * b
    func reach(_ variance: Double) -> Double { variance > 0 ? min(3, 4 * variance.squareRoot()) : 3 }
    let pod = reach(determinant > 0 ? c / determinant : 0)
    let job = reach(determinant > 0 ? a / determinant : 0)
    return (Side(low: p - pod, high: p + pod), Side(low: j - job, high: j + job))
  }

  /// The cells, interpolated in the log to 20 times as many.
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
  private func reduce(_ g: Group, _ podVariance: Double) -> (Double, Double, Double, Double) {
    if g.even {
      let n = Double(g.pods.count)
      let w = 1 / (podVariance + variances[g.pods.lowerBound])
      return (0.5 * n * log(w), g.mean, n * w, g.squares * w)
    }
    var (logs, sum, weight, squares) = (0.0, 0.0, 0.0, 0.0)
    for i in g.pods {
      let w = 1 / (podVariance + variances[i])
      logs += log(w)
      weight += w
      let y = paces[i] - g.mean
      sum += w * y
      squares += w * y * y
    }
    let offset = sum / weight
    return (0.5 * logs, g.mean + offset, weight, squares - weight * offset * offset)
  }

  /// β given the two standard deviations, and the log marginal likelihood of these.
  func solve(pod: Double, job: Double) -> (beta: [Double], precision: [Double], logMarginal: Double) {
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
    for (index, g) in groups.enumerated() {
      let (halfLogs, mean, weight, squares) = reduce(g, pod * pod)
      let w = 1 / (job * job + 1 / weight)
      total += halfLogs - 0.5 * squares + 0.5 * log(w / weight)
      quadratic += w * mean * mean
      for i in 0..<k {
        let wx = w * rows[index * k + i]
        b[i] += wx * mean
        for j in 0...i { a[i * k + j] += wx * rows[index * k + j] }
      }
    }
    for i in 0..<k { for j in 0..<i { a[j * k + i] = a[i * k + j] } }
    guard let (beta, logDeterminant) = SmallMatrix.solve(a, b) else { return (priorMean, a, -.infinity) }
    var explained = 0.0
    for i in 0..<k { explained += beta[i] * b[i] }
    return (beta, a, total - 0.5 * (quadratic - explained) - 0.5 * logDeterminant)
  }
}
