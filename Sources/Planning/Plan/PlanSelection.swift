import DiscreteEvent

#if canImport(Glibc)
  import Glibc
#endif

/// Ranking and selection: the cheapest of several plans that meet the constraints, by sequential elimination with common random
/// numbers.
///
/// Kim, Nelson: "A fully sequential procedure for indifference-zone selection in simulation", ACM TOMACS 11, 2001 (KN, c = 1), on
/// batch means, joined with ``FeasibilityTest`` as in Andradóttir, Kim: "Fully sequential procedures for comparing constrained systems
/// via simulation", Naval Research Logistics 57, 2010: only a plan that is known to meet the constraints eliminates another.
struct PlanSelection: Sendable {
  /// How sure, and how fine.
  struct Settings: Sendable {
    /// The probability of a right choice.
    var confidence = 0.99
    /// Plans nearer to each other than this share of the cost count as equally good.
    var indifference: Double
    /// Nearer to the probability that is asked for, a plan may pass or not.
    var tolerance = 0.005
    /// At most so many replications of one plan.
    var cap: Int
    /// Replications in a batch: a sweep over the possible worlds.
    var batch: Int
    /// No more is begun once so many events have been simulated of all plans together; nil: whatever the decision takes.
    var work: Int?
  }

  /// Where a plan stands.
  struct Standing: Sendable {
    var sample = PlanSample()
    /// Sums of each batch's costs.
    var batches: [Double] = []
    /// For each constraint: met, missed, or not known.
    var verdicts: [Bool?]
    var isEliminated = false
    var isAlive: Bool { !isEliminated && !verdicts.contains(false) }
    var isFeasible: Bool { verdicts.allSatisfy { $0 == true } }
  }

  /// A constraint: the mean of what it makes of a sample is to reach the target.
  struct Constraint: Sendable {
    var target: Double
    var values: @Sendable (PlanSample) -> (sum: Double, count: Int)
  }

  static let firstBatches = 16
  /// The first look at a plan where work is limited: what one of its replications takes is not known before.
  static let firstLook = 8
  let settings: Settings
  let constraints: [Constraint]
  private(set) var standings: [Standing]
  /// False: the cap, or the end of the work, came before the decision.
  private(set) var isDecided = true
  /// Events simulated so far.
  var events: Int { standings.reduce(0) { $0 + $1.sample.events } }

  init(plans: Int, constraints: [Constraint], settings: Settings) {
    self.settings = settings
    self.constraints = constraints
    standings = Array(repeating: Standing(verdicts: Array(repeating: nil, count: constraints.count)), count: plans)
  }

  /// Simulates until one plan is left, or none; `extend` adds so many replications to a plan's sample.
  mutating func run(_ extend: (Int, inout PlanSample, Int) async throws -> Void) async throws {
    let alpha = 1 - settings.confidence
    let tests = constraints.map {
      FeasibilityTest(
        target: $0.target, tolerance: settings.tolerance,
        alpha: alpha / 2 / Double(standings.count * constraints.count))
    }
    let n0 = Double(PlanSelection.firstBatches)
    let pairs = Double(max(1, standings.count - 1))
    let eta = 0.5 * (pow(alpha / pairs, -2 / (n0 - 1)) - 1)
    let h2 = 2 * eta * (n0 - 1)
    // The difference that does not matter, in a batch.
    var width = 0.0
    var batches = PlanSelection.firstBatches
    if settings.work != nil {
      batches = 1
      guard try await extendAll(to: PlanSelection.firstLook, tests, extend) else { return settle() }
    }
    while true {
      guard try await extendAll(to: batches * settings.batch, tests, extend) else { return settle() }
      if batches >= PlanSelection.firstBatches {
        if width == 0 {
          let costs = standings.filter(\.isAlive).map { PlanSelection.mean($0.batches) }
          width = max((costs.min() ?? 0) * settings.indifference, 1e-9)
        }
        eliminate(h2: h2, width: width)
      }
      if isOver { return }
      // Up to the first comparison twice as many: what cannot meet the constraints is known, and let be, before.
      let next =
        batches < PlanSelection.firstBatches
        ? 2 * batches : min(batches + max(2, batches / 4), max(batches, settings.cap / settings.batch))
      guard next > batches else { return settle() }
      batches = next
    }
  }

