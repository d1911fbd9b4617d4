import CGSL
import DiscreteEvent

/// How the possible truths are spread over what a model leaves open.
public enum ParameterSampling: String, CaseIterable, Sendable {
  /// A Latin hypercube: each parameter by itself is spread evenly, how they meet is left to chance.
  case random
  /// Sobol's points: pairs and triples of parameters are spread evenly too.
  case sobol
}

/// The first points of Sobol's sequence, shifted at random: each by itself is uniform, so that no mean is biased, and together
/// they fill the cube more evenly than chance does.
///
/// The shift is modulo 1 (Cranley, Patterson: SIAM Journal on Numerical Analysis 13, 1976) and keyed by the seed. GSL knows forty
/// dimensions; a model's further ones stay a Latin hypercube.
public struct SobolPoints: Sendable {
  /// How many points.
  public let count: Int
  static let dimensions = 40
  private let coordinates: [Double]

  /// - Parameter count: a power of two fills the cube best. O(count).
  public init(count: Int, seed: UInt64) {
    precondition(count >= 1, "there is no empty set of points")
    self.count = count
    var coordinates: [Double] = []
    coordinates.reserveCapacity(count * SobolPoints.dimensions)
    var point = [Double](repeating: 0, count: SobolPoints.dimensions)
    let shift = (0..<SobolPoints.dimensions).map {
      RandomStream(seed: seed, replication: 0, entity: UInt32($0), purpose: SobolPoints.purpose).pair().0
    }
    // GSL leaves out the origin, without which the first 2ᵏ points are not balanced.
    let sequence = gsl_qrng_alloc(cgsl_sobol(), UInt32(SobolPoints.dimensions))
    defer { gsl_qrng_free(sequence) }
    for index in 0..<count {
      if index > 0 { gsl_qrng_get(sequence, &point) }
      for d in point.indices {
        let x = point[d] + shift[d]
        coordinates.append(min(max(x < 1 ? x : x - 1, 0x1p-53), 1 - 0x1p-53))
      }
    }
    self.coordinates = coordinates
  }

  /// A coordinate in (0, 1).
  subscript(index: Int, dimension: Int) -> Double { coordinates[index * SobolPoints.dimensions + dimension] }

  private static let purpose: UInt16 = 0x536F
}
