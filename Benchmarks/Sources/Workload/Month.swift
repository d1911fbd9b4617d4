import Calibration
import DiscreteEvent
import Engine
import Journal
import Planning
import Scenarios

/// The forecast that a budget manager waits for: `c` slots, twelve jobs running or queued, and a model calibrated from the
/// demonstration history with all its uncertainty.
func month(_ arguments: Arguments) throws -> (UInt64) async throws -> Report {
  let history = try HistoryReader.read(path: root.appending(path: "calibration/history.sqlite").path, asOf: nil)
  let model = Model.fit(history: history, priors: try Priors.shipped())
  let worlds = (0..<ModelSource.draws).map { index in
    var world = model.draw(index, of: ModelSource.draws, seed: 1)
    world.arrivals = .poisson(perDay: 1.2)
    return world
  }
  let source = ModelSource(worlds: worlds, jobs: model.source.jobs, name: "calibration/history.sqlite")
  guard let calendar = CalendarMonths(timeZone: "UTC"), let example = history.jobs.last?.configuration else {
    throw InputError(.noInput, file: "calibration/history.sqlite", "the history is empty")
  }
  // The month after the last one of the history, from its beginning: nothing but the jobs below is under way.
  let next = calendar.month(after: calendar.month(of: history.until))
  let start = calendar.start(of: next)
  var policies = Policies()
  policies.maxConcurrent = Int32(arguments.c)
  policies.maxInterruptions = 3
  policies.afterInterruptions = .onDemand
  policies.afterProvisioning = .keepTrying
  let additions = (0..<12).map { _ in (start, example) }
  let past = History(source: history.source)
  return { [policies] seed in
    let request = Forecast.Request(
      first: next, asOf: start, additions: additions, policies: policies, seed: seed, replications: arguments.n,
      threads: arguments.threads)
    let began = Stopwatch.now
    let answer = try await Forecast.run(request, history: past, source: source, calendar: calendar)
    let elapsed = Stopwatch.now - began
    let jobs = answer.arrivals + Double(answer.additions.count)
    // Without a count by the model: about 30 events a job.
    return Report(
      arguments: arguments, modelEvents: Double(arguments.n) * jobs * 30, elapsed: elapsed,
      check: [
        ("arrivals", answer.arrivals), ("cost_usd", answer.months.first?.total.mean ?? 0),
        ("added_usd", answer.additions.dollars),
      ], digest: "\(answer.digest)")
  }
}
