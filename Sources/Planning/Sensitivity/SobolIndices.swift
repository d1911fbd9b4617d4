import DiscreteEvent

/// Which share of a variance each uncertain input carries.
///
/// From two independent samples A and B of all inputs, and for each input the sample A with that input taken from B (Saltelli et al.: "Variance
/// based sensitivity analysis of model output", Computer Physics Communications 181, 2010):
///
///     first order  Sᵢ = mean(f(B) · (f(ABᵢ) − f(A))) ÷ V        what is lost of the variance when the input becomes known
///     total        Tᵢ = mean((f(A) − f(ABᵢ))²) ÷ 2V  (Jansen)   what remains when everything else becomes known
///
/// f is taken less its mean, which changes nothing in expectation and much in the spread of the first.
public struct SobolIndices: Sendable, Hashable {
  /// One input's shares, each with half of its 95 % interval.
  public struct Share: Sendable, Hashable {
    public var first: Double
    public var firstHalfWidth: Double
    public var total: Double
    public var totalHalfWidth: Double
  }

  public var mean: Double
  public var variance: Double
  public var shares: [Share]

  /// - Parameters:
  ///   - a: f at the sample A; `b`: at B, as many.
  ///   - mixed: for each input, f at A with that input from B.
  public init(a: [Double], b: [Double], mixed: [[Double]]) {
    var both = Tally()
    for x in a { both.add(x) }
    for x in b { both.add(x) }
    mean = both.mean
    variance = both.variance
    let (mean, variance) = (both.mean, both.variance)
    shares = mixed.map { ab in
      var first = Tally()
      var total = Tally()
      for i in ab.indices {
        first.add((b[i] - mean) * (ab[i] - a[i]))
        total.add((a[i] - ab[i]) * (a[i] - ab[i]) / 2)
      }
      guard variance > 0 else { return Share(first: 0, firstHalfWidth: 0, total: 0, totalHalfWidth: 0) }
      return Share(
        first: first.mean / variance, firstHalfWidth: first.halfWidth95 / variance, total: total.mean / variance,
        totalHalfWidth: total.halfWidth95 / variance)
    }
  }
}
