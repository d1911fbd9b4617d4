import Calibration
import DiscreteEvent
import Engine
import Scenarios
import Simulator

/// What will this month (or the next ones) cost, and how sure is that.
public struct Forecast: Sendable {
  /// One calendar month of the forecast.
  public struct MonthEnd: Sendable {
    public var month: Scenario.Month
    /// US dollars spent in this month before the forecast was made.
    public var spent: Double
    /// Whether the month had ended when the forecast was made: nothing of it is simulated.
    public var isOver: Bool
    /// US dollars spent by its end.
    public var total: SampleSummary
    /// The same, future by future in their order: what a change is compared by.
    public var byReplication: [Double]
  }

  /// Accumulated spending of the main month at the end of a day.
  public struct Day: Sendable {
    public var date: String
    /// The day is over: all of them are what was spent.
    public var isPast: Bool
    public var p10: Double
    public var p50: Double
    public var p90: Double
    public var p95: Double
  }

  /// A job that was under way or waiting when the forecast was made.
  public struct ActiveJob: Sendable {
    public var id: String
    public var name: String
    public var phase: Phase
    /// US dollars so far, and by the end of the forecast.
    public var spent: Double
    public var final: SampleSummary
    /// Mean US dollars still to be spent on it, in the main month and those after it.
    public var toCome: Double
    /// Seconds from the forecast's instant to the job's end; infinite in a future in which it goes on beyond the forecast.
    public var remaining: SampleSummary
    /// Seconds to its slot, for a job that waits.
    public var wait: SampleSummary
    public var pricing: Pricing
  }

  public var asOf: Instant
  public var months: [MonthEnd]
  public var days: [Day]
  public var running: [ActiveJob]
  public var queued: [ActiveJob]
  /// Mean US dollars of the main month and those after it together by preset and by client ("" where none is named), largest first.
  public var byPreset: [(String, Double)]
  public var byClient: [(String, Double)]
  /// Mean number of jobs still to arrive in the main month and those after it, beside those that are sure to come.
  public var arrivals: Double
  /// How many jobs were said to be sure to come, and their mean US dollars in those months.
  public var additions: (count: Int, dollars: Double)
  /// The odds of the first month where counting futures says too little; see ``RareOverrun``.
  public var overrun: RareOverrun?
  public var replications: Int
  /// What came of the precision that was asked for, of the first month's mean.
  public var precision: Precision.Reached?
  public var source: ModelSource
  public var warnings: [String]
  public var digest: ExperimentDigest

  /// The odds that the first month passes `budget`: by ``overrun`` where that is known, else by counting.
  public func probability(over budget: Double) -> Double {
    overrun?.probability ?? months.first?.total.probability(above: budget) ?? 0
  }

  /// The month that is likeliest to pass `budget`, and its odds; the earlier of equals.
  public func worstMonth(for budget: Double) -> (month: Scenario.Month, odds: Double)? {
    var worst = months.first.map { ($0.month, probability(over: budget)) }
    for month in months.dropFirst() {
      let odds = month.total.probability(above: budget)
      if let known = worst, odds > known.1 { worst = (month.month, odds) }
    }
    return worst
  }

  struct Fold: Sendable {
    /// By mark, in nanodollars since the start.
    var marks: [[Double]]
    var finals: [[Double]]
    var ends: [[Double]]
    var waits: [[Double]]
    /// Nanodollars by kind, and by known job, from the main month on.
    var byKind: [Double]
    var toCome: [Double]
    var arrivals = 0
    /// Nanodollars of the jobs that are sure to come.
    var added = 0.0
    var runs = 0
    var digest = ExperimentDigest()
  }

  /// What the question is.
  public struct Request: Sendable {
    public var first: Scenario.Month
    public var count: Int
    public var asOf: Instant
    /// Further jobs that are certain to come: (instant, configuration).
    public var additions: [(Instant, JobConfiguration)]
    /// Ids of the jobs that wait, the first first, where that is known better than from the history, which does not say who was promoted.
    public var queue: [String] = []
    public var policies: Policies
    public var seed: UInt64
    public var replications: Int
    /// How exactly the mean of month `measured` is to be known; in place of ``replications``.
    public var precision: Precision?
    /// Which of the months is the main one, from 0: those before it are only lived through.
    public var measured = 0
    public var threads: Int
    public init(
      first: Scenario.Month, count: Int = 1, asOf: Instant, additions: [(Instant, JobConfiguration)] = [],
      policies: Policies, seed: UInt64 = 1, replications: Int = 4_000, threads: Int = 1
    ) {
      self.first = first
      self.count = count
      self.asOf = asOf
      self.additions = additions
      self.policies = policies
      self.seed = seed
      self.replications = replications
      self.threads = threads
    }
  }

