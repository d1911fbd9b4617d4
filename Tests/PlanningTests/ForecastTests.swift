import Calibration
import DiscreteEvent
import Engine
import Scenarios
import Simulator
import Testing

@testable import Planning

@Suite struct ForecastTests {
  /// What the fleet says a running job has cost is what its leases cost.
  @Test func theFleetIsRebuiltFromTheHistory() throws {
    let full = try Demonstration.history()
    var running = 0
    for day in stride(from: 1_770_000_000, to: 1_795_000_000, by: 86_400 * 3) {
      let now = Instant(microseconds: Int64(day) * 1_000_000)
      let history = full.known(at: now)
      let replay = FleetReplay(history, firstKind: 0)
      #expect(replay.warnings.isEmpty, "\(replay.warnings)")
      for (k, j) in replay.jobs.enumerated() {
        let expected = history.jobs[j].leases.reduce(Int64(0)) { sum, l in
          let lease = history.leases[l]
          return sum + Ledger.cost(hourlyRate: lease.hourlyRate, time: (lease.ended ?? now) - lease.granted)
        }
        #expect(replay.fleet.jobs[k].cost(at: now) == expected, "job \(history.jobs[j].id) at \(now)")
        running += 1
      }
      #expect(replay.fleet.ledger.isBalanced)
    }
    #expect(running > 30)
  }

  /// Where a pod is granted, or refused, in the very instant of its request, as a simulated month has it, the fleet stands as it did.
  @Test func answersInTheInstantOfTheirRequestComeAfterIt() throws {
    var full = try Demonstration.history()
    for lease in full.leases {
      let own = full.jobs[lease.job].requests.filter { full.requests[$0].resolved == lease.granted }
      for request in own { full.requests[request].requested = lease.granted }
    }
    for request in full.requests.indices where full.requests[request].result != .granted {
      full.requests[request].resolved = full.requests[request].resolved.map { _ in full.requests[request].requested }
    }
    var running = 0
    for day in stride(from: 1_770_000_000, to: 1_795_000_000, by: 86_400 * 3) {
      let now = Instant(microseconds: Int64(day) * 1_000_000)
      let history = full.known(at: now)
      let replay = FleetReplay(history, firstKind: 0)
      #expect(replay.warnings.isEmpty, "\(replay.warnings)")
      for (k, j) in replay.jobs.enumerated() where !history.jobs[j].leases.isEmpty {
        let expected = history.jobs[j].leases.reduce(Int64(0)) { sum, l in
          let lease = history.leases[l]
          return sum + Ledger.cost(hourlyRate: lease.hourlyRate, time: (lease.ended ?? now) - lease.granted)
        }
        #expect(replay.fleet.jobs[k].cost(at: now) == expected, "job \(history.jobs[j].id) at \(now)")
        running += 1
      }
    }
    #expect(running > 30)
  }

  /// A history does not say who was promoted: told who stands where, the fleet has them so.
  @Test func whoWaitsStandsWhereItIsSaidToStand() throws {
    let now = Instant(microseconds: 1_780_000_000_000_000)
    var history = History(source: "test")
    history.observations = [.init(storeID: "s", origin: "sandbox", from: now - .days(9), until: now)]
    for (i, id) in ["a", "b", "c", "d"].enumerated() {
      history.jobs.append(
        History.Job(
          id: id, name: id, configuration: JobConfiguration(preset: .balanced, pricing: .spot), conversations: 1,
          trainingTokens: 1, gpuType: "", submitted: now - .hours(Int64(9 - i))))
    }
    for (ids, order) in [([], "abcd"), (["c", "a"], "cabd"), (["d", "c", "b", "a", "nobody"], "dcba")] {
      var replay = FleetReplay(history, firstKind: 0)
      replay.order(ids, of: history, at: now)
      var (next, seen) = (replay.fleet.queueHead, "")
      while next != .none {
        seen += history.jobs[replay.jobs[Int(next.rawValue)]].id
        next = replay.fleet[next].next
      }
      #expect(seen == order && replay.fleet.queued == 4)
    }
  }

  /// What is left of an examination is not what is left of a training with the same suites.
  @Test func anExaminationIsForecastAsOne() async throws {
    let calendar = try #require(CalendarMonths())
    let month = Scenario.Month(year: 2026, month: 6)
    let now = calendar.start(of: month) + .days(3)
    var history = History(source: "test")
    history.observations = [.init(storeID: "s", origin: "sandbox", from: now - .days(9), until: now)]
    var asked = JobConfiguration(preset: .balanced, pricing: .spot)
    (asked.statedSteps, asked.suitePasses) = (1, 7_200)
    history.jobs.append(
      History.Job(
        id: "job-1", name: "later", configuration: asked, conversations: 1, trainingTokens: 1, gpuType: "",
        submitted: now - .minutes(1)))
    var world = WorldParameters()
    world.boot = .constant(1_800)
    world.step = StepTime(median: .seconds(36_000))
    world.finalization = .constant(3_600)
    world.suitePass = 0.5
    world.hourlyRate[.spot] = 2
    world.interruptions.spot = .never
    func cost() async throws -> Double {
      let request = Forecast.Request(first: month, asOf: now, policies: Policies(), replications: 4, threads: 1)
      let question = ForecastQuestion(
        request: request, history: history, source: ModelSource(worlds: [world], jobs: 0, name: "test"))
      return try #require(try await question.answer(calendar).queued.first).final.quantile(0.5)
    }
    #expect(abs(try await cost() - 2 * (0.5 + 10 + 1 + 1)) < 0.01)
    history.jobs[0].isExamination = true
    #expect(abs(try await cost() - 2 * (0.5 + 1)) < 0.01)
  }

