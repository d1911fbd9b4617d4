import DiscreteEvent
import Engine
import Testing

@testable import Live

/// A provider with a queue of its own: what it has accepted is no pod yet.
@Suite struct WaitingPodTests {
  private func waiting(_ desk: inout Desk) throws -> PodObservation {
    var pod = desk.pod("a", try desk.submit().name)
    pod.status = .waiting
    try desk.tell(.creationAnswered(request: 1, .created(pod)))
    return pod
  }

  @Test func whatWaitsIsNeitherGrantedNorInDoubt() throws {
    var desk = try Desk()
    var pod = try waiting(&desk)
    // However long it takes, and through a restart.
    for round in 0..<30 {
      #expect(try desk.list([pod], after: .minutes(10)).creations.isEmpty)
      if round == 10 { try desk.restart() }
    }
    #expect(desk.job(0).phase == .provisioning && desk.job(0).lease.number == 1 && !desk.job(0).lease.isOpen)
    pod.status = .running
    try desk.list([pod])
    #expect(desk.job(0).phase == .booting && desk.job(0).lease.isOpen)
    // From here on it is billed.
    #expect(desk.job(0).lease.granted == desk.wall)
  }

  /// The call was doubled on the way, granted once and refused once.
  @Test func aRefusalEndsNothingThatIsKnownToWait() throws {
    var desk = try Desk()
    let pod = try waiting(&desk)
    try desk.tell(.creationAnswered(request: 1, .refused(.noCapacity)))
    #expect(desk.job(0).phase == .provisioning)
    #expect(try desk.list([pod], after: .minutes(10)).terminations.isEmpty)
  }

  @Test func whatLeavesTheQueueByItselfHasFailed() throws {
    var desk = try Desk()
    let pod = try waiting(&desk)
    try desk.list([pod])
    try desk.list(nil)
    #expect(desk.job(0).phase == .provisioning)
    for _ in 0..<8 where desk.job(0).phase == .provisioning { try desk.list([]) }
    #expect(desk.job(0).phase == .waitingForGPU && desk.job(0).interruptions == 0)
    #expect(try desk.pass(.minutes(6)).creations.map(\.name.request) == [2])
  }

  @Test(arguments: [true, false]) func whatWaitsIsCancelledAtOnce(_ isToldAbsent: Bool) throws {
    var desk = try Desk()
    let pod = try waiting(&desk)
    #expect(try desk.tell(.asked(.cancel(JobIndex(0)), ticket: 1)).terminations == ["a"])
    #expect(desk.job(0).phase == .stopping)
    // Told again for as long as it is there.
    #expect(try desk.list([pod]).terminations == ["a"])
    if isToldAbsent {
      try desk.tell(.terminationAnswered(pod: "a", .absent))
    } else {
      try desk.tell(.terminationAnswered(pod: "a", .accepted))
      try desk.list([pod])
      #expect(desk.job(0).phase == .stopping)
      try desk.list([])
    }
    #expect(desk.job(0).phase == .cancelled && desk.job(0).costs.total == 0)
  }

  @Test func whatIsPutBackIntoTheQueueWasInterrupted() throws {
    var desk = try Desk()
    var pod = try waiting(&desk)
    pod.status = .running
    try desk.list([pod])
    #expect(desk.job(0).phase == .booting)
    pod.status = .waiting
    let orders = try desk.list([pod])
    // It would begin anew under a name that has been used: it has to go, and another takes its place.
    #expect(orders.terminations == ["a"] && orders.creations.map(\.name.request) == [2])
    #expect(desk.job(0).interruptions == 1 && !desk.job(0).lease.isOpen)
  }

  @Test func ofTwoInTheQueueOneGoes() throws {
    var desk = try Desk()
    let pod = try waiting(&desk)
    var other = desk.pod("b", PodName(store: "desk", epoch: 1, request: 1), created: desk.wall + .seconds(5))
    other.status = .waiting
    #expect(try desk.list([other, pod]).terminations == ["b"])
    other.status = .running
    #expect(try desk.list([other, pod], after: .minutes(2)).terminations == ["b"])
    #expect(desk.job(0).phase == .provisioning)
  }
}
