import DiscreteEvent
import Engine
import Journal
import Live
import Scenarios

/// A paused job that goes on with other pods (story 2.2.2): what is left of it is estimated anew, and passes the budget's gate anew.
extension JobMaker {
  /// What is left of it, estimated with such pods.
  ///
  /// - Throws: ``Problem`` where such pods cannot be had.
  func rest(of index: JobIndex, as pricing: Pricing) async throws -> QuoteDocument {
    let view = await runner.view
    let job = view.fleet[index]
    var left = view.descriptions[Int(index.rawValue)].configuration
    left.pricing = pricing
    left.statedSteps = max(1, Int(job.spec.steps - job.durableStep))
    if view.descriptions[Int(index.rawValue)].examines != nil { left = left.examining }
    do { return try await advice.quote(left) } catch let error as InputError {
      throw Problem(.badRequest, error.problem, hint: error.hint)
    }
  }

  /// What has to be set aside for all of it, in nanodollars.
  ///
  /// - Parameter phase: what it has to be in now.
  /// - Throws: ``Problem`` where such pods cannot be had, or the budget does not hold them.
  func reservation(resuming index: JobIndex, as pricing: Pricing, from phase: Phase = .paused) async throws -> Int64 {
    let view = await runner.view
    let job = view.fleet[index]
    guard job.phase == phase else {
      throw Problem(
        .conflict, "that cannot be done to a job that is \(Wording.snake(job.phase))", hint: "lora-train job show")
    }
    let quote = try await rest(of: index, as: pricing)
    let more = Int64((quote.reservation_usd * 1e9).rounded())
    let whole = min(job.cost(at: view.at) + more, job.spec.maxCost)
    let budget = view.fleet.budget
    guard budget.blocks else { return whole }
    let part = Int(job.spec.allocation)
    if part > 0, part <= budget.allocations.count, budget.allocations[part - 1] < .max {
      let held =
        view.fleet.spent(by: job.spec.allocation, at: view.at)
        + view.fleet.reserved(for: job.spec.allocation, except: index, at: view.at) - job.setAside
      guard held + whole - job.cost(at: view.at) <= budget.allocations[part - 1] else {
        throw Problem(
          .conflict,
          "Estimated cost of the rest (\(Wording.money(more)), 80th percentile) exceeds what is left of its part of the budget",
          hint: "resume it with the other pricing, or ask a manager: lora-train budget allocations")
      }
    }
    guard let limit = budget.limit else { return whole }
    // What was set aside for the rest of it is its own.
    let others = view.fleet.spent(at: view.at) + view.fleet.reserved(at: view.at) - job.setAside
    guard others + whole - job.cost(at: view.at) <= limit else {
      throw Problem(
        .conflict,
        "Estimated cost of the rest (\(Wording.money(more)), 80th percentile) exceeds remaining monthly budget "
          + "(\(Wording.money(max(0, limit - others)))). Adjust configuration or increase budget limit.",
        hint: "resume it with the other pricing, or ask for a higher limit: lora-train approval request")
    }
    return whole
  }

  /// The deed as it is to be done: one that names a pricing sets aside what that costs.
  func completed(_ deed: JobDeed, named name: String, _ index: JobIndex) async throws -> JobDeed {
    guard name == "resume-spot" || name == "resume-on-demand" else { return deed }
    let pricing: Pricing = name == "resume-spot" ? .spot : .onDemand
    var deed = deed
    deed.request = .resumeAs(index, pricing, reservation: try await reservation(resuming: index, as: pricing))
    return deed
  }
}
