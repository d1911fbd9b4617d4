import Calibration
import DiscreteEvent
import Engine

#if canImport(Glibc)
  import Glibc
#endif

/// What a forecaster without an engine would say: three ways that the backtest must beat.
struct Baselines: Sendable {
  private struct Past: Sendable {
    var preset: Preset
    var pricing: Pricing
    var tokens: Double
    var cost: Double
    var duration: Double
  }
  private var past: [Past] = []

  init(_ history: History) {
    for job in history.jobs where job.outcome == .completed && !job.isExamination {
      guard let cost = job.cost, cost > 0, let admitted = job.admitted, let ended = job.ended else { continue }
      past.append(
        Past(
          preset: job.configuration.preset, pricing: job.configuration.pricing,
          tokens: Baselines.tokens(job.configuration),
          cost: Double(cost) / 1e9, duration: (ended - admitted).seconds))
    }
  }

  private static func tokens(_ c: JobConfiguration) -> Double { c.tokensPerStep * Double(c.steps) }

  /// CRPS of each baseline for an outcome; a baseline without data falls back on the one before it.
  func crps(_ quantity: Backtest.Quantity, _ job: History.Job, outcome: Double) -> [Double] {
    let c = job.configuration
    let value: (Past) -> Double = { quantity == .cost ? $0.cost : $0.duration }
    // Past mean of the same pricing ± 15 %, as a uniform law (200 points).
    let same = past.filter { $0.pricing == c.pricing }
    let some = same.isEmpty ? past : same
    guard !some.isEmpty else { return [outcome, outcome, outcome] }
    let mean = some.reduce(0) { $0 + value($1) } / Double(some.count)
    let band = (0..<200).map { mean * (0.85 + 0.3 * (Double($0) + 0.5) / 200) }
    let first = CRPS.ensemble(sorted: band, outcome: outcome)
    // The past outcomes of the same preset and pricing.
    let alike = past.filter { $0.pricing == c.pricing && $0.preset == c.preset }.map(value).sorted()
    let second = alike.count >= 3 ? CRPS.ensemble(sorted: alike, outcome: outcome) : first
    return [first, second, regression(c, outcome, value) ?? second]
  }

  /// log(outcome) = a + b·log(tokens) + c·[on demand] + normal error, by least squares.
  private func regression(_ c: JobConfiguration, _ outcome: Double, _ value: (Past) -> Double) -> Double? {
    guard past.count >= 6, outcome > 0 else { return nil }
    let mixed = Set(past.map(\.pricing)).count == 2
    let k = mixed ? 3 : 2
    func row(_ tokens: Double, _ pricing: Pricing) -> [Double] {
      let base = [1, log(max(1, tokens))]
      return mixed ? base + [pricing == .onDemand ? 1 : 0] : base
    }
    var a = Array(repeating: Array(repeating: 0.0, count: k + 1), count: k)
    for p in past {
      let x = row(p.tokens, p.pricing)
      let y = log(value(p))
      for i in 0..<k {
        for j in 0..<k { a[i][j] += x[i] * x[j] }
        a[i][k] += x[i] * y
      }
    }
    for i in 0..<k {
      guard let pivot = (i..<k).max(by: { abs(a[$0][i]) < abs(a[$1][i]) }), abs(a[pivot][i]) > 1e-9 else { return nil }
      a.swapAt(i, pivot)
      for r in 0..<k where r != i {
        let factor = a[r][i] / a[i][i]
        for j in i...k { a[r][j] -= factor * a[i][j] }
      }
    }
    let beta = (0..<k).map { a[$0][k] / a[$0][$0] }
    func fitted(_ x: [Double]) -> Double { zip(x, beta).reduce(0) { $0 + $1.0 * $1.1 } }
    var squares = 0.0
    for p in past {
      let e = log(value(p)) - fitted(row(p.tokens, p.pricing))
      squares += e * e
    }
    let sigma = (squares / Double(max(1, past.count - k))).squareRoot()
    let mu = fitted(row(Baselines.tokens(c), c.pricing))
    return CRPS.lognormal(mu: mu, sigma: max(sigma, 1e-6), outcome: outcome)
  }
}
