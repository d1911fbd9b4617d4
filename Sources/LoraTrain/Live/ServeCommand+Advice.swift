import Engine
import Live
import Scenarios
import Web

extension ServeCommand {
  /// What the dashboard and its programming interface ask the simulator and the provider.
  ///
  /// - Parameter isReachable: pods can fetch their worker, and report.
  func advice(
    _ pods: LivePods, _ knowledge: LiveKnowledge, _ quoter: Quoter, _ runner: LiveRunner,
    _ configuration: ServiceConfiguration, isReachable: Bool
  ) -> WebServer.Advice {
    var advice = WebServer.Advice(
      quote: { configuration in
        if !isReachable { throw ServeCommand.unreachable }
        try pods.check(configuration.pricing)
        var quote = try await knowledge.quoter.quote(configuration)
        if let refusal = await runner.refusal?.split(separator: "\n").first {
          quote.warnings.append("the last pod that was asked for was refused: \(refusal)")
        }
        return quote
      }, forecast: { try await knowledge.forecaster.forecast($0) },
      fixes: { knowledge.quoter.fixes($0, $1) }, foresight: knowledge.foresight)
    advice.allows = { (new) throws(InputError) in try pods.check(new) }
    advice.memory = { knowledge.quoter.memory($0) }
    advice.wait = { knowledge.quoter.wait(for: $0, every: $1) }
    advice.suitePass = quoter.suitePass
    advice.rates = (Double(quoter.rates.spot) / 1e9, Double(quoter.rates.onDemand) / 1e9)
    advice.reckoned = [Pricing.onDemand, .spot].map { quoter.rate($0, of: pods, history: history) }
    advice.offers = pods.offers
    advice.spot = pods.provider.capabilities.contains(.spot) ? (true, nil) : (false, pods.without)
    advice.storagePrice = configuration.objects.pricePerGigabyteMonth.map { Double($0) / 1e9 }
    return advice
  }
}
