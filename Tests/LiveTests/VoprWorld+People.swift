import Calibration
import DiscreteEvent
import Engine
import Journal

@testable import Live

/// The team: it submits for a month, changes its mind, and in the end clears up.
extension VoprWorld {
  func ask(_ request: UserRequest, by person: String = "dana") {
    ticket += 1
    let act = PersonAct(person: person, role: "manager", action: "vopr")
    schedule(.input(.asked(request, ticket: ticket, act: act), process: process), in: .zero)
  }

  func act() {
    schedule(.user, in: now < end ? exponential(.minutes(150)) : .hours(6))
    guard let fleet = coordinator?.fleet else { return }
    guard now < end else { return clearUp(fleet) }
    if random.uniform() < 0.6 || fleet.jobs.isEmpty { return submit() }
    if chance(0.05) { try? keepBackup() }
    let job = JobIndex(max(0, fleet.jobs.count - 1 - pick(6)))
    switch pick(9) {
    case 8: ask(.confirm(job))
    case 0: ask(.cancel(job))
    case 1: ask(.pause(job))
    case 2: ask(.resume(job))
    case 3:
      let reservation = Int64(5 + pick(60)) * 1_000_000_000
      ask(chance(0.5) ? .resume(job) : .resumeAs(job, chance(0.5) ? .spot : .onDemand, reservation: reservation))
    case 4: ask(.promote(job))
    case 5: ask(.override(job))
    case 6: ask(.answer(job, Fallback.allCases[1 + pick(3)]))
    case 7 where chance(0.3):
      let asked = coordinator?.approvals.approvals.count ?? 0
      if asked == 0 || chance(0.5) {
        ask(.requestLimit(Int64(200 + pick(400)) * 1_000_000_000, justification: "more", within: .days(2)), by: "ada")
      } else {
        let number = UInt32(1 + pick(asked))
        ask(.decide(approval: number, approved: chance(0.7), remark: nil), by: chance(0.3) ? "ada" : "dana")
      }
    case 7 where chance(0.2): ask(.setGate(blocks: chance(0.7)))
    case 7 where chance(0.3):
      ask(.setAllocation(UInt16(1 + pick(3)), limit: chance(0.3) ? nil : Int64(20 + pick(200)) * 1_000_000_000))
    default: if chance(0.2) { ask(.setLimit(chance(0.2) ? nil : Int64(200 + pick(400)) * 1_000_000_000)) }
    }
  }

  private func submit() {
    var spec = JobSpec(
      ordinal: 0, pricing: random.uniform() < 0.6 ? .spot : .onDemand, steps: Int32(40 + 20 * pick(12)),
      reservation: Int64(5 + pick(30)) * 1_000_000_000)
    if chance(0.5) { spec.allocation = UInt16(1 + pick(3)) }
    if random.uniform() < 0.2 { spec.maxCost = Int64(3 + pick(20)) * 1_000_000_000 }
    let description = JobDescription(
      ordinal: 0, id: "job-\(order)", name: "a job", configuration: .init(preset: .balanced, pricing: spec.pricing))
    ask(chance(0.1) ? .draft(spec, description) : .submit(spec, description))
  }

  private func clearUp(_ fleet: Fleet) {
    for index in fleet.jobs.indices {
      let job = JobIndex(index)
      switch fleet.jobs[index].phase {
      case .pendingConfiguration: ask(chance(0.5) ? .confirm(job) : .cancel(job))
      case .paused: ask(chance(0.5) ? .resume(job) : .cancel(job))
      case .blocked: ask(chance(0.5) ? .override(job) : .cancel(job))
      case .awaitingDecision: ask(.answer(job, .fail))
      // What the budget does not let in any more.
      case .queued where now > end + .days(10): ask(.cancel(job))
      default: break
      }
    }
  }
}
