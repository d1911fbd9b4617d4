import Calibration
import DiscreteEvent
import Engine
import Testing

@testable import Simulator

/// Failures differ by configuration where the world says so, within one preset.
@Suite struct FailureClassTests {
  @Test func aRiskMultipliesThePresetsProbability() throws {
    var world = WorldParameters()
    world.step = StepTime(median: .seconds(10))
    world.outOfMemory = [.custom: 0.2]
    world.crashesPerHour = [.custom: 0.1]
    let short = Worlds.kind(weight: 1, .onDemand, steps: 360, every: 1000)
    var long = short
    long.configuration.maxSequenceLength = 8192
    world.memoryRisks = [FailureClass(long.configuration): 2]
    world.crashRisks = [FailureClass(long.configuration): 3]
    var e = Experiment(worlds: [world], policies: Policies(), start: .zero, horizon: .drained, seed: 3)
    e.kinds = [short, long]
    e.policies.maxConcurrent = 1000
    e.submissions = (0..<8000).map { .init(at: .zero + .seconds(Int64($0)), kind: $0 % 2) }
    e.keepsJobs = true
    let jobs = try e.replication(0).jobs
    for (kind, memory, crash) in [(Int32(0), 0.2, 0.0952), (1, 0.4, 0.2592)] {
      let own = jobs.filter { $0.kind == kind }
      let ranOut = own.count { $0.failure == .outOfMemory }
      let crashed = own.count { $0.failure == .workerCrash }
      // An hour of training for those that have enough memory.
      let (p, q) = (Double(ranOut) / Double(own.count), Double(crashed) / Double(own.count - ranOut))
      print("kind \(kind): out of memory \(p), crashed \(q) of \(own.count)")
      #expect(own.count == 4000 && abs(p - memory) < 0.03 && abs(q - crash) < 0.03, "kind \(kind)")
    }
  }
}