  /// What a running job's history may end with. Whoever was cut short, found no pod or never got its first one goes on; who is paused does
  /// not; and who was resumed waits in the queue.
  @Test(arguments: [
    "interrupted", "unavailable", "paused", "paused before its lease ended", "resumed", "resumed and running",
  ])
  func everyPhaseOfAHistoryIsGoneOnFrom(_ end: String) async throws {
    let calendar = try #require(CalendarMonths())
    let month = Scenario.Month(year: 2026, month: 6)
    let full = try Demonstration.history()
    // A job that trains at the instant of the forecast.
    var found: (Instant, Int, Int)?
    for day in 3...25 where found == nil {
      let now = calendar.start(of: month) + .days(Int64(day)) + .hours(12)
      let history = full.known(at: now)
      for (l, lease) in history.leases.enumerated() where lease.ended == nil && now - lease.granted > .hours(1) {
        found = (now, lease.job, l)
      }
    }
    let (now, j, l) = try #require(found)
    var history = full.known(at: now)
    let name = history.jobs[j].id
    let lease = history.leases[l]
    func request(_ at: Instant, _ resolved: Instant, _ result: History.RequestResult) {
      history.jobs[j].requests.append(history.requests.count)
      history.requests.append(
        History.Request(
          id: "last", job: j, pricing: lease.pricing, requested: at, resolved: resolved, result: result))
    }
    history.leases[l].ended = now
    history.leases[l].endReason = .paused
    switch end {
    case "interrupted": history.leases[l].endReason = .interrupted
    case "unavailable":
      history.leases[l].endReason = .interrupted
      request(now + .minutes(1), now + .minutes(2), .unavailable)
    case "paused before its lease ended":
      history.leases[l].ended = now + .minutes(1)
      history.jobs[j].pauses.append((now, nil))
    case "paused": history.jobs[j].pauses.append((now, nil))
    default: history.jobs[j].pauses.append((now, now + .minutes(10)))
    }
    if end == "resumed and running" {
      request(now + .minutes(15), now + .minutes(16), .granted)
      history.jobs[j].leases.append(history.leases.count)
      history.leases.append(
        History.Lease(
          id: "last", job: j, pricing: lease.pricing, hourlyRate: lease.hourlyRate, granted: now + .minutes(16)))
    }
    let asOf = now + .minutes(30)
    let forecast = try await Forecast.run(
      Forecast.Request(first: month, asOf: asOf, policies: unlimited, replications: 100, threads: 2),
      history: history, source: ModelSource(worlds: try Demonstration.worlds(history), jobs: 1, name: ""),
      calendar: calendar)
    #expect(forecast.warnings.isEmpty, "\(forecast.warnings)")
    let running = forecast.running.first { $0.id == name }
    let queued = forecast.queued.first { $0.id == name }
    switch end {
    case "paused", "paused before its lease ended": #expect(running == nil && queued == nil)
    case "resumed":
      let job = try #require(queued)
      #expect(job.final.mean > job.spent + 0.5)
    default:
      let job = try #require(running)
      #expect(job.final.mean > job.spent + 0.5, "\(end): \(job.spent) spent, \(job.final.mean) at last")
      #expect(job.remaining.quantile(0.5) < .infinity)
    }
  }

  @Test func monthsAreSplitByInstantAndAddUp() throws {
    let history = try Demonstration.history()
    let spending = HistorySpending(history)
    let calendar = try #require(CalendarMonths())
    let first = Scenario.Month(year: 2026, month: 1)
    let months = (0..<12).map { i in
      spending.dollars(
        from: calendar.start(of: calendar.month(after: first, by: i)),
        to: calendar.start(of: calendar.month(after: first, by: i + 1)))
    }
    let charges = history.charges.filter { $0.job.map { history.jobs[$0].ended != nil } ?? true }
    let open = history.jobs.filter { $0.ended == nil }.flatMap(\.leases).reduce(Int64(0)) { sum, l in
      let lease = history.leases[l]
      return sum + Ledger.cost(hourlyRate: lease.hourlyRate, time: (lease.ended ?? history.until) - lease.granted)
    }
    let all = Double(charges.reduce(Int64(0)) { $0 + $1.amount } + open) / 1e9
    #expect(abs(months.reduce(0, +) - all) < 1e-6)
  }

