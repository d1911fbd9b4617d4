/// Up to eight ``Tally``s that always take a number each at the same time: one division and a few vector instructions for all.
@frozen
public struct TallyVector: Hashable, Sendable, BitwiseCopyable {
  @usableFromInline var number = 0
  @usableFromInline var averages = SIMD8<Double>.zero
  @usableFromInline var squares = SIMD8<Double>.zero
  @usableFromInline var least = SIMD8<Double>(repeating: .infinity)
  @usableFromInline var greatest = SIMD8<Double>(repeating: -.infinity)

  /// Tallies of nothing.
  @inlinable
  public init() {}

  /// How many times numbers were added.
  @inlinable public var count: Int { number }

  /// Adds one number to each. O(1).
  @inlinable
  public mutating func add(_ x: SIMD8<Double>) {
    number += 1
    let delta = x - averages
    averages += delta * (1 / Double(number))
    squares += delta * (x - averages)
    least.replace(with: x, where: x .< least)
    greatest.replace(with: x, where: x .> greatest)
  }

  /// One of the tallies.
  @inlinable
  public subscript(index: Int) -> Tally {
    Tally(
      count: number, mean: averages[index], squares: squares[index], least: least[index], greatest: greatest[index])
  }
}

extension Tally {
  @inlinable
  init(count: Int, mean: Double, squares: Double, least: Double, greatest: Double) {
    number = count
    average = mean
    self.squares = squares
    self.least = least
    self.greatest = greatest
  }
}
