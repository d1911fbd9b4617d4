import Foundation
import Testing

@testable import DiscreteEvent

/// The known answers of the Random123 distribution, and numpy's.
@Suite struct PhiloxTests {
  @Test(
    arguments: [
      ([0, 0], 0, [0xca00_a045_9843_d731, 0x66c2_4222_c9a8_45b5]),
      ([.max, .max], .max, [0x65b0_21d6_0cd8_310f, 0x4d02_f322_2f86_df20]),
      (
        [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7344], 0xa409_3822_299f_31d0,
        [0x0a5e_742c_2997_341c, 0xb0f8_83d3_8000_de5d]
      ),
    ] as [([UInt64], UInt64, [UInt64])])
  func twoBy64(counter: [UInt64], key: UInt64, output: [UInt64]) {
    let block = Philox.block2x64(counter[0], counter[1], key: key)
    #expect([block.0, block.1] == output)
  }

  /// Words in hexadecimal.
  struct Known: Decodable { var ctr, key, out: [String] }

  func known(_ generator: String) throws -> [Known] {
    let all = try JSONDecoder().decode([String: [Known]].self, from: Fixture.data("rng_kat.json"))
    return try #require(all[generator])
  }

  func words<Word: FixedWidthInteger>(_ digits: [String]) throws -> [Word] {
    try digits.map { try #require(Word($0, radix: 16)) }
  }

  @Test func fourBy32() throws {
    let cases = try known("philox4x32")
    #expect(cases.count == 8)
    for c in cases {
      let block = Philox.block4x32(SIMD4(try words(c.ctr)), key: SIMD2(try words(c.key)))
      #expect(block == SIMD4(try words(c.out)))
    }
  }

  @Test func fourBy64() throws {
    let cases = try known("philox4x64")
    #expect(cases.count == 3)
    for c in cases {
      let block = Philox.block4x64(SIMD4(try words(c.ctr)), key: SIMD2(try words(c.key)))
      #expect(block == SIMD4(try words(c.out)))
    }
  }
}
