import DiscreteEvent
import Engine
import Foundation
import Live

/// What live mode says on standard error: one line for each thing that a person might want to hear of.
struct Diary: Sendable {
  func say(_ text: String) { Failure.say("\(Words.stamp(LiveTime.machine)) \(text)") }

  func write(_ news: LiveNews) {
    switch news {
    case .order(.create(let request)): say("\(request.job.id): asks for \(request.name)")
    case .order(.terminate(let pod)): say("\(pod) is told to go")
    case .order: break
    case .notice(let job, let notice, _): say("\(job.id): \(Diary.words(notice))")
    case .trouble(let text): say("trouble: \(text)")
    }
  }

  private static func words(_ notice: Notice) -> String {
    switch notice {
    case .blocked: "blocked: the budget or the queue does not let it in"
    case .waitingForGPU: "no pod was to be had; waits for one"
    case .decisionNeeded: "needs a decision: lora-train job show"
    case .interrupted: "its pod was taken back"
    case .resumed: "goes on from its last checkpoint"
    case .switchedToOnDemand: "goes on on demand"
    case .capReached: "its own cost cap is reached: it saves and stops"
    case .completed: "completed"
    case .failed: "failed"
    case .cancelled: "cancelled"
    }
  }
}
