/// A running digest of a sequence of 64-bit words: equal sequences have equal digests.
///
/// It finds nondeterminism and corruption by accident: two different sequences collide with probability about 2⁻⁶⁴. It is
/// not cryptographic: whoever wants a collision can make one.
@frozen
public struct Digest: Hashable, Sendable, BitwiseCopyable, Codable {
  /// The digest of the words so far.
  public var value: UInt64

  /// The digest of the empty sequence.
  @inlinable
  public init() { value = 0x6C6F_7261_2D74_7261 }

  /// Appends one word; the order of words counts. O(1), two multiplications.
  ///
  /// For a given word it is a bijection of the digest, and for a given digest of the word: nothing is ever absorbed.
  @inlinable
  public mutating func append(_ word: UInt64) { value = Digest.mix(value ^ word) }

  /// Appends a signed word.
  @inlinable
  public mutating func append(_ word: Int64) { append(UInt64(bitPattern: word)) }

  /// Appends an instant.
  @inlinable
  public mutating func append(_ instant: Instant) { append(UInt64(bitPattern: instant.microseconds)) }

  /// Appends a number by its bits; −0 and +0 differ.
  @inlinable
  public mutating func append(_ number: Double) { append(number.bitPattern) }

  /// A bijection of the 64-bit words that scatters neighbours: the finalizer of SplitMix64.
  ///
  /// Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014; constants by Stafford (variant 13).
  @inlinable
  public static func mix(_ word: UInt64) -> UInt64 {
    var z = word &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ z &>> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z &>> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z &>> 31
  }
}
