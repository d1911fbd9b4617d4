import CGSL

/// A piecewise constant hazard, and what observations say under it.
struct PiecewiseHazard {
  var breaks: [Double]
  var rates: [Double]

  var emptySegments: [SurvivalFit.Segment] {
    Array(repeating: SurvivalFit.Segment(events: 0, exposure: 0), count: rates.count)
  }

  private func lower(_ j: Int) -> Double { j == 0 ? 0 : breaks[j - 1] }
  private func upper(_ j: Int) -> Double { j == breaks.count ? .infinity : breaks[j] }

  /// The segment of an age; an age on a break belongs to the segment before it.
  private func segment(_ age: Double) -> Int {
    var low = 0
    var high = breaks.count
    while low < high {
      let middle = (low + high) / 2
      if age > breaks[middle] { low = middle + 1 } else { high = middle }
    }
    return low
  }

  func cumulative(_ age: Double) -> Double {
    var sum = 0.0
    for j in rates.indices {
      if age <= lower(j) { break }
      sum += rates[j] * (min(age, upper(j)) - lower(j))
    }
    return sum
  }

  /// The age at which the cumulative hazard reaches `h`; infinite where it never does.
  func age(cumulative h: Double) -> Double {
    var left = h
    for j in rates.indices {
      let width = upper(j) - lower(j)
      if rates[j] > 0, left <= rates[j] * width { return lower(j) + left / rates[j] }
      if rates[j] > 0 { left -= rates[j] * width }
    }
    return .infinity
  }

  /// Adds an exact or right-censored observation to the sufficient statistics.
  func add(_ o: SurvivalData.Observation, to segments: inout [SurvivalFit.Segment]) {
    addExposure(from: o.entry, to: o.duration, weight: o.weight, &segments)
    if o.event { segments[segment(o.duration)].events += o.weight }
  }

  private func addExposure(
    from: Double, to: Double, weight: Double, _ segments: inout [SurvivalFit.Segment]
  ) {
    var j = segment(from)
    while j < rates.count, lower(j) < to {
      let overlap = min(to, upper(j)) - max(from, lower(j))
      if overlap > 0 { segments[j].exposure += weight * overlap }
      j += 1
    }
  }

  /// Adds what is expected of an interval-censored observation under the present rates (the E step).
  func addExpected(_ o: SurvivalData.Observation, to segments: inout [SurvivalFit.Segment]) {
    guard let end = o.upper else { return }
    addExposure(from: o.entry, to: o.duration, weight: o.weight, &segments)
    // Survival relative to the interval's start; all of it lies in (l, u].
    let base = cumulative(o.duration)
    let last = exp(base - cumulative(end))
    let total = 1 - last
    var j = segment(o.duration)
    if total <= 0 {
      // No hazard in the whole interval: nothing prefers one part of it.
      addExposure(from: o.duration, to: o.representative, weight: o.weight, &segments)
      segments[segment(o.representative)].events += o.weight
      return
    }
    while j < rates.count, lower(j) < end {
      let a = max(o.duration, lower(j))
      let b = min(end, upper(j))
      if b > a {
        let atA = exp(base - cumulative(a))
        let dies = -atA * expm1(-rates[j] * (b - a))
        let area = rates[j] > 0 ? dies / rates[j] : atA * (b - a)
        segments[j].events += o.weight * dies / total
        segments[j].exposure += o.weight * max(0, area - last * (b - a)) / total
      }
      j += 1
    }
  }

  /// The log-likelihood of one observation, without its weight.
  func logLikelihood(_ o: SurvivalData.Observation) -> Double {
    let entry = cumulative(o.entry)
    let start = cumulative(o.duration)
    guard o.event else { return entry - start }
    guard o.isInterval, let end = o.upper else { return log(rates[segment(o.duration)]) + entry - start }
    return entry - start + log(-expm1(start - cumulative(end)))
  }

  /// The inverse of Σ w·score·scoreᵀ (in log rates), by Fisher's identity from the E step; nil when it is singular.
  func scoreCovariance(_ data: SurvivalData) -> [Double]? {
    _ = SpecialFunctions.handlerIsOff
    let n = rates.count
    var information = [Double](repeating: 0, count: n * n)
    for o in data.observations where o.weight > 0 {
      var s = emptySegments
      var unit = o
      unit.weight = 1
      if o.isInterval { addExpected(unit, to: &s) } else { add(unit, to: &s) }
      let score = (0..<n).map { s[$0].events - rates[$0] * s[$0].exposure }
      for i in 0..<n { for j in 0..<n { information[i * n + j] += o.weight * score[i] * score[j] } }
    }
    // A segment without events has no log rate: leave it out of the inversion.
    for i in 0..<n where information[i * n + i] == 0 { information[i * n + i] = 1 }
    let ok = information.withUnsafeMutableBufferPointer { buffer -> Bool in
      guard let base = buffer.baseAddress else { return false }
      var view = gsl_matrix_view_array(base, n, n)
      return gsl_linalg_cholesky_decomp1(&view.matrix) == 0 && gsl_linalg_cholesky_invert(&view.matrix) == 0
    }
    return ok ? information : nil
  }
}
