/// The Philox family of counter-based generators: a block of output is a pure function of a counter and a key.
///
/// Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC11, 2011. Ten rounds each.
public enum Philox {
  /// Philox2x64-10: 128 bits of counter, 64 bits of key, 128 bits of output.
  @inlinable
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
}
