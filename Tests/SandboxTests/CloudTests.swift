import DiscreteEvent
import Foundation
import Testing

@testable import Sandbox

/// The cloud itself: a value, under a clock by hand.
@Suite struct CloudTests {
  static let start = Instant(microseconds: 1_764_547_200_000_000)

  static func settings() -> SandboxSettings {
    var settings = SandboxSettings()
    (settings.provisioning, settings.starting, settings.slowBoots) = (.constant(30), .constant(45), 0)
    (settings.interruptions, settings.hostFailures, settings.stockOuts) = (nil, nil, 0)
    settings.billLateness = .constant(600)
    return settings
  }

  static func order(spot: Bool = false) -> SandboxPod.Order {
    var order = SandboxPod.Order(name: "lt-a-1-1", image: "an/image:1")
    (order.gpu, order.disk) = ("NVIDIA H100 PCIe", 50)
    if spot { (order.isInterruptible, order.bid) = (true, 1_250_000_000) }
    return order
  }

  @Test func aPodIsProvisionedThenStartedThenRuns() throws {
    var cloud = SandboxCloud(settings: Self.settings(), seed: 1, at: Self.start)
    let pod = try cloud.create(Self.order())
    #expect(pod.status == .provisioning)
    var deeds = cloud.advance(to: Self.start + .seconds(30))
    #expect(deeds == [])
    #expect(cloud[pod.id]?.status == .starting)
    deeds = cloud.advance(to: Self.start + .seconds(75))
    #expect(deeds == [.start(pod: pod.id)])
    #expect(cloud[pod.id]?.status == .running)
    #expect(cloud.nextEvent > Self.start + .days(10), "only the end of the money is left")
  }

  @Test func oneLongStepIsManyShortOnes() throws {
    var settings = SandboxSettings()
    settings.stockOuts = 0
    var (fine, coarse) = (
      SandboxCloud(settings: settings, seed: 7, at: Self.start),
      SandboxCloud(settings: settings, seed: 7, at: Self.start)
    )
    var (few, many): ([SandboxDeed], [SandboxDeed]) = ([], [])
    for _ in 0..<5 {
      _ = try fine.create(Self.order(spot: true))
      _ = try coarse.create(Self.order(spot: true))
    }
    for minute in 1...(60 * 48) { many += fine.advance(to: Self.start + .minutes(Int64(minute))) }
    few += coarse.advance(to: Self.start + .hours(48))
    #expect(few == many)
    #expect(fine.pods == coarse.pods)
    #expect(fine.balance == coarse.balance)
  }

  @Test func aSpotPodIsTakenBackAndStays() throws {
    var settings = Self.settings()
    settings.interruptions = .constant(3600)
    var cloud = SandboxCloud(settings: settings, seed: 1, at: Self.start)
    let (spot, solid) = (try cloud.create(Self.order(spot: true)), try cloud.create(Self.order()))
    let deeds = cloud.advance(to: Self.start + .hours(2))
    #expect(deeds.contains(.stop(pod: spot.id)))
    #expect(cloud[spot.id]?.status == .exited)
    #expect(cloud[spot.id]?.statusChange.hasPrefix("Exited by Runpod") == true)
    #expect(cloud[solid.id]?.status == .running)
    #expect(cloud.listed.map(\.id) == [spot.id, solid.id])
  }

  @Test func whatAStatusDoesNotAllowIsAConflict() throws {
    var cloud = SandboxCloud(settings: Self.settings(), seed: 1, at: Self.start)
    let pod = try cloud.create(Self.order())
    #expect(throws: SandboxProblem.self) { try cloud.act(.start, on: pod.id) }
    _ = cloud.advance(to: Self.start + .minutes(2))
    let deeds = [
      try cloud.act(.stop, on: pod.id), try cloud.act(.start, on: pod.id), try cloud.act(.terminate, on: pod.id),
    ]
    #expect(deeds == [[.stop(pod: pod.id)], [], [.stop(pod: pod.id)]])
    let problem = #expect(throws: SandboxProblem.self) { try cloud.act(.terminate, on: pod.id) }
    #expect(problem?.status == 404)
  }

