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
  private let path: String
  private let source: ModelSource
  private let calendar: CalendarMonths

  /// Futures for each answer: enough for the middle and the 80 %, few enough to be there at once.
  private static let futures = 400

  /// - Parameters:
  ///   - history: what is known of jobs that may still arrive; without it none is expected.
  ///   - rates: nanodollars an hour, where they are known better than from the history.
  init(store path: String, history: String?, rates: (spot: Int64, onDemand: Int64)? = nil) throws {
    self.path = path
    var source = try ModelLoader.load(history, asOf: nil).source.paying(rates)
    // The shipped priors know nothing of how often this team has a job.
    if history == nil { for i in source.worlds.indices { source.worlds[i].arrivals = .none } }
    self.source = source
    guard let calendar = CalendarMonths() else {
      throw InputError(.badConfiguration, "this system has no time zone UTC", hint: "install tzdata")
    }
    self.calendar = calendar
  }

  func forecast(_ view: LiveView) async throws -> ForecastDocument {
    let clock = ContinuousClock()
    let began = clock.now
    let history = try HistoryReader.read(path: path)
    var request = Forecast.Request(
      first: calendar.month(of: view.at), asOf: view.at, policies: view.policies, replications: LiveForecaster.futures,
      threads: ProcessInfo.processInfo.activeProcessorCount)
    request.policies.budgetLimit = view.fleet.budget.limit
    let answer = try await Forecast.run(request, history: history, source: source, calendar: calendar)
    guard let month = answer.months.first?.total else { throw InputError(.badData, "there is no month to forecast") }
    var jobs: [String: ForecastDocument.Projection] = [:]
    for job in answer.running + answer.queued {
      jobs[job.id] = ForecastDocument.Projection(
        cost_usd: LiveForecaster.band(job.final) ?? Band(p10: job.spent, p50: job.spent, p90: job.spent),
        remaining_s: LiveForecaster.band(job.remaining),
        wait_s: job.phase == .queued ? LiveForecaster.band(job.wait) : nil)
    }
    let took = began.duration(to: clock.now)
    var document = ForecastDocument(
      at: Words.stamp(view.at), month: LiveForecaster.band(month) ?? Band(p10: 0, p50: 0, p90: 0),
      p_over_budget: view.fleet.budget.limit.map { answer.probability(over: Double($0) / 1e9) },
      futures: answer.replications,
      milliseconds: Double(took.components.seconds) * 1e3 + Double(took.components.attoseconds) / 1e15, jobs: jobs)
    document.by_day = answer.days.map {
      .init(date: $0.date, isPast: $0.isPast, p10: $0.p10, p50: $0.p50, p90: $0.p90)
    }
    return document
  }

  /// nil where there is none, or it lies beyond the forecast.
  private static func band(_ sample: SampleSummary) -> Band? {
    guard sample.count > 0 else { return nil }
    let band = Band(p10: sample.quantile(0.1), p50: sample.quantile(0.5), p90: sample.quantile(0.9))
    return band.p90.isFinite && band.p50.isFinite ? band : nil
  }
}
