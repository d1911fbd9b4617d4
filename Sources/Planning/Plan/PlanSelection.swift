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
  let settings: Settings
  let constraints: [Constraint]
  private(set) var standings: [Standing]
  /// False: the cap came before the decision.
  private(set) var isDecided = true

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
    while true {
      for i in standings.indices where standings[i].isAlive {
        try await extend(i, &standings[i].sample, (batches - standings[i].batches.count) * settings.batch)
        addBatches(i)
        judge(i, tests)
      }
      if width == 0 {
        let costs = standings.filter(\.isAlive).map { PlanSelection.mean($0.batches) }
        width = max((costs.min() ?? 0) * settings.indifference, 1e-9)
      }
      eliminate(h2: h2, width: width)
      let alive = standings.filter(\.isAlive)
      if alive.isEmpty || (alive.count == 1 && alive[0].isFeasible) { return }
      let next = min(batches + max(2, batches / 4), max(batches, settings.cap / settings.batch))
      guard next > batches else {
        isDecided = false
        return settle()
      }
      batches = next
    }
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

  /// At the cap: what is not known is decided by the estimate.
  private mutating func settle() {
    for i in standings.indices where standings[i].isAlive {
      for c in constraints.indices where standings[i].verdicts[c] == nil {
        let (sum, count) = constraints[c].values(standings[i].sample)
        standings[i].verdicts[c] = sum >= constraints[c].target * Double(count)
      }
    }
    let alive = standings.indices.filter { standings[$0].isAlive }
    let best = alive.min { PlanSelection.mean(standings[$0].batches) < PlanSelection.mean(standings[$1].batches) }
    for i in alive where i != best { standings[i].isEliminated = true }
  }

  private static func mean(_ batches: [Double]) -> Double { batches.reduce(0, +) / Double(max(1, batches.count)) }
}
