import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Live
import Planning
import Scenarios
import Web

/// What the month will come to, from where the jobs of a served store stand: the live state lived on in so many futures.
struct LiveForecaster: Sendable {
  let path: String
  /// Of the running month.
  private let recent: RecentHistory
  let model: Model
  private(set) var source: ModelSource
  /// The same in fewer possible truths: for questions that try many worlds, and are to be answered while a person waits.
  let coarse: ModelSource
  let calendar: CalendarMonths
  /// False: nothing is known of how often this team has a job, and none is expected to arrive.
  let expectsJobs: Bool
  private let rates: (spot: Int64, onDemand: Int64)?

  /// Futures for each answer: enough for the middle and the 80 %, few enough to be there at once.
  static let futures = 400
  private static let fewer = 64

  /// - Parameters:
  ///   - history: what is known of jobs that may still arrive; without it none is expected.
  ///   - rates: nanodollars an hour, where they are known better than from the history.
  ///   - timeZone: in which the budget's months are; nil: UTC.
  init(
    store path: String, history: String?, rates: (spot: Int64, onDemand: Int64)? = nil, timeZone: String? = nil
  ) throws {
    guard let calendar = CalendarMonths(timeZone: timeZone ?? "UTC") else {
      throw InputError(.badConfiguration, "this system has no time zone UTC", hint: "install tzdata")
    }
    // The shipped priors know nothing of how often this team has a job.
    self.init(
      store: path, try ModelLoader.load(history, asOf: nil), expectsJobs: history != nil, rates: rates,
      calendar: calendar)
  }

  /// The same from a later calibration on the store's own jobs.
  func learning(_ calibrated: Calibrated) throws -> LiveForecaster {
    LiveForecaster(store: path, calibrated, expectsJobs: true, rates: rates, calendar: calendar)
  }

  private init(
    store path: String, _ calibrated: Calibrated, expectsJobs: Bool, rates: (spot: Int64, onDemand: Int64)?,
    calendar: CalendarMonths
  ) {
    (self.path, recent, self.calendar) = (path, RecentHistory(path: path), calendar)
    (self.rates, self.expectsJobs) = (rates, expectsJobs)
    model = calibrated.model
    var source = calibrated.source
    source.worlds = LiveForecaster.own(source.worlds, rates, expectsJobs: expectsJobs)
    self.source = source
    if !expectsJobs {
      self.source.name += "; jobs that are still to arrive are left out, for nothing says yet how often they come"
    }
    let (model, fewer) = (model, LiveForecaster.fewer)
    source.worlds = LiveForecaster.own(
      (0..<fewer).map { model.draw($0, of: fewer, seed: 1) }, rates, expectsJobs: expectsJobs)
    coarse = source
  }

  /// Possible truths as they are here: at this provider's prices, and with jobs to come only where they are known of.
  func own(_ worlds: [WorldParameters]) -> [WorldParameters] {
    LiveForecaster.own(worlds, rates, expectsJobs: expectsJobs)
  }

  private static func own(
    _ worlds: [WorldParameters], _ rates: (spot: Int64, onDemand: Int64)?, expectsJobs: Bool
  ) -> [WorldParameters] {
    var worlds = ModelSource(worlds: worlds, jobs: 0, name: "").paying(rates).worlds
    if !expectsJobs { for i in worlds.indices { worlds[i].arrivals = .none } }
    return worlds
  }

  /// What is asked of the running month, and nothing changed in it. The limit is a question here, not a gate: a forecast says what is wanted.
  func question(_ view: LiveView) throws -> ForecastQuestion {
    var request = Forecast.Request(
      first: calendar.month(of: view.at), asOf: view.at, policies: view.policies.ungated,
      replications: LiveForecaster.futures,
      threads: ProcessInfo.processInfo.activeProcessorCount)
    var next = view.fleet.queueHead
    while next != .none {
      request.queue.append(view.descriptions[Int(next.rawValue)].id)
      next = view.fleet[next].next
    }
    let history = try recent.read(since: calendar.start(of: request.first))
    return ForecastQuestion(request: request, history: history, source: source)
  }

  func forecast(_ view: LiveView) async throws -> ForecastDocument {
    let clock = ContinuousClock()
    let began = clock.now
    let answer = try await question(view).answer(calendar)
    guard let month = answer.months.first?.total else { throw InputError(.badData, "there is no month to forecast") }
    var jobs: [String: ForecastDocument.Projection] = [:]
    for job in answer.running + answer.queued {
      jobs[job.id] = ForecastDocument.Projection(
        cost_usd: LiveForecaster.band(job.final) ?? Band(p10: job.spent, p50: job.spent, p90: job.spent),
        remaining_s: LiveForecaster.band(job.remaining),
        wait_s: job.phase == .queued ? LiveForecaster.band(job.wait) : nil)
    }
    let outlook = LiveForecaster.outlook(answer, view)
    var document = ForecastDocument(
      at: Words.stamp(view.at), month: LiveForecaster.band(month) ?? Band(p10: 0, p50: 0, p90: 0),
      p_over_budget: outlook.p_over_budget, futures: answer.replications,
      milliseconds: LiveForecaster.milliseconds(since: began), jobs: jobs)
    (document.by_day, document.p95_usd) = (outlook.by_day, outlook.p95_usd)
    return document
  }

  /// The month as it would end.
  static func outlook(_ answer: Forecast, _ view: LiveView) -> WhatIfDocument.Outlook {
    let month = answer.months.first?.total ?? SampleSummary([])
    return WhatIfDocument.Outlook(
      month: band(month) ?? Band(p10: 0, p50: 0, p90: 0), p95_usd: month.quantile(0.95),
      p_over_budget: view.fleet.budget.limit.map { answer.probability(over: Double($0) / 1e9) },
      by_day: answer.days.map {
        .init(date: $0.date, isPast: $0.isPast, p10: $0.p10, p50: $0.p50, p90: $0.p90, p95: $0.p95)
      })
  }

  static func milliseconds(since began: ContinuousClock.Instant) -> Double {
    let took = began.duration(to: .now)
    return Double(took.components.seconds) * 1e3 + Double(took.components.attoseconds) / 1e15
  }

  /// nil where there is none, or it lies beyond the forecast.
  static func band(_ sample: SampleSummary) -> Band? {
    guard sample.count > 0 else { return nil }
    let band = Band(p10: sample.quantile(0.1), p50: sample.quantile(0.5), p90: sample.quantile(0.9))
    return band.p90.isFinite && band.p50.isFinite ? band : nil
  }
}
