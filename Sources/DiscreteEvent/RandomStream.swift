/// A stream of random numbers that belongs to one purpose of one entity in one replication.
///
/// Two streams with different keys never overlap, and drawing from one never moves another: the same job meets the
/// same luck whatever the policy and whatever else happens (common random numbers), on any number of threads.
/// The generator is Philox2x64-10: key = mix(seed, replication), counter = (draw, entity ‖ lease ‖ purpose).
@frozen
public struct RandomStream: Sendable, BitwiseCopyable {
  @usableFromInline var key: UInt64
  @usableFromInline var high: UInt64
  @usableFromInline var low: UInt64 = 0
  @usableFromInline var spare: UInt64 = 0
  @usableFromInline var hasSpare = false

  /// - Parameters:
  ///   - seed: the experiment's seed.
  ///   - replication: which replication of the experiment.
  ///   - entity: the entity's ordinal (a job, say), not its index in memory.
  ///   - part: a part of the entity (the number of a lease, say).
  ///   - purpose: what the numbers are for; a constant of the model.
  @inlinable
  public init(seed: UInt64, replication: UInt64, entity: UInt32, part: UInt16 = 0, purpose: UInt16) {
    self.init(
      base: RandomStream.base(seed: seed, replication: replication), entity: entity, part: part, purpose: purpose)
  }

  /// The same, from a key that was mixed once for the replication (see ``base(seed:replication:)``).
  @inlinable
  public init(base: UInt64, entity: UInt32, part: UInt16 = 0, purpose: UInt16) {
    key = base
    high = UInt64(entity) << 32 | UInt64(part) << 16 | UInt64(purpose)
  }

  /// The Philox key of a replication. Injective in `replication` for a fixed seed.
  ///
  /// The replication is scrambled first: keys at a distance of Philox's own key increment share nine of ten round keys.
  @inlinable
  public static func base(seed: UInt64, replication: UInt64) -> UInt64 {
    Philox.block2x64(seed, 0x6C6F_7261_2D74_7261, key: 0).0 &+ Digest.mix(replication)
  }

  /// The next 64 random bits.
  @inlinable @inline(__always)
  public mutating func nextUInt64() -> UInt64 {
    if hasSpare {
      hasSpare = false
      return spare
    }
    let block = Philox.block2x64(low, high, key: key)
    low &+= 1
    spare = block.1
    hasSpare = true
    return block.0
  }

  /// A number in the open interval (0, 1), on a grid of 2⁻⁵³ (never 0, never 1).
  @inlinable @inline(__always)
  public mutating func uniform() -> Double { RandomStream.uniform(nextUInt64()) }

  /// The two numbers of the stream's block `index`, each in (0, 1), whatever was drawn before; the stream does not move.
  ///
  /// Blocks that are asked for side by side are computed side by side: faster than one after the other.
  @inlinable @inline(__always)
  public func pair(_ index: UInt64 = 0) -> (Double, Double) {
    let block = Philox.block2x64(index, high, key: key)
    return (RandomStream.uniform(block.0), RandomStream.uniform(block.1))
  }

  @inlinable @inline(__always)
  static func uniform(_ bits: UInt64) -> Double { (Double(Int64(truncatingIfNeeded: bits >> 12)) + 0.5) * 0x1p-52 }
}