  /// One plan is left, or none.
  private var isOver: Bool {
    let alive = standings.filter(\.isAlive)
    return alive.isEmpty || (alive.count == 1 && alive[0].isFeasible)
  }

  /// Simulates every plan that is still in question so many times in all, and judges it.
  ///
  /// - Returns: false: the work is done before. Then all have been simulated as often as what was left of it allowed.
  private mutating func extendAll(
    to replications: Int, _ tests: [FeasibilityTest], _ extend: (Int, inout PlanSample, Int) async throws -> Void
  ) async throws -> Bool {
    let goal = affordable(replications)
    for i in standings.indices where standings[i].isAlive {
      if let work = settings.work, events >= work { return false }
      let more = goal - standings[i].sample.costs.count
      if more > 0 { try await extend(i, &standings[i].sample, more) }
      addBatches(i)
      judge(i, tests)
    }
    return goal == replications
  }

  /// So many replications of each plan, or as many as the work that is left is expected to allow.
  private func affordable(_ replications: Int) -> Int {
    guard let work = settings.work else { return replications }
    let alive = standings.filter { $0.isAlive && !$0.sample.costs.isEmpty }
    let each = alive.reduce(0) { $0 + Double($1.sample.events) / Double($1.sample.costs.count) }
    let done = alive.map(\.sample.costs.count).min() ?? 0
    guard each > 0 else { return replications }
    return min(replications, done + Int(Double(max(0, work - events)) / each))
  }

  private mutating func addBatches(_ i: Int) {
    let costs = standings[i].sample.costs
    for b in standings[i].batches.count..<(costs.count / settings.batch) {
      standings[i].batches.append(costs[(b * settings.batch)..<((b + 1) * settings.batch)].reduce(0, +))
    }
  }

  private mutating func judge(_ i: Int, _ tests: [FeasibilityTest]) {
    for c in constraints.indices where standings[i].verdicts[c] == nil {
      let (sum, count) = constraints[c].values(standings[i].sample)
      standings[i].verdicts[c] = tests[c].verdict(sum: sum, count: count)
    }
  }

  /// A plan goes when a feasible one has been cheaper by more than luck explains.
  private mutating func eliminate(h2: Double, width: Double) {
    let alive = standings.indices.filter { standings[$0].isAlive }
    for i in alive {
      for l in alive where l != i && standings[l].isFeasible && !standings[l].isEliminated && standings[i].isAlive {
        let (mine, other) = (standings[i].batches, standings[l].batches)
        var first = Tally()
        for b in 0..<PlanSelection.firstBatches { first.add(mine[b] - other[b]) }
        let r = Double(min(mine.count, other.count))
        let difference = zip(mine, other).reduce(0) { $0 + $1.0 - $1.1 }
        let bound = max(0, width / 2 * (h2 * first.variance / (width * width) - r))
        // Two that never differ: the first of them stays.
        if difference > bound || (bound == 0 && difference == 0 && i > l) { standings[i].isEliminated = true }
      }
    }
  }

  /// At the cap, or the end of the work: what is not known is decided by the estimate. A plan that was never simulated is none of those left.
  private mutating func settle() {
    isDecided = isOver
    for i in standings.indices where standings[i].sample.costs.isEmpty { standings[i].isEliminated = true }
    for i in standings.indices where standings[i].isAlive {
      for c in constraints.indices where standings[i].verdicts[c] == nil {
        let (sum, count) = constraints[c].values(standings[i].sample)
        standings[i].verdicts[c] = sum >= constraints[c].target * Double(count)
      }
    }
    let alive = standings.indices.filter { standings[$0].isAlive }
    // Under the same luck: of replications that all of them have.
    let common = alive.map { standings[$0].sample.costs.count }.min() ?? 0
    let best = alive.min {
      PlanSelection.mean(standings[$0].sample.costs.prefix(common))
        < PlanSelection.mean(standings[$1].sample.costs.prefix(common))
    }
    for i in alive where i != best { standings[i].isEliminated = true }
  }

  private static func mean(_ costs: some Collection<Double>) -> Double {
    costs.reduce(0, +) / Double(max(1, costs.count))
  }
}