  /// Forks the fleet as the history left it and lives the rest of the months `replications` times.
  public static func run(
    _ request: Request, history: History, source: ModelSource, calendar: CalendarMonths
  ) async throws -> Forecast {
    let workshop = ForecastWorkshop(request, history: history, source: source, calendar: calendar)
    let (replay, experiment) = (workshop.replay, workshop.experiment)
    let (start, boundaries, marks) = (workshop.start, workshop.boundaries, experiment.marks)
    let (opening, openingByJob) = (workshop.opening, workshop.openingByJob)
    let (kinds, firstAddition) = (experiment.kinds, workshop.firstAddition)
    let known = replay.jobs.count
    let empty = Fold(
      marks: Array(repeating: [], count: marks.count), finals: Array(repeating: [], count: known),
      ends: Array(repeating: [], count: known), waits: Array(repeating: [], count: known),
      byKind: Array(repeating: 0, count: kinds.count), toCome: Array(repeating: 0, count: known))
    let measured = workshop.measured
    let (fold, reached) = try await experiment.run(
      threads: request.threads, precision: request.precision, metric: "month_end_usd", into: empty
    ) { fold, result in
      fold.runs += 1
      fold.digest.add(replication: UInt64(result.number), result.digest)
      for (m, accrued) in result.marks.enumerated() { fold.marks[m].append(Double(accrued) - opening) }
      for job in result.jobs {
        let cost = Double(job.costs.total)
        let share = workshop.share(admitted: job.admitted, ended: job.phase.isTerminal ? job.ended : .distantFuture)
        if Int(job.ordinal) < known {
          let k = Int(job.ordinal)
          fold.finals[k].append(cost / 1e9)
          fold.ends[k].append(job.phase.isTerminal ? (job.ended - start).seconds : .infinity)
          if job.admitted < .distantFuture { fold.waits[k].append(max(0, (job.admitted - start).seconds)) }
          fold.byKind[Int(job.kind)] += (cost - openingByJob[k]) * share
          fold.toCome[k] += (cost - openingByJob[k]) * share
        } else {
          if Int(job.kind) >= firstAddition {
            fold.added += cost * share
          } else if job.submitted >= boundaries[measured] {
            fold.arrivals += 1
          }
          fold.byKind[Int(job.kind)] += cost * share
        }
      }
    } merge: { whole, part in
      for m in whole.marks.indices { whole.marks[m] += part.marks[m] }
      for k in whole.finals.indices {
        whole.finals[k] += part.finals[k]
        whole.ends[k] += part.ends[k]
        whole.waits[k] += part.waits[k]
        whole.toCome[k] += part.toCome[k]
      }
      for k in whole.byKind.indices { whole.byKind[k] += part.byKind[k] }
      whole.arrivals += part.arrivals
      whole.added += part.added
      whole.runs += part.runs
      whole.digest.merge(part.digest)
    } mean: { fold in
      RunningMean(
        workshop.totals(ofMonth: measured, marks: fold.marks)
          ?? Array(repeating: workshop.spent(in: measured), count: 2), worlds: source.worlds.count)
    }
    let months = (0..<request.count).map { i -> MonthEnd in
      let month = calendar.month(after: request.first, by: i)
      let spent = workshop.spent(in: i)
      let totals = workshop.totals(ofMonth: i, marks: fold.marks)
      return MonthEnd(
        month: month, spent: spent, isOver: totals == nil, total: SampleSummary(totals ?? [spent]),
        byReplication: totals ?? Array(repeating: spent, count: fold.runs))
    }
    let active = (0..<known).map { k -> ActiveJob in
      let job = replay.fleet.jobs[k]
      return ActiveJob(
        id: history.jobs[replay.jobs[k]].id, name: history.jobs[replay.jobs[k]].name, phase: job.phase,
        spent: openingByJob[k] / 1e9, final: SampleSummary(fold.finals[k]),
        toCome: fold.toCome[k] / 1e9 / Double(max(1, fold.runs)), remaining: SampleSummary(fold.ends[k]),
        wait: SampleSummary(fold.waits[k]), pricing: job.pricing)
    }
    let spending = workshop.spending
    let past = min(start, boundaries[request.count])
    var presets = spending.byPreset(from: boundaries[measured], to: past)
    var clients = spending.byClient(from: boundaries[measured], to: past)
    for (k, sum) in fold.byKind.enumerated() {
      let dollars = sum / 1e9 / Double(max(1, fold.runs))
      presets[kinds[k].configuration.preset.rawValue, default: 0] += dollars
      clients[kinds[k].client, default: 0] += dollars
    }
    return Forecast(
      asOf: start, months: months,
      days: dayCurve(
        calendar, spending, fold, marks, days: workshop.days, monthStart: boundaries[measured],
        start: start, monthEnd: boundaries[measured + 1]),
      running: active.filter { $0.phase != .queued && $0.phase != .pendingConfiguration && $0.phase != .paused },
      queued: active.filter { $0.phase == .queued },
      byPreset: ranked(presets), byClient: ranked(clients),
      arrivals: Double(fold.arrivals) / Double(max(1, fold.runs)),
      additions: (request.additions.count, fold.added / 1e9 / Double(max(1, fold.runs))), replications: fold.runs,
      precision: reached, source: source,
      warnings: source.warnings + replay.warnings + pastAdditions(request)
        + lateAdditions(request, end: boundaries[request.count]), digest: fold.digest)
  }

