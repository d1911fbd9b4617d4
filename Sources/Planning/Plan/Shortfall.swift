import Scenarios

extension Plan {
  /// Why no option meets the constraints, and the nearest that would.
  public struct Shortfall: Sendable {
    /// What cannot be met.
    public enum Binding: Sendable, Hashable {
      case deadline
      case budget
      /// Each can be met, but no option meets both.
      case both
      /// Neither can be met.
      case neither
    }

    /// What would have to give way, how far, and the option that then meets everything.
    public struct WayOut: Sendable {
      /// The deadline that would do, in seconds; nil where it stands as it is.
      public var deadline: Double?
      /// The budget that would do, in US dollars; nil where it stands as it is.
      public var budget: Double?
      /// By what share the constraint has to give way; of two the one that has to more.
      public var relaxation: Double
      /// Index into the choices.
      public var choice: Int

      /// What gives way: ``Binding/deadline``, ``Binding/budget`` or ``Binding/both``.
      public var constraint: Binding { deadline == nil ? .budget : budget == nil ? .deadline : .both }
    }

    public var binding: Binding
    /// The choice that comes nearest, as things stand, to what cannot be met: the greatest share in time, or the least odds of
    /// passing the budget.
    public var closest: Int
    /// Nearest first; empty where no option completes enough jobs, however long it is given.
    public var waysOut: [WayOut]
    /// The greatest share of jobs that any option completes, however long that takes.
    public var mostCompleted: Double

    init(_ choices: [Choice], _ question: PlanQuestion) {
      let inTime = choices.indices.filter { ![.tooLate, .tooLateAndOverBudget].contains(choices[$0].verdict) }
      let within = choices.indices.filter { ![.overBudget, .tooLateAndOverBudget].contains(choices[$0].verdict) }
      binding =
        inTime.isEmpty ? (within.isEmpty ? .neither : .deadline) : within.isEmpty ? .budget : .both
      closest =
        binding == .budget
        ? choices.indices.min { (choices[$0].pOverBudget ?? 0) < (choices[$1].pOverBudget ?? 0) } ?? 0
        : (within.isEmpty ? Array(choices.indices) : within).max { choices[$0].pInTime < choices[$1].pInTime } ?? 0
      mostCompleted = choices.map(\.pCompleted).max() ?? 0
      let budget = question.budget.map { Double($0) / 1e9 }
      var ways: [WayOut] = []
      if let deadline = question.deadline,
        let i = within.min(by: { choices[$0].doneWithin < choices[$1].doneWithin }), choices[i].doneWithin < .infinity
      {
        ways.append(
          WayOut(
            deadline: choices[i].doneWithin, budget: nil, relaxation: choices[i].doneWithin / deadline - 1, choice: i))
      }
      if let budget, let i = inTime.min(by: { choices[$0].budgetNeeded < choices[$1].budgetNeeded }) {
        ways.append(
          WayOut(
            deadline: nil, budget: choices[i].budgetNeeded,
            relaxation: Self.share(choices[i].budgetNeeded, over: budget), choice: i))
      }
      if binding == .neither, let budget { ways += Self.together(choices, question.deadline, budget) }
      waysOut = ways.sorted { $0.relaxation < $1.relaxation }
    }

    /// Neither alone is enough: the option for which both give way least.
    private static func together(_ choices: [Choice], _ deadline: Double?, _ budget: Double) -> [WayOut] {
      let ways = choices.indices.filter { choices[$0].doneWithin < .infinity }.map { i -> WayOut in
        let (time, money) = (choices[i].doneWithin, choices[i].budgetNeeded)
        return WayOut(
          deadline: deadline == nil ? nil : time, budget: money,
          relaxation: max(deadline.map { share(time, over: $0) } ?? 0, share(money, over: budget)), choice: i)
      }
      return ways.min { $0.relaxation < $1.relaxation }.map { [$0] } ?? []
    }

    private static func share(_ needed: Double, over given: Double) -> Double {
      given > 0 ? needed / given - 1 : .infinity
    }
  }
}
