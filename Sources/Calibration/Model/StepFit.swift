import CGSL
import DiscreteEvent

/// Fits log(seconds a step) of every pod by a regression on the configuration with two random effects.
///
///     y = x·β + job + pod + within,   job ~ N(0, σJ²),  pod ~ N(0, σP²),  within ~ N(0, cv² ÷ steps)
///
/// β has a normal prior, so it integrates out in closed form; σJ and σP have lognormal priors and are integrated on a
/// grid (Bayesian linear mixed model: Gelman, Hill: Data Analysis Using Regression and
/// Multilevel Models, ch. 12; the marginal likelihood is REML's when β's prior is flat: Searle, Casella, McCulloch:
/// Variance Components, §6.6). Since x belongs to the job, a job's pods reduce to a weighted mean and a sum of squares.
struct StepFit {
  var posterior: StepPosterior
  var pods = 0
  var jobs = 0
  /// What β and the kinds' deviations at their means leave of each job's weighted mean, in the order of the jobs' submission; and its variance.
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

  /// No pace is known to better than 0.003 %: were it said to be exact, rounding would leave nothing of what else is known of β.
  private static let leastVariance = 1e-9

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
      variances.append(max(cv.median * cv.median / pace.steps, StepFit.leastVariance))
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

  /// ½ Σ log w, the weighted mean, Σ w and the weighted squares of a job's pods.
  func reduce(_ g: Group, _ podVariance: Double) -> (Double, Double, Double, Double) {
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

  /// What the jobs and the prior say of β, given the two standard deviations.
  /// - Parameter visit: is shown each job's index, its weighted mean and what that weighs.
  func equations(pod: Double, job: Double, visit: (Int, Double, Double) -> Void = { _, _, _ in }) -> NormalEquations {
    var result = NormalEquations(priorMean: priorMean, priorPrecision: priorPrecision)
    for (index, g) in groups.enumerated() {
      let (halfLogs, mean, weight, squares) = reduce(g, pod * pod)
      let w = 1 / (job * job + 1 / weight)
      result.constant += halfLogs - 0.5 * squares + 0.5 * log(w / weight)
      result.add(rows[(index * width)..<((index + 1) * width)], mean, weight: w)
      visit(index, mean, w)
    }
    return result
  }

  /// β given the two standard deviations, and the log marginal likelihood of these; nil where they are so small that rounding leaves nothing of
  /// what is known of β (pods that all went at one pace).
  func solve(pod: Double, job: Double) -> (beta: [Double], precision: [Double], logMarginal: Double)? {
    equations(pod: pod, job: job).solve()
  }
}
