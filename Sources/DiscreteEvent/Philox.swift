/// The Philox family of counter-based generators: a block of output is a pure function of a counter and a key.
///
/// Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC11, 2011. Ten rounds each.
public enum Philox {
  /// Philox2x64-10: 128 bits of counter, 64 bits of key, 128 bits of output.
  @inlinable @inline(__always)
  public static func block2x64(_ c0: UInt64, _ c1: UInt64, key: UInt64) -> (UInt64, UInt64) {
    var x0 = c0
    var x1 = c1
    var k = key
    for _ in 0..<10 {
      let product = x0.multipliedFullWidth(by: 0xD2B7_4407_B1CE_6E93)
      x0 = product.high ^ k ^ x1
      x1 = product.low
      k &+= 0x9E37_79B9_7F4A_7C15
    }
    return (x0, x1)
  }

  /// Philox4x32-10: 128 bits of counter, 64 bits of key, 128 bits of output, in 32-bit words.
  @inlinable
  public static func block4x32(_ counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var x = counter
    var k = key
    for _ in 0..<10 {
      let a = x[0].multipliedFullWidth(by: 0xD251_1F53)
      let b = x[2].multipliedFullWidth(by: 0xCD9E_8D57)
      x = SIMD4(b.high ^ x[1] ^ k[0], b.low, a.high ^ x[3] ^ k[1], a.low)
      k = k &+ SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return x
  }

  /// Philox4x64-10: 256 bits of counter, 128 bits of key, 256 bits of output, in 64-bit words.
  @inlinable
  public static func block4x64(_ counter: SIMD4<UInt64>, key: SIMD2<UInt64>) -> SIMD4<UInt64> {
    var x = counter
    var k = key
    for _ in 0..<10 {
      let a = x[0].multipliedFullWidth(by: 0xD2E7_470E_E14C_6C93)
      let b = x[2].multipliedFullWidth(by: 0xCA5A_8263_9512_1157)
      x = SIMD4(b.high ^ x[1] ^ k[0], b.low, a.high ^ x[3] ^ k[1], a.low)
      k = k &+ SIMD2(0x9E37_79B9_7F4A_7C15, 0xBB67_AE85_84CA_A73B)
    }
    return x
  }
}
