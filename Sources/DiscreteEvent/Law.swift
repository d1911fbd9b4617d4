/// A probability law of a non-negative quantity, usually a length of time in seconds.
///
/// A law is a description: plain, comparable, codable. ``Sampler`` is its compiled form for the simulation loop.
/// All laws are sampled by inversion, so one uniform number gives one sample and common random numbers work.
public indirect enum Law: Hashable, Sendable, Codable {
  /// Always the same value.
  case constant(Double)
  /// Exponential with this mean.
  case exponential(mean: Double)
  /// Lognormal: `log X` is normal with mean `log(median)` and standard deviation `sigma`.
  case lognormal(median: Double, sigma: Double)
  /// Weibull with survival `exp(-(x/scale)^shape)`.
  case weibull(shape: Double, scale: Double)
  /// Gamma with mean `shape × scale`.
  case gamma(shape: Double, scale: Double)
  /// Uniform on [low, high].
  case uniform(low: Double, high: Double)
  /// Erlang: the sum of `k` exponentials, with this mean in all.
  case erlang(k: Int, mean: Double)
  /// Normal; where a length of time is sampled, a value below zero becomes zero.
  case normal(mean: Double, sd: Double)
  /// One of these values, each as likely as the others.
  case empirical([Double])
  /// One of several laws, chosen with probability proportional to its weight.
  case mixture([Component])
  /// A lifetime with a hazard rate that is constant between `breaks` (ages, ascending, the first is 0 and implied).
  /// `rates` has one element more than `breaks`; the last rate holds for ever. Units: rates are per unit of the ages.
  case piecewiseExponential(breaks: [Double], rates: [Double])

  /// One part of a ``Law/mixture(_:)``.
  public struct Component: Hashable, Sendable, Codable {
    public var weight: Double
    public var law: Law
    public init(weight: Double, law: Law) {
      self.weight = weight
      self.law = law
    }
  }
}
