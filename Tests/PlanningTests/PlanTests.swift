import Calibration
import DiscreteEvent
import Engine
import Scenarios
import Simulator
import Testing

@testable import Planning

@Suite struct PlanTests {
  /// A run of 12.5 hours that spot interrupts every 6.9 hours.
  static func world(_ plan: String, jobs: String = "[{steps: 2000, checkpoint_every: 50}]", more: String = "") throws
    -> Scenario
  {
    try ScenarioReader.decode(
      text: """
        version: 1
        name: test
        pods: {slots: 1, spot: {hourly_rate: 2.49}, on_demand: {hourly_rate: 7.99}}
        jobs: \(jobs)
        durations: {provisioning: 3m, step: 22.5s, checkpoint: 30s, restore: 13m}
        policies: {max_interruptions: unlimited}
        \(more.contains("interruptions:") ? "" : "interruptions: {exponential: {mean: 6.9h}}")
        \(more.contains("arrivals:") ? more : more + "\narrivals: {times: [0h]}")
        plan: \(plan)
        """)
  }

  static let known = ModelSource(worlds: [WorldParameters()], jobs: 0, name: "")

  static func ask(
    _ scenario: Scenario, source: ModelSource = known, threads: Int = 2, exact: Bool = false
  ) async throws -> Plan {
    var request = Plan.Request(threads: threads)
    request.isExact = exact
    return try await Plan.run(scenario, source: source, request: request)
  }

  @Test func feasibilityIsJudgedRightAtTheEdgesOfItsTolerance() {
    var wrong = 0
    let n = 2_000
    for r in 0..<n {
      var stream = RandomStream(seed: 7, replication: UInt64(r), entity: 0, purpose: 99)
      let isGood = r % 2 == 0
      let p = isGood ? 0.9 + 0.02 : 0.9 - 0.02
      let test = FeasibilityTest(target: 0.9, tolerance: 0.02, alpha: 0.01)
      var sum = 0.0
      var count = 0
      while true {
        // Shares between 0 and 1 as well as all or nothing.
        let u = stream.uniform()
        sum += r % 4 < 2 ? (u < p ? 1 : 0) : p + (u - 0.5) * 0.1
        count += 1
        if let verdict = test.verdict(sum: sum, count: count) {
          if verdict != isGood { wrong += 1 }
          break
        }
      }
    }
    #expect(wrong <= 32, "\(wrong) of \(n) wrong, where 20 are allowed for and 32 are 2.7 standard errors more")
  }

  @Test func answersDependOnTheQuestionAndNotOnThreads() async throws {
    let scenario = try Self.world("{deadline: 18h, pricing: [spot, on_demand], checkpoint_every: [25, 50, 200]}")
    let plans = try await [1, 2, 5].asyncMap { try await Self.ask(scenario, threads: $0) }
    for plan in plans {
      #expect(plan.digest == plans[0].digest)
      #expect(plan.choices.map(\.option) == plans[0].choices.map(\.option))
      #expect(plan.choices.map(\.cost) == plans[0].choices.map(\.cost))
    }
  }

  @Test func neighboursAreATieUnlessAskedExactly() async throws {
    let scenario = try Self.world("{deadline: 72h, checkpoint_every: [50, 55, 500]}")
    let plan = try await Self.ask(scenario)
    #expect(plan.choices.map(\.verdict) == [.chosen, .tie, .dearer] && plan.isDecided)
    #expect(plan.choices[1].extra <= 0.005 * plan.choices[0].cost)
    // 500 steps are dearer by what the closed form says.
    let runs = [50, 500].map {
      CheckpointedRun(steps: 2000, secondsPerStep: 22.5, every: $0, checkpoint: 30, restart: 780, downtime: 180)
        .moments(mtbf: 24_840).billed / 3600 * 2.49
    }
    #expect(abs(plan.choices[2].cost - runs[1]) < 4 / 1.96 * plan.choices[2].costHalfWidth)
  }

  @Test func whatNeverDiffersEndsAndTheFirstStays() async throws {
    let plan = try await Self.ask(try Self.world("{slots: [1, 2, 3], pricing: on_demand}"))
    #expect(plan.isDecided && plan.chosen?.option.slots == 1)
    #expect(plan.choices.allSatisfy { $0.cost == plan.choices[0].cost })
  }

  /// Forty-one jobs: what decides takes some two million events.
  private static func many(_ plan: String) throws -> Scenario {
    let times = Array(repeating: "0h", count: 41).joined(separator: ", ")
    return try world(plan, more: "arrivals: {times: [\(times)]}")
  }

