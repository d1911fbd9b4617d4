/// The digest of an experiment: the sum modulo 2⁶⁴ of a hash of each (replication, its ``Digest``).
///
/// A sum does not know its order: however the replications are spread over threads and machines, merging the parts gives the
/// same value.
@frozen
public struct ExperimentDigest: Hashable, Sendable, BitwiseCopyable, Codable, CustomStringConvertible {
  /// The sum so far.
  public var value: UInt64

  /// The digest of no replication.
  @inlinable
  public init() { value = 0 }

  /// Adds one replication. Each must be added once.
  @inlinable
  public mutating func add(replication: UInt64, _ chain: Digest) {
    var hash = Digest()
    hash.append(replication)
    hash.append(chain.value)
    value &+= hash.value
  }

  /// Adds the replications of another part of the experiment.
  @inlinable
  public mutating func merge(_ other: ExperimentDigest) { value &+= other.value }

  /// Sixteen hexadecimal digits.
  public var description: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