  /// Between two words of a running job's the money goes on: what it has cost by now is part of the month, and of what the month comes to.
  @Test func whatARunningJobHasCostSinceItsLastWordIsSpent() async throws {
    let calendar = try #require(CalendarMonths())
    let month = Scenario.Month(year: 2026, month: 6)
    let full = try Demonstration.history()
    var found = 0
    for day in 3...25 {
      let last = calendar.start(of: month) + .days(Int64(day)) + .hours(12)
      let history = full.known(at: last)
      let rates = history.jobs.filter { $0.ended == nil }.flatMap(\.leases).map { history.leases[$0] }
        .filter { $0.ended == nil }.map { Double($0.hourlyRate) / 1e9 }
      guard !rates.isEmpty else { continue }
      func forecast(_ now: Instant) async throws -> Forecast {
        try await Forecast.run(
          Forecast.Request(first: month, asOf: now, policies: Demonstration.policies, replications: 20, threads: 2),
          history: history, source: ModelSource(worlds: try Demonstration.worlds(history), jobs: 1, name: ""),
          calendar: calendar)
      }
      let (then, now) = (try await forecast(last), try await forecast(last + .hours(6)))
      let (before, after) = (try #require(then.months.first), try #require(now.months.first))
      #expect(abs(after.spent - before.spent - 6 * rates.reduce(0, +)) < 1e-6, "June \(day)")
      // No future of the month is cheaper than what is gone and what is sure to be paid for the job itself.
      #expect(after.total.quantile(0) >= after.spent)
      found += 1
    }
    #expect(found >= 3)
  }

  /// Past forecasts of the demonstration history: the 80 % interval of the month's end holds, in all months together.
  @Test func monthEndsAreCovered() async throws {
    let full = try Demonstration.history()
    let calendar = try #require(CalendarMonths())
    let spending = HistorySpending(full)
    var held = 0
    var n = 0
    for m in 3...10 {
      let month = Scenario.Month(year: 2026, month: m)
      let from = calendar.start(of: month)
      let to = calendar.start(of: calendar.month(after: month))
      let actual = spending.dollars(from: from, to: to)
      for day in [5, 15, 25] {
        let now = from + .days(Int64(day))
        let history = full.known(at: now)
        let forecast = try await Forecast.run(
          Forecast.Request(first: month, asOf: now, policies: unlimited, replications: 300, threads: 2),
          history: history,
          source: ModelSource(worlds: try Demonstration.worlds(history), jobs: history.jobs.count, name: ""),
          calendar: calendar)
        let total = try #require(forecast.months.first).total
        if actual >= total.quantile(0.1), actual <= total.quantile(0.9) { held += 1 }
        n += 1
      }
    }
    print("month ends: 80 % interval held \(held) of \(n)")
    // 24 forecasts of 8 months, not independent: fewer than 13 would be a broken forecast.
    #expect(held >= 13)
  }

  @Test func jobsThatComeAfterTheForecastsEndAreSaidToBeLeftOut() async throws {
    let calendar = try #require(CalendarMonths())
    let month = Scenario.Month(year: 2026, month: 6)
    let now = calendar.start(of: month) + .days(3)
    let history = try Demonstration.history().known(at: now)
    var request = Forecast.Request(first: month, asOf: now, policies: unlimited, replications: 20)
    request.additions = [(now + .days(3_000), JobConfiguration(preset: .balanced, pricing: .spot))]
    let forecast = try await Forecast.run(
      request, history: history, source: ModelSource(worlds: [WorldParameters()], jobs: 1, name: ""), calendar: calendar
    )
    #expect(forecast.warnings.contains { $0.contains("after the last month") }, "\(forecast.warnings)")
  }

  /// Two leases at the highest rate: no sum holds what they cost, and it trapped.
  @Test func moneyBeyondAllBoundsIsTheMostThereIs() {
    var history = History(source: "")
    history.jobs = [
      History.Job(
        id: "j", name: "j", configuration: JobConfiguration(preset: .balanced, pricing: .spot), conversations: 1,
        trainingTokens: 1, gpuType: "h100", submitted: .zero)
    ]
    history.observations = [History.Observation(storeID: "s", origin: "real", from: .zero, until: .zero + .days(900))]
    for n in 0..<2 {
      history.jobs[0].leases.append(n)
      history.leases.append(
        History.Lease(id: "\(n)", job: 0, pricing: .spot, hourlyRate: 1_000_000_000_000_000, granted: .zero))
    }
    #expect(HistorySpending(history).dollars(from: .zero, to: .zero + .days(900)) > 9e9)
  }

  @Test func daysEndAtMidnightOfTheZoneAndKnowSummerTime() throws {
    let berlin = try #require(CalendarMonths(timeZone: "Europe/Berlin"))
    let march = Scenario.Month(year: 2026, month: 3)
    let ends = berlin.dayEnds(from: berlin.start(of: march), to: berlin.start(of: berlin.month(after: march)))
    #expect(ends.count == 31)
    let lengths = zip([berlin.start(of: march)] + ends, ends).map { ($1 - $0).hours }
    #expect(lengths[28] == 23 && lengths.filter { $0 == 24 }.count == 30)
    #expect(CalendarMonths(timeZone: "Atlantis/Main") == nil)
  }

  private var unlimited: Policies {
    var policies = Demonstration.policies
    policies.maxConcurrent = .max
    return policies
  }
}
