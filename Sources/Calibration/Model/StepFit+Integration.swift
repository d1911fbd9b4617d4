import CGSL
import DiscreteEvent

/// How jobs and pods differ: σJ and σP integrated on a grid of 35 × 35 around their mode.
extension StepFit {
  /// The posterior laws of σP and σJ, and β and the kinds' deviations at their medians.
  mutating func integrate(_ podPrior: Priors.Positive, _ jobPrior: Priors.Positive) {
    let classes = frequentClasses()
    let index = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
    let kinds = classOf.map { index[$0] }
    func target(_ pod: Double, _ job: Double) -> Double {
      let a = (pod - log(podPrior.median)) / podPrior.logSD
      let b = (job - log(jobPrior.median)) / jobPrior.logSD
      return logEvidence(pod: exp(pod), job: exp(job), kinds: kinds, count: classes.count) - 0.5 * (a * a + b * b)
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
    if let solution = solve(pod: pod, job: job),
      let block = NormalBlock(mean: solution.beta, precision: solution.precision)
    {
      posterior.coefficients = block
    }
    deviate(by: classes, pod: pod, job: job)
    let known = posterior.coefficients.mean
    for (index, g) in groups.enumerated() {
      let (_, mean, weight, _) = reduce(g, pod * pod)
      var value = mean
      for i in 0..<width { value -= rows[index * width + i] * known[i] }
      if posterior.classes != nil, let kind = kinds[index] { value -= known[width + kind] }
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
}
