import Calibration
import DiscreteEvent
import Engine
import Scenarios

/// Everything that a forecast is made of: what may be changed before it is asked again.
public struct ForecastQuestion: Sendable {
  public var request: Forecast.Request
  public var history: History
  public var source: ModelSource

  public init(request: Forecast.Request, history: History, source: ModelSource) {
    (self.request, self.history, self.source) = (request, history, source)
  }

  public func answer(_ calendar: CalendarMonths) async throws -> Forecast {
    try await Forecast.run(request, history: history, source: source, calendar: calendar)
  }
}

/// One change to hold a running month against: what a person would do differently from now on.
///
/// A pod that runs keeps what it is and what it costs. Jobs that wait are changed like those that are still to come.
public enum ForecastChange: Sendable, Hashable {
  /// So many jobs that are sure to come at one instant.
  case jobs(Int, JobConfiguration, at: Instant)
  case slots(Int32)
  /// How jobs without a pod are paid for: all of them on demand, else all of them on spot first.
  case payment(PolicyChoice)
  /// US dollars an hour of pods to come.
  case rate(Pricing, Double)

  public func apply(to question: inout ForecastQuestion) {
    switch self {
    case .jobs(let count, let configuration, let at):
      question.request.additions += Array(repeating: (at, configuration), count: count)
    case .slots(let slots): question.request.policies.maxConcurrent = slots
    case .payment(let choice):
      question.request.policies = choice.applied(to: question.request.policies)
      for w in question.source.worlds.indices {
        for k in question.source.worlds[w].mix.indices {
          question.source.worlds[w].mix[k].configuration.pricing = choice.pricing
        }
      }
      for j in question.history.jobs.indices
      where question.history.jobs[j].ended == nil && question.history.jobs[j].admitted == nil {
        question.history.jobs[j].configuration.pricing = choice.pricing
      }
      for a in question.request.additions.indices { question.request.additions[a].1.pricing = choice.pricing }
    case .rate(let pricing, let dollars):
      for w in question.source.worlds.indices { question.source.worlds[w].hourlyRate[pricing] = dollars }
    }
  }
}

extension WhatIf {
  /// Holds changes against today, each alone and, where there are several, all of them together.
  ///
  /// - Parameters:
  ///   - changes: what a person calls each, and what it is; applied in this order.
  ///   - today: the unchanged question's answer.
  /// - Returns: what each changes, and the forecast with all of them.
  public static func compare(
    _ changes: [(name: String, change: ForecastChange)], with question: ForecastQuestion, today: Forecast,
    calendar: CalendarMonths, budget: Double?
  ) async throws -> (alone: [WhatIf], together: WhatIf, changed: Forecast) {
    func forecast(_ some: [ForecastChange]) async throws -> Forecast {
      var question = question
      for change in some { change.apply(to: &question) }
      return try await question.answer(calendar)
    }
    let all = try await forecast(changes.map(\.change))
    let name = changes.count == 1 ? changes[0].name : "all of it together"
    let together = WhatIf(name, today: today, changed: all, budget: budget)
    guard changes.count > 1 else { return ([together], together, all) }
    var alone: [WhatIf] = []
    for (name, change) in changes {
      alone.append(WhatIf(name, today: today, changed: try await forecast([change]), budget: budget))
    }
    return (alone, together, all)
  }
}