  @Test func whereTheWorkEndsEveryPlanWasComparedAndTheAnswerSaysThatItIsNotCertain() async throws {
    let scenario = try Self.many("{slots: [1, 3, 41], pricing: [spot, on_demand]}")
    let plans = try await [1, 2, 5].asyncMap { threads in
      var request = Plan.Request(threads: threads)
      request.work = 200_000
      return try await Plan.run(scenario, source: Self.known, request: request)
    }
    let plan = plans[0]
    #expect(!plan.isDecided && plan.chosen != nil && plan.options == 6 && plan.choices.count == 6)
    #expect(plan.events > 100_000 && plan.events < 300_000, "\(plan.events) events")
    #expect(plan.choices.allSatisfy { $0.replications >= PlanSelection.firstLook && $0.replications < 1_024 })
    // Another machine, the same answer.
    for other in plans {
      #expect(other.digest == plan.digest && other.events == plan.events)
      #expect(other.choices.map(\.option) == plan.choices.map(\.option))
    }
  }

  @Test func whatTheWorkDoesNotReachIsNoChoice() async throws {
    var request = Plan.Request(threads: 2)
    request.work = 1
    let plan = try await Plan.run(
      try Self.many("{slots: [1, 3, 41], pricing: [spot, on_demand]}"), source: Self.known, request: request)
    #expect(plan.choices.count == 1 && plan.options == 6 && !plan.isDecided)
    #expect(plan.choices[0].replications == PlanSelection.firstLook && plan.choices[0].pBest == nil)
  }

