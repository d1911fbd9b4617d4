/// Count, mean, variance and extremes of a sequence of numbers, in constant space.
///
/// Welford: "Note on a method for calculating corrected sums of squares and products", Technometrics 4, 1962; merged as in
/// Chan, Golub, LeVeque: "Updating formulae and a pairwise algorithm for computing sample variances", 1979.
@frozen
public struct Tally: Hashable, Sendable, BitwiseCopyable, Codable {
  @usableFromInline var number = 0
  @usableFromInline var average = 0.0
  @usableFromInline var squares = 0.0
  @usableFromInline var least = Double.infinity
  @usableFromInline var greatest = -Double.infinity

  /// A tally of nothing.
  @inlinable
  public init() {}

  /// Adds one number. O(1).
  @inlinable
  public mutating func add(_ x: Double) {
    number += 1
    let delta = x - average
    average += delta / Double(number)
    squares += delta * (x - average)
    least = x < least ? x : least
    greatest = x > greatest ? x : greatest
  }

  /// Adds what another tally has counted. Another order of merging changes the last bits only.
  public mutating func merge(_ other: Tally) {
    if other.number == 0 { return }
    if number == 0 {
      self = other
      return
    }
    let (n, m) = (Double(number), Double(other.number))
    let delta = other.average - average
    average += delta * m / (n + m)
    squares += other.squares + delta * delta * n * m / (n + m)
    number += other.number
    least = Swift.min(least, other.least)
    greatest = Swift.max(greatest, other.greatest)
  }

  /// How many numbers were added.
  @inlinable public var count: Int { number }

  /// The mean; 0 of nothing.
  @inlinable public var mean: Double { average }

  /// The least number; +∞ of nothing.
  @inlinable public var min: Double { least }

  /// The greatest number; −∞ of nothing.
  @inlinable public var max: Double { greatest }

  /// The sum of the numbers.
  @inlinable public var sum: Double { average * Double(number) }

  /// The sample variance, with the divisor n − 1; 0 of fewer than two numbers.
  @inlinable public var variance: Double { number < 2 ? 0 : squares / Double(number - 1) }

  /// The square root of ``variance``.
  @inlinable public var standardDeviation: Double { variance.squareRoot() }

  /// The standard error of the mean of independent numbers; infinite of fewer than two.
  public var standardError: Double { number < 2 ? .infinity : (variance / Double(number)).squareRoot() }

  /// Half the width of the mean's 95 % confidence interval, by Student's t; infinite of fewer than two numbers.
  public var halfWidth95: Double {
    number < 2 ? .infinity : StudentT.quantile(0.975, degreesOfFreedom: Double(number - 1)) * standardError
  }
}