  @Test func billsComeLateAndAddUp() throws {
    var cloud = SandboxCloud(settings: Self.settings(), seed: 1, at: Self.start)
    let pod = try cloud.create(Self.order())
    _ = cloud.advance(to: Self.start + Span(seconds: 9_137.25))
    _ = try cloud.act(.terminate, on: pod.id)
    #expect(cloud.bill(from: .distantPast, until: .distantFuture, pod: nil).count == 2, "the third hour is not over")
    _ = cloud.advance(to: Self.start + .hours(4))
    let lines = cloud.bill(from: .distantPast, until: .distantFuture, pod: nil)
    #expect(lines.count == 3)
    let gpu = SandboxCloud.cost(2_890_000_000, Span(seconds: 9_137.25))
    #expect(lines.reduce(0) { $0 + $1.gpu } == gpu)
    #expect(lines.reduce(0) { $0 + $1.gpu + $1.disk } == cloud.settings.deposit - cloud.balance)
  }

  @Test func withoutMoneyPodsEnd() throws {
    var settings = Self.settings()
    settings.deposit = 4_000_000_000
    var cloud = SandboxCloud(settings: settings, seed: 1, at: Self.start)
    var kept = Self.order()
    kept.mounts = ["network": [["volumeId": "v", "path": "/workspace"]]]
    let pod = try cloud.create(kept)
    let problem = #expect(throws: SandboxProblem.self) {
      var dear = Self.order()
      dear.count = 4
      _ = try cloud.create(dear)
    }
    #expect(problem?.status == 402)
    _ = cloud.advance(to: Self.start + .hours(2))
    #expect(cloud[pod.id]?.status == .exited)
    #expect(abs(cloud.balance) < 10_000)
  }

  @Test func theStockAndTheLimitAreFinite() throws {
    var settings = Self.settings()
    settings.gpus[0].stock = 2
    var cloud = SandboxCloud(settings: settings, seed: 1, at: Self.start)
    for _ in 0..<2 { _ = try cloud.create(Self.order()) }
    let problem = #expect(throws: SandboxProblem.self) { try cloud.create(Self.order()) }
    #expect(problem == .noCapacity)
    cloud.settings.gpus[0].stock = 100
    cloud.settings.spendLimit = 6_000_000_000
    #expect(throws: SandboxProblem.self) { try cloud.create(Self.order()) }
  }

  @Test func aStockOutPasses() {
    var settings = Self.settings()
    settings.stockOuts = 0.5
    var cloud = SandboxCloud(settings: settings, seed: 1, at: Self.start)
    var granted = [Bool]()
    for _ in 0..<40 {
      let pod: SandboxPod? = try? cloud.create(Self.order())
      granted.append(pod != nil)
      if let pod { _ = try? cloud.act(.terminate, on: pod.id) }
    }
    let count: Int = granted.count { $0 }
    #expect((10...30).contains(count), "half of the attempts, not all or none from some attempt on")
    let last: ArraySlice<Bool> = granted.suffix(10)
    #expect(last.contains(true) && last.contains(false))
  }

  @Test func whatIsRememberedIsTheSame() throws {
    var cloud = SandboxCloud(seed: 3, at: Self.start)
    for _ in 0..<4 { _ = try? cloud.create(Self.order(spot: true)) }
    _ = cloud.advance(to: Self.start + .hours(3))
    var copy = try JSONDecoder().decode(SandboxCloud.self, from: JSONEncoder().encode(cloud))
    let (deeds, same) = (cloud.advance(to: Self.start + .hours(30)), copy.advance(to: Self.start + .hours(30)))
    #expect(deeds == same)
    #expect(cloud.pods == copy.pods)
  }
}
