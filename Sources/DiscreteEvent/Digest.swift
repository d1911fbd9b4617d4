/// A chain over 64-bit words: equal runs have equal digests. Detects nondeterminism; it is no cryptography.
@frozen
public struct Digest: Hashable, Sendable, BitwiseCopyable {
  public var value: UInt64 = 0x243F_6A88_85A3_08D3
  @inlinable public init() {}
  /// Mixes one word into the chain.
  @inlinable public mutating func absorb(_ word: UInt64) {
    let product = (value ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
    value = product.high ^ product.low &+ 0xBF58_476D_1CE4_E5B9
  }
}
