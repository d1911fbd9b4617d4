import DiscreteEvent
import Engine
import Testing

@testable import Journal

@Suite struct RedecisionTests {
  /// Silence that means "keep trying" is an answer that the engine gives itself; a person's looks the same.
  @Test func silenceIsDecidedAgainAsItWas() throws {
    let opening = TestJournal.opening {
      $0.provisioningGiveUpAfter = .zero
      $0.provisioningRetryEvery = .minutes(1)
      $0.afterSilence = .keepTrying
    }
    let job = JobIndex(0)
    let facts: [(Int64, Event)] = [
      (0, .jobSubmitted(JobSpec(ordinal: 0, pricing: .spot, steps: 10))), (5, .podUnavailable(job, .noCapacity)),
      (1_445, .deadlinePassed(job)), (1_450, .podUnavailable(job, .noCapacity)),
      (1_460, .decisionAnswered(job, .keepTrying)),
      (1_470, .podUnavailable(job, .noCapacity)), (1_480, .decisionAnswered(job, .fail)),
    ]
    var controller = opening.controller()
    controller.recordsEvents = true
    var commands = CommandBuffer()
    var redecision = Redecision(opening.controller())
    var seq: Int64 = 0
    for (minutes, fact) in facts {
      let at = TestJournal.start + .minutes(minutes)
      try controller.receive(fact, at: at, into: &commands)
      for event in controller.recorded {
        seq += 1
        #expect(redecision.take(event, at: at, seq: seq) == nil, "row \(seq): \(event)")
      }
    }
    #expect(controller.fleet[job].phase == .failed && seq > 10)
    #expect(redecision.finish(seq: seq) == nil)
  }
}
