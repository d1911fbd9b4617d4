import Testing

@testable import DiscreteEvent

@Suite struct DigestTests {
  func chain(_ words: [UInt64]) -> Digest {
    var digest = Digest()
    for word in words { digest.append(word) }
    return digest
  }

  /// A change of the arithmetic would break every stored digest; it must be meant.
  @Test func isWhatItWas() {
    #expect(chain([1, 2, 3]).value == 6_581_851_123_856_507_372)
  }

  @Test func seesEveryChange() {
    var seen: Set<UInt64> = [chain([]).value]
    for word: UInt64 in [0, 1, 2, .max, 1 << 63, 0xA076_1D64_78BD_642F] {
      #expect(seen.insert(chain([word]).value).inserted)
      #expect(seen.insert(chain([word, 0]).value).inserted)
      #expect(seen.insert(chain([0, 0, word]).value).inserted)
    }
    #expect(chain([1, 2]) != chain([2, 1]))
  }

  /// One flipped bit flips half of the digest's bits.
  @Test func avalanches() {
    var flipped = 0
    var random = SplitMix(5)
    let base = (0..<4).map { _ in random.next() }
    for i in 0..<256 {
      var words = base
      words[i / 64] ^= 1 << UInt64(i % 64)
      flipped += (chain(words).value ^ chain(base).value).nonzeroBitCount
    }
    // Binomial(256 · 64, 1/2) has the standard deviation 64.
    #expect(abs(flipped - 8192) < 4 * 64)
  }

  @Test func anyShardingMergesToTheSameValue() {
    let chains = (0..<100 as Range<UInt64>).map { chain([$0 &* 7, 3]) }
    var whole = ExperimentDigest()
    for r in 0..<100 { whole.add(replication: UInt64(r), chains[r]) }
    for shards in [2, 3, 7] {
      var merged = ExperimentDigest()
      for s in (0..<shards).reversed() {
        var part = ExperimentDigest()
        for r in stride(from: s, to: 100, by: shards) { part.add(replication: UInt64(r), chains[r]) }
        merged.merge(part)
      }
      #expect(merged == whole)
    }
    var swapped = ExperimentDigest()
    for r in 0..<100 { swapped.add(replication: UInt64(r), chains[r ^ 1]) }
    #expect(swapped != whole)
    #expect(whole.description.count == 16)
  }
}
