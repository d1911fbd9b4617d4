import Calibration
import DiscreteEvent
import Engine
import Live

/// Answers of the simulator that still hold: a page and the programming interface ask for the same many times a minute.
///
/// A forecast holds for ten seconds of the machine's time and only while no job, lease or limit has changed; a quote for one minute. Whoever asks
/// while one is on its way waits for that one.
actor AdviceCache {
  private struct State: Hashable {
    var jobs, slots, queued: Int
    var payable: Int64
    var limit: Int64?
    var digest: Int
  }
  private var forecast: (state: State, at: ContinuousClock.Instant, task: Task<ForecastDocument, any Error>)?
  private var quotes: [JobConfiguration: (at: ContinuousClock.Instant, task: Task<QuoteDocument, any Error>)] = [:]
  private let advice: WebServer.Advice

  private static let forecastHolds = Duration.seconds(10)
  private static let quoteHolds = Duration.seconds(60)
  private static let most = 500

  private init(_ advice: WebServer.Advice) { self.advice = advice }

  /// The same advice, remembered.
  static func around(_ advice: WebServer.Advice) -> WebServer.Advice {
    let cache = AdviceCache(advice)
    var advice = advice
    advice.quote = { try await cache.quote($0) }
    advice.forecast = { try await cache.forecast($0) }
    return advice
  }

  private func forecast(_ view: LiveView) async throws -> ForecastDocument {
    let fleet = view.fleet
    var hasher = Hasher()
    for slot in fleet.slots where slot != .none { hasher.combine(fleet[slot].phase) }
    let state = State(
      jobs: fleet.jobs.count, slots: fleet.slotsInUse, queued: fleet.queued, payable: fleet.ledger.payable,
      limit: fleet.budget.limit, digest: hasher.finalize())
    if let forecast, forecast.state == state, forecast.at.duration(to: .now) < AdviceCache.forecastHolds {
      return try await forecast.task.value
    }
    let task = Task { [advice] in try await advice.forecast(view) }
    forecast = (state, .now, task)
    do {
      return try await task.value
    } catch {
      // What failed is tried again by the next who asks.
      forecast = nil
      throw error
    }
  }

  private func quote(_ configuration: JobConfiguration) async throws -> QuoteDocument {
    if let known = quotes[configuration], known.at.duration(to: .now) < AdviceCache.quoteHolds {
      return try await known.task.value
    }
    if quotes.count >= AdviceCache.most { quotes.removeAll(keepingCapacity: true) }
    let task = Task { [advice] in try await advice.quote(configuration) }
    quotes[configuration] = (.now, task)
    do {
      return try await task.value
    } catch {
      quotes[configuration] = nil
      throw error
    }
  }
}
