// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Engine
import Foundation
import Hummingbird
import Journal
import Live

/// What an hour of a pod costs, by one source.
public struct RateDocument: Codable, Sendable {
  public enum Use: String, Codable, Sendable, CaseIterable {
    /// What estimates, forecasts and the budget's reservations reckon with.
    case estimates
    /// What the provider asks now.
    case offer
    /// What the last such pod cost.
    case paid
  }
  public var use: Use
  public var provider: String
  public var gpu: String
  public var pricing: Pricing
  /// US dollars; nil: it is not known, or there are none.
  public var usd_per_hour: Double?
  public var source: String
  /// When it was seen: a day, or a time; nil: the source does not say.
  public var as_of: String?
  /// nil: nobody says.
  public var is_available: Bool?
  /// Why there are none, or how many there are.
  public var reason: String?

  public init(
    use: Use, provider: String, gpu: String, pricing: Pricing, usd_per_hour: Double?, source: String,
    as_of: String? = nil, is_available: Bool? = nil, reason: String? = nil
  ) {
    (self.use, self.provider, self.gpu, self.pricing) = (use, provider, gpu, pricing)
    (self.usd_per_hour, self.source, self.as_of) = (usd_per_hour, source, as_of)
    (self.is_available, self.reason) = (is_available, reason)
  }
}

public struct RateList: Codable, Sendable {
  public var rates: [RateDocument]
  /// Whether new jobs may choose spot, and if not, why.
  public var spot_is_available: Bool
  public var spot_reason: String?
  /// The provider has not answered yet what it asks now.
  public var is_being_asked: Bool
  /// Of stored files; nil: not known.
  public var storage_usd_per_gb_month: Double?
}

/// What pods cost, for programs.
struct RateRoutes {
  let runner: LiveRunner
  let advice: WebServer.Advice

  func add(to router: RouterGroup<LiveContext>) {
    router.get("rates") { _, _ in try Reply.json(try await RateRoutes.list(advice, runner.catalogue)) }
  }

  static func list(_ advice: WebServer.Advice, _ catalogue: Catalogue) async throws -> RateList {
    let (offers, spot) = (await advice.offers(), advice.spot)
    let paid = try catalogue.lastRates().map {
      RateDocument(
        use: .paid, provider: $0.provider, gpu: $0.gpu, pricing: $0.pricing, usd_per_hour: Wording.dollars($0.rate),
        source: "the last such pod, of \($0.job)", as_of: Wording.stamp($0.at))
    }
    return RateList(
      rates: advice.reckoned + (offers ?? []) + paid, spot_is_available: spot.isAvailable, spot_reason: spot.reason,
      is_being_asked: offers == nil, storage_usd_per_gb_month: advice.storagePrice)
  }
}
