import Calibration
import DiscreteEvent
import Engine
import Scenarios
import Simulator

/// A forecast's question made ready to be simulated: the fleet as the history left it, and the instants to be noted.
struct ForecastWorkshop: Sendable {
  let request: Forecast.Request
  let calendar: CalendarMonths
  let start: Instant
  /// Which of the months is the main one, from 0.
  let measured: Int
  /// The first instants of the months, and the end of the last.
  let boundaries: [Instant]
  /// Ends of days of the measured month that are still to come.
  let days: [Instant]
  let replay: FleetReplay
  let spending: HistorySpending
  /// Index of the first kind that was added.
  let firstAddition: Int
  /// Nanodollars accrued at the start, in all and by known job.
  let opening: Double
  let openingByJob: [Double]
  let experiment: Experiment

  init(_ request: Forecast.Request, history: History, source: ModelSource, calendar: CalendarMonths) {
    self.request = request
    self.calendar = calendar
    let start = request.asOf
    let boundaries = (0...request.count).map { calendar.start(of: calendar.month(after: request.first, by: $0)) }
    let end = max(boundaries[request.count], start)
    var kinds = source.worlds.first?.mix ?? []
    var replay = FleetReplay(history, firstKind: kinds.count)
    replay.order(request.queue, of: history, at: start)
    for j in replay.jobs {
      let job = history.jobs[j]
      let asked = job.isExamination ? job.configuration.examining : job.configuration
      kinds.append(JobKind(weight: 0, configuration: asked, client: job.client ?? ""))
    }
    let firstAddition = kinds.count
    kinds += request.additions.map { JobKind(weight: 0, configuration: $0.1) }
    var experiment = Experiment(
      worlds: source.worlds, policies: request.policies, start: start, horizon: .until(end), seed: request.seed,
      replications: request.replications)
    experiment.kinds = kinds
    experiment.fleet = replay.fleet
    experiment.resumptions = replay.resumptions
    experiment.firstOrdinal = UInt32(replay.jobs.count)
    experiment.submissions = request.additions.enumerated().map {
      .init(at: max($0.element.0, start), kind: firstAddition + $0.offset)
    }.sorted { $0.at < $1.at }
    experiment.keepsJobs = true
    experiment.keepsStatistics = false
    // One mark a day of the measured month, and one at each month's end.
    let measured = min(request.measured, request.count - 1)
    let (from, to) = (boundaries[measured], boundaries[measured + 1])
    days = start < to ? calendar.dayEnds(from: max(start, from), to: to) : []
    experiment.marks = Array(Set(days + boundaries.dropFirst()).filter { $0 > start }).sorted()
    self.start = start
    self.measured = measured
    self.boundaries = boundaries
    self.replay = replay
    self.firstAddition = firstAddition
    self.experiment = experiment
    spending = HistorySpending(history, at: start)
    opening = Double(replay.fleet.accrued(at: start))
    openingByJob = replay.fleet.jobs.map { Double($0.cost(at: start)) }
  }

  /// US dollars spent in month `i` before the forecast was made.
  func spent(in i: Int) -> Double { spending.dollars(from: boundaries[i], to: min(boundaries[i + 1], start)) }

  /// What month `i` ends at in each replication, from what was accrued at each mark (nanodollars since the start); nil
  /// where the month is over.
  func totals(ofMonth i: Int, marks: [[Double]]) -> [Double]? {
    guard boundaries[i + 1] > start, let end = experiment.marks.firstIndex(of: boundaries[i + 1]) else { return nil }
    let before = boundaries[i] > start ? experiment.marks.firstIndex(of: boundaries[i]) : nil
    let spent = spent(in: i)
    return marks[end].indices.map { r in spent + (marks[end][r] - (before.map { marks[$0][r] } ?? 0)) / 1e9 }
  }

  /// What the measured month ends at in each replication of an experiment with the same marks.
  func totals(of experiment: Experiment) async throws -> [Double] {
    let opening = opening
    let marks = try await experiment.run(
      threads: request.threads, into: [[Double]](repeating: [], count: experiment.marks.count)
    ) { marks, result in
      for (m, accrued) in result.marks.enumerated() { marks[m].append(Double(accrued) - opening) }
    } merge: { whole, part in
      for m in whole.indices { whole[m] += part[m] }
    }
    return totals(ofMonth: measured, marks: marks)
      ?? Array(repeating: spent(in: measured), count: experiment.replications)
  }

  /// The share of what a job costs after the start that falls into the measured month and those after it.
  ///
  /// By time, as if it were spent evenly: a job's bill is kept as one sum. Exact where the measured month is the first.
  func share(admitted: Instant, ended: Instant) -> Double {
    guard measured > 0 else { return 1 }
    let (from, to) = (max(admitted, start), min(ended, max(boundaries[request.count], start)))
    guard to > from else { return from >= boundaries[measured] ? 1 : 0 }
    return min(1, max(0, (to - max(from, boundaries[measured])).seconds / (to - from).seconds))
  }
}