  @Test func whatIsTooLateIsNoLongerSimulatedWhereWorkIsCounted() async throws {
    let scenario = try Self.world("{deadline: 14h, pricing: [spot, on_demand]}")
    let without = try await Self.ask(scenario)
    var request = Plan.Request(threads: 2)
    request.work = 1_000_000_000
    let plan = try await Plan.run(scenario, source: Self.known, request: request)
    #expect(plan.isDecided && plan.chosen?.option == without.chosen?.option)
    #expect(
      plan.choices.map(\.verdict) == [.chosen, .tooLate] && without.choices.map(\.verdict) == [.chosen, .tooLate])
    #expect(plan.choices[1].replications < without.choices[1].replications)
  }

  @Test func anImpossibleDeadlineNamesItselfAndTheNearestThatWouldDo() async throws {
    let impossible = try Self.world("{deadline: 12h, pricing: [spot, on_demand], checkpoint_every: [50, 2000]}")
    let plan = try await Self.ask(impossible)
    let shortfall = try #require(plan.shortfall)
    #expect(plan.chosen == nil && shortfall.binding == .deadline)
    let way = try #require(shortfall.waysOut.first)
    #expect(way.constraint == .deadline && way.deadline ?? 0 > 12 * 3600)
    #expect(plan.choices[way.choice].option.payment == .alike(.onDemand))
    // With the deadline that was named, there is a plan, and it is the one that was named.
    var relaxed = impossible
    relaxed.plan?.deadline = try #require(way.deadline) + 60
    let second = try await Self.ask(relaxed)
    #expect(second.chosen?.option == plan.choices[way.choice].option)
  }

  @Test func anImpossibleBudgetAndTwoThatExcludeEachOther() async throws {
    let poor = try await Self.ask(try Self.world("{budget: 20, pricing: [spot, on_demand]}"))
    #expect(poor.shortfall?.binding == .budget && poor.shortfall?.waysOut.first?.constraint == .budget)
    let needed = try #require(poor.shortfall?.waysOut.first?.budget)
    #expect(needed > 31 && needed < 60)
    let torn = try await Self.ask(try Self.world("{deadline: 13h, budget: 60, pricing: [spot, on_demand]}"))
    #expect(torn.shortfall?.binding == .both)
    #expect(Set(torn.shortfall?.waysOut.map(\.constraint) ?? []) == [.deadline, .budget])
  }

  /// Each of the two ways out was looked for among what meets the other constraint: nothing does, and no way was named.
  @Test func whereNeitherDeadlineNorBudgetCanBeMetBothGiveWay() async throws {
    let impossible = try Self.world("{deadline: 12h, budget: 30, pricing: [spot, on_demand]}")
    let plan = try await Self.ask(impossible)
    let shortfall = try #require(plan.shortfall)
    #expect(plan.chosen == nil && shortfall.binding == .neither && shortfall.mostCompleted > 0.95)
    let way = try #require(shortfall.waysOut.first)
    #expect(way.constraint == .both && shortfall.waysOut.count == 1)
    let (deadline, budget) = (try #require(way.deadline), try #require(way.budget))
    #expect(deadline > 12 * 3600 && budget > 30)
    // With both as they were named, there is a plan.
    var relaxed = impossible
    relaxed.plan?.deadline = deadline * 1.1
    relaxed.plan?.budget = Int64(budget * 1.1e9)
    #expect(try await Self.ask(relaxed).chosen?.option == plan.choices[way.choice].option)
  }

  /// Twelve and a half hours without a checkpoint, where a pod lasts forty minutes: a hundred million leases on average, which no counter held.
  @Test func whatHardlyEverCompletesIsGivenUpAndSaid() async throws {
    let plan = try await Self.ask(
      try Self.world(
        "{deadline: 72h, checkpoint_every: [2000]}", more: "interruptions: {exponential: {mean: 40m}}"))
    let shortfall = try #require(plan.shortfall)
    #expect(shortfall.binding == .deadline && shortfall.waysOut.isEmpty && shortfall.mostCompleted < 0.2)
    #expect(plan.choices[0].doneWithin == .infinity)
  }

  @Test func uniformProgressKeepsTheDeadlineForLessThanOnDemand() async throws {
    let plan = try await Self.ask(
      try Self.world(
        "{deadline: 16h, p_deadline: 0.99, policy: [spot, \"uniform_progress:15h\", \"spot_then_on_demand:1\", on_demand]}",
        more: "interruptions: {exponential: {mean: 3h}}"))
    let byPolicy = Dictionary(uniqueKeysWithValues: plan.choices.map { ($0.option.policy?.description ?? "", $0) })
    let progress = try #require(byPolicy["uniform_progress:15h"])
    let (spot, onDemand) = (try #require(byPolicy["spot"]), try #require(byPolicy["on_demand"]))
    #expect(progress.pInTime > spot.pInTime && progress.cost < onDemand.cost)
    #expect(progress.pInTime > 0.99)
  }

  @Test func aShareOfSpotLiesBetweenAndEveryJobIsRunToItsEnd() async throws {
    let plan = try await Self.ask(
      try Self.world(
        "{spot_share: [0, 0.5, 1], slots: 8}", more: "horizon: {days: 10}\narrivals: {poisson: {per_day: 2}}"))
    let cost = Dictionary(uniqueKeysWithValues: plan.choices.map { ($0.option.payment, $0) })
    let (none, half, all) = (
      try #require(cost[.share(0)]), try #require(cost[.share(0.5)]), try #require(cost[.share(1)])
    )
    #expect(all.verdict == .chosen && half.cost > all.cost && none.cost > half.cost)
    // 20 jobs, all of them: what is cut at a horizon would be cheaper.
    let single = (45_000 + 39 * 30) / 3600 * 7.99
    #expect(abs(none.cost - 20 * single) < 4 / 1.96 * none.costHalfWidth)
    #expect(abs(half.cost - (all.cost + none.cost) / 2) < 4 * half.costHalfWidth)
  }

  @Test func eachJobIsPricedByItself() async throws {
    let jobs = "[{steps: 2000, checkpoint_every: 50}, {steps: 200, checkpoint_every: 50}]"
    let plan = try await Self.ask(
      try Self.world(
        "{deadline: 14h, pricing: per_job}", jobs: jobs, more: "arrivals: {poisson: {per_day: 1}}\nhorizon: {days: 3}"))
    #expect(plan.choices.count == 4)
    // With one slot some wait for others, so none is chosen for sure; the short one is never worth on demand.
    let short = plan.choices.filter { if case .perJob(let p) = $0.option.payment { p[1] == .onDemand } else { false } }
    #expect(short.count == 2)
  }

  @Test func theStartIsPutOffToAQuieterHour() async throws {
    let rates = (0..<24).map { $0 < 12 ? "1.5" : "0.01" }.joined(separator: ", ")
    let plan = try await Self.ask(
      try Self.world(
        "{deadline: 60h, start: [0h, 12h]}", jobs: "[{steps: 1000, checkpoint_every: 50}]",
        more: "interruptions: {by_hour: {rates_per_hour: [\(rates)]}}"))
    #expect(plan.chosen?.option.start == 43_200.0)
    #expect((plan.chosen?.doneWithin ?? 0) > 43_200.0)
  }

  @Test func uncertaintyOfTheModelGivesTheOddsOfBeingBest() async throws {
    let history = try Demonstration.history()
    let source = ModelSource(worlds: try Demonstration.worlds(history), jobs: history.jobs.count, name: "")
    var scenario = Scenario(name: "test")
    scenario.jobs = [JobKind(weight: 1, configuration: JobConfiguration(preset: .balanced, pricing: .spot))]
    scenario.world.arrivals = .times([0])
    scenario.policies = Demonstration.policies
    var question = PlanQuestion()
    question.checkpointEvery = .steps([25, 50, 100, 200])
    question.deadline = 30 * 3600
    question.pDeadline = 0.8
    scenario.plan = question
    let plan = try await Self.ask(scenario, source: source)
    let odds = plan.choices.compactMap(\.pBest)
    #expect(!odds.isEmpty && abs(odds.reduce(0, +) - 1) < 1e-9)
    #expect((plan.chosen?.pBest ?? 0) >= 0.25)
    // Known parameters leave no such odds.
    var exact = source
    exact.worlds = [try #require(source.worlds.first)]
    #expect(try await Self.ask(scenario, source: exact, exact: true).choices.allSatisfy { $0.pBest == nil })
  }
}

extension Array {
  func asyncMap<T>(_ transform: (Element) async throws -> T) async rethrows -> [T] {
    var result: [T] = []
    for element in self { result.append(try await transform(element)) }
    return result
  }
}
