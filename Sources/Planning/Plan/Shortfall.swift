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
    }

    /// A constraint that would have to give way, how far, and the option that then meets everything.
    public struct WayOut: Sendable {
      public var constraint: Binding
      /// Seconds, or US dollars; for a deadline that is met by too few because too few complete at all, their share.
      public var needed: Double
      /// By what share the constraint has to give way.
      public var relaxation: Double
      /// Index into the choices.
      public var choice: Int
    }

    public var binding: Binding
    /// The choice that comes nearest, as things stand, to what cannot be met: the greatest share in time, or the least odds of
    /// passing the budget.
    public var closest: Int
    /// Nearest first; empty where no option completes enough jobs, however long it is given.
    public var waysOut: [WayOut]

    init(_ choices: [Choice], _ question: PlanQuestion) {
      let inTime = choices.indices.filter { ![.tooLate, .tooLateAndOverBudget].contains(choices[$0].verdict) }
      let within = choices.indices.filter { ![.overBudget, .tooLateAndOverBudget].contains(choices[$0].verdict) }
      binding = inTime.isEmpty ? .deadline : within.isEmpty ? .budget : .both
      closest =
        binding == .budget
        ? choices.indices.min { (choices[$0].pOverBudget ?? 0) < (choices[$1].pOverBudget ?? 0) } ?? 0
        : (within.isEmpty ? Array(choices.indices) : within).max { choices[$0].pInTime < choices[$1].pInTime } ?? 0
      var ways: [WayOut] = []
      if let deadline = question.deadline,
        let i = within.min(by: { choices[$0].doneWithin < choices[$1].doneWithin }), choices[i].doneWithin < .infinity
      {
        ways.append(
          WayOut(
            constraint: .deadline, needed: choices[i].doneWithin, relaxation: choices[i].doneWithin / deadline - 1,
            choice: i))
      }
      if let budget = question.budget.map({ Double($0) / 1e9 }),
        let i = inTime.min(by: { choices[$0].budgetNeeded < choices[$1].budgetNeeded })
      {
        ways.append(
          WayOut(
            constraint: .budget, needed: choices[i].budgetNeeded,
            relaxation: budget > 0 ? choices[i].budgetNeeded / budget - 1 : .infinity, choice: i))
      }
      waysOut = ways.sorted { $0.relaxation < $1.relaxation }
    }
  }
}
