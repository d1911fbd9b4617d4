/// The batch-means estimate of the mean of a correlated series and its confidence interval.
///
/// Law: "Simulation Modeling and Analysis", 5th edition, 2015, section 9.5.3.
public struct BatchMeans: Hashable, Sendable {
  /// The mean of each batch, in order.
  public let means: [Double]
  /// Their count, mean, variance and 95 % half-width.
  public let tally: Tally

  /// Splits the series into this many batches of equal size; what is left over at its end is not used.
  ///
  /// Nil for fewer than two batches or fewer observations than batches.
  public init?(_ observations: [Double], batches: Int) {
    if batches < 2 || observations.count < batches { return nil }
    means = Array(BatchMeans.means(of: observations, size: observations.count / batches).prefix(batches))
    var tally = Tally()
    for mean in means { tally.add(mean) }
    self.tally = tally
  }

  /// Pearson's correlation of each batch with the next; near 0 when the batches are long enough.
  public var lag1Autocorrelation: Double {
    var (first, second) = (Tally(), Tally())
    for mean in means.dropLast() { first.add(mean) }
    for mean in means.dropFirst() { second.add(mean) }
    var products = 0.0
    for i in 1..<means.count { products += (means[i - 1] - first.mean) * (means[i] - second.mean) }
    let scale = (first.squares * second.squares).squareRoot()
    return scale > 0 ? products / scale : 0
  }

  /// The means of the full batches of this size, in order.
  public static func means(of observations: [Double], size: Int) -> [Double] {
    precondition(size > 0, "a batch is not empty")
    return (0..<observations.count / size).map { batch in
      var sum = 0.0
      for i in batch * size..<(batch + 1) * size { sum += observations[i] }
      return sum / Double(size)
    }
  }
}
