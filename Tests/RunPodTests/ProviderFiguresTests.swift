import DiscreteEvent
import Testing

@testable import RunPod

/// What a provider, or whatever stands between, writes into its figures ends nobody's server.
@Suite struct ProviderFiguresTests {
  @Test func aDateThatIsNoneIsNone() {
    #expect(HTTPDate.instant("Fri, 27 Nov 2026 14:13:56 GMT") == Instant(microseconds: 1_795_788_836_000_000))
    for text in [
      "Fri, 27 Nov 300000 14:13:56 GMT", "Fri, 27 Nov -2147483648 14:13:56 GMT",
      "Fri, 2147483647 Nov 2026 14:13:56 GMT",
      "Fri, 27 Nov 2026 99:13:56 GMT",
    ] {
      #expect(HTTPDate.instant(text) == nil, "\(text)")
    }
    #expect(Stamp.instant("2026-11-27T14:13:56Z") != nil)
  }

  @Test func sumsBeyondAnyMoneyAreCutOff() {
    #expect(ProviderMoney.nanodollars(2.89) == 2_890_000_000 && ProviderMoney.nanodollars(-0.5) == -500_000_000)
    #expect(ProviderMoney.nanodollars(1e300) == 100_000_000_000_000_000)
    #expect(ProviderMoney.nanodollars(-.infinity) == -100_000_000_000_000_000)
  }
}
