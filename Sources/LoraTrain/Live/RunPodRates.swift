import Calibration
import DiscreteEvent
import Engine
import Foundation
import Live
import RunPod
import Web

/// What RunPod asks for a pod now. Asked when somebody looks, at most every five minutes; nobody waits for it.
struct RunPodRates: Sendable {
  private let account: RunPodAccount
  private let settings: RunPodSettings
  private let provider: String
  private let held = LatestAnswer<Int, [RateDocument]>(for: .seconds(300))

  init(_ settings: RunPodSettings, time: LiveTime, provider: String) {
    (account, self.settings, self.provider) = (RunPodAccount(settings, time: time), settings, provider)
  }

  /// What is known by now; nil: it is being asked for.
  @Sendable func soon() async -> [RateDocument]? {
    await held.known(0, within: .milliseconds(150)) { await ask() }
  }

  private func ask() async -> [RateDocument] {
    let now = Words.stamp(LiveTime.machine)
    func rate(_ pricing: Pricing, _ dollars: Int64?, _ isAvailable: Bool?, _ reason: String?) -> RateDocument {
      RateDocument(
        use: .offer, provider: provider, gpu: settings.gpu, pricing: pricing,
        usd_per_hour: dollars.map { Double($0) / 1e9 }, source: settings.address, as_of: now,
        is_available: isAvailable, reason: reason)
    }
    let onDemand =
      switch await account.offer() {
      case .value(let offer?):
        rate(
          .onDemand, settings.isCommunity ? offer.community : offer.secure, offer.availability.map { $0 != "NONE" },
          offer.availability.map { "stock: \($0.lowercased())" })
      case .value(nil): rate(.onDemand, nil, false, "RunPod knows no GPU of that name")
      case .refused(_, let why), .unreachable(let why): rate(.onDemand, nil, nil, "RunPod does not say: \(why)")
      }
    let spot =
      switch await account.offersSpot() {
      case .value(let bid?): rate(.spot, bid, true, "the lowest bid that is taken")
      case .value(nil): rate(.spot, nil, false, "this account is offered none")
      case .refused(_, let why), .unreachable(let why): rate(.spot, nil, nil, "RunPod does not say: \(why)")
      }
    return [onDemand, spot]
  }
}

extension Quoter {
  /// What estimates reckon with, and where that is from.
  ///
  /// - Parameter history: what they stand on; nil: the shipped priors.
  func rate(_ pricing: Pricing, of pods: LivePods, history: String?) -> RateDocument {
    let own = pods.rates.map { pricing == .spot ? $0.spot : $0.onDemand }
    let figure =
      own == nil && history == nil
      ? (try? PriorFigures.shipped())?.figures[pricing == .spot ? "hourly_rate_spot" : "hourly_rate_on_demand"] : nil
    let source =
      own != nil ? "lora-train.yaml" : figure?.source ?? "the last such pods of \(history ?? "the history")"
    // A prior says when its price was seen.
    let seen = figure.flatMap {
      $0.source.firstRange(of: /seen \d{4}-\d{2}-\d{2}/).map { range in figure?.source[range] }
    }
    let hasSpot = pods.provider.capabilities.contains(.spot)
    return RateDocument(
      use: .estimates, provider: pods.place.provider, gpu: pods.place.gpu, pricing: pricing,
      usd_per_hour: Double(pricing == .spot ? rates.spot : rates.onDemand) / 1e9, source: source,
      as_of: seen.flatMap { $0 }.map { String($0.suffix(10)) }, is_available: pricing == .onDemand || hasSpot,
      reason: pricing == .spot && !hasSpot ? pods.without : nil)
  }
}
