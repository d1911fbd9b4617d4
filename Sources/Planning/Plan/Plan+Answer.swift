import DiscreteEvent
import Scenarios

extension Plan {
  init(
    _ workshop: PlanWorkshop, _ candidates: [PlanCandidate], _ selection: PlanSelection, tie: Double,
    source: ModelSource
  ) {
    let question = workshop.question
    let standings = selection.standings
    let winner = standings.firstIndex { $0.isAlive && $0.isFeasible }
    let best = winner.map { PlanAnswer.mean(standings[$0].sample.costs) } ?? 0
    let odds = winner.flatMap { PlanAnswer.oddsOfBest(standings, winner: $0, worlds: workshop.base.worlds.count) }
    var choices: [Choice] = []
    for (i, candidate) in candidates.enumerated() where !standings[i].sample.costs.isEmpty {
      let sample = standings[i].sample
      let cost = RunningMean(sample.costs)
      let extra = winner.map { PlanAnswer.difference(sample.costs, standings[$0].sample.costs) }
      choices.append(
        Choice(
          option: candidate.option,
          verdict: i == winner ? .chosen : PlanAnswer.verdict(standings[i], extra: extra?.mean ?? 0, tie: tie * best),
          checkpointEvery: candidate.checkpointEvery, cost: cost.mean, costHalfWidth: cost.halfWidth,
          extra: extra?.mean ?? 0, extraHalfWidth: extra?.halfWidth ?? 0, pInTime: PlanAnswer.mean(sample.inTime),
          pCompleted: Double(sample.completed) / Double(max(1, sample.jobs)),
          pOverBudget: question.budget.map { 1 - sample.within(Double($0) / 1e9) },
          doneWithin: sample.doneWithin(question.pDeadline),
          budgetNeeded: SampleSummary(sample.costs).quantile(1 - question.pOverBudget), pBest: odds?[i],
          replications: sample.costs.count))
    }
    let order = choices.indices.sorted { a, b in
      let (x, y) = (choices[a], choices[b])
      return (PlanAnswer.rank(x.verdict), x.cost, a) < (PlanAnswer.rank(y.verdict), y.cost, b)
    }
    self.choices = order.map { choices[$0] }
    frontier = PlanAnswer.frontier(self.choices)
    shortfall = winner == nil ? Shortfall(self.choices, question) : nil
    advice = workshop.advice
    self.question = question
    confidence = selection.settings.confidence
    indifference = selection.settings.indifference
    self.tie = tie
    (options, isDecided, events) = (candidates.count, selection.isDecided, selection.events)
    seed = workshop.base.seed
    self.source = source
    digest = standings.reduce(into: ExperimentDigest()) { $0.merge($1.sample.digest) }
  }
}

/// The arithmetic of a plan's answer.
enum PlanAnswer {
  static func mean(_ x: [Double]) -> Double { x.reduce(0, +) / Double(max(1, x.count)) }

  /// The mean difference over the replications that both have, and its half width.
  static func difference(_ a: [Double], _ b: [Double]) -> RunningMean { RunningMean(zip(a, b).map { $0 - $1 }) }

  static func verdict(_ standing: PlanSelection.Standing, extra: Double, tie: Double) -> Plan.Verdict {
    let late = standing.verdicts.first == false
    let over = standing.verdicts.dropFirst().first == false
    if late || over { return late && over ? .tooLateAndOverBudget : late ? .tooLate : .overBudget }
    guard standing.isFeasible else { return .dismissed }
    return extra <= tie ? .tie : .dearer
  }

  static func rank(_ verdict: Plan.Verdict) -> Int {
    switch verdict {
    case .chosen: 0
    case .tie: 1
    case .dearer, .dismissed: 2
    case .tooLate, .overBudget, .tooLateAndOverBudget: 3
    }
  }

  /// What no other choice beats in both cost and time.
  static func frontier(_ choices: [Plan.Choice]) -> [Int] {
    let order = choices.indices.filter { choices[$0].doneWithin < .infinity }.sorted {
      (choices[$0].doneWithin, choices[$0].cost, $0) < (choices[$1].doneWithin, choices[$1].cost, $1)
    }
    var cheapest = Double.infinity
    var frontier: [Int] = []
    for i in order where choices[i].cost < cheapest {
      cheapest = choices[i].cost
      frontier.append(i)
    }
    return frontier
  }

  /// For each plan, the share of possible truths in which it is the cheapest of those that meet the constraints.
  ///
  /// A truth's own mean difference from the winner is known with the luck of a few replications only: it is drawn towards the overall
  /// mean until the spread between truths is what it is without luck (constrained empirical Bayes: Louis, JASA 79, 1984).
  static func oddsOfBest(_ standings: [PlanSelection.Standing], winner: Int, worlds: Int) -> [Double?]? {
    guard worlds > 1 else { return nil }
    let feasible = standings.indices.filter { standings[$0].isFeasible }
    // Of a truth that was lived in once it cannot be told what was luck.
    guard feasible.allSatisfy({ standings[$0].sample.costs.count >= 2 * worlds }) else { return nil }
    let extra = feasible.map { i -> [Double] in
      i == winner
        ? Array(repeating: 0, count: worlds)
        : shrunk(standings[i].sample.costs, standings[winner].sample.costs, worlds: worlds)
    }
    var wins = [Double?](repeating: nil, count: standings.count)
    for i in feasible { wins[i] = 0 }
    for w in 0..<worlds {
      guard let least = extra.map({ $0[w] }).min() else { continue }
      // Of equals the winner is best: it would be run.
      let best = extra[feasible.firstIndex(of: winner) ?? 0][w] <= least ? winner : nil
      let i = best ?? feasible[extra.firstIndex { $0[w] == least } ?? 0]
      wins[i] = (wins[i] ?? 0) + 1 / Double(worlds)
    }
    return wins
  }

  private static func shrunk(_ a: [Double], _ b: [Double], worlds: Int) -> [Double] {
    var byWorld = [Tally](repeating: Tally(), count: worlds)
    for (r, pair) in zip(a, b).enumerated() { byWorld[r % worlds].add(pair.0 - pair.1) }
    var between = Tally()
    var luck = 0.0
    for world in byWorld {
      between.add(world.mean)
      luck += world.variance / Double(max(1, world.count)) / Double(worlds)
    }
    guard between.variance > 0 else { return byWorld.map(\.mean) }
    let factor = (max(0, between.variance - luck) / between.variance).squareRoot()
    return byWorld.map { between.mean + factor * ($0.mean - between.mean) }
  }
}
