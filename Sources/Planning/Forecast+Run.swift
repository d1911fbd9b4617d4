import Calibration
import DiscreteEvent
import Engine
import Scenarios
import Simulator

extension Forecast {
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