  private static func pastAdditions(_ request: Request) -> [String] {
    let count = request.additions.count { $0.0 < request.asOf }
    guard count > 0 else { return [] }
    return [
      "\(count) of the added jobs \(count == 1 ? "has a" : "have a") submitted_at before the forecast's own instant and "
        + "\(count == 1 ? "is" : "are") taken as still to come: what the history has already counts twice"
    ]
  }

  private static func lateAdditions(_ request: Request, end: Instant) -> [String] {
    let count = request.additions.count { $0.0 >= end }
    guard count > 0 else { return [] }
    return [
      "\(count) of the added jobs \(count == 1 ? "has a" : "have a") submitted_at after the last month that is forecast: nothing "
        + "of \(count == 1 ? "it" : "them") is in the answer"
    ]
  }

  private static func ranked(_ sums: [String: Double]) -> [(String, Double)] {
    sums.filter { $0.value > 0 }.map { ($0.key, $0.value) }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
  }

  private static func dayCurve(
    _ calendar: CalendarMonths, _ spending: HistorySpending, _ fold: Fold, _ marks: [Instant], days: [Instant],
    monthStart: Instant, start: Instant, monthEnd: Instant
  ) -> [Day] {
    var curve: [Day] = []
    if start > monthStart {
      for end in calendar.dayEnds(from: monthStart, to: min(start, monthEnd)) {
        let dollars = spending.dollars(from: monthStart, to: end)
        // The day of the forecast itself is not over; it is the first of the simulated ones. (At midnight none is.)
        if end == start, let next = days.first, calendar.day(endingAt: next) == calendar.day(endingAt: end) { continue }
        curve.append(
          Day(date: calendar.day(endingAt: end), isPast: true, p10: dollars, p50: dollars, p90: dollars, p95: dollars))
      }
    }
    let spent = spending.dollars(from: monthStart, to: min(start, monthEnd))
    // What was spent before the month is not the month's.
    let before = monthStart > start ? marks.firstIndex(of: monthStart) : nil
    for end in days {
      guard let mark = marks.firstIndex(of: end) else { continue }
      let accrued = fold.marks[mark].indices.map {
        fold.marks[mark][$0] - (before == nil ? 0 : fold.marks[before ?? 0][$0])
      }
      let sample = SampleSummary.quantiles(of: accrued.map { spent + $0 / 1e9 }, at: [0.1, 0.5, 0.9, 0.95])
      curve.append(
        Day(
          date: calendar.day(endingAt: end), isPast: false, p10: sample[0], p50: sample[1], p90: sample[2],
          p95: sample[3]))
    }
    return curve
  }
}
