import Benchmark
import Calibration
import DiscreteEvent
import Engine
import Foundation
import Planning
import Scenarios

/// How many events the engine was given: the work itself, which no load of the machine changes.
private let events = BenchmarkMetric.custom("engine events")

/// Guards on ordo-one/benchmark. What has a threshold does not depend on the machine's load: peak memory, events, and
/// instructions where the processor's counters can be read. Times are printed and judged by nobody.
let benchmarks: @Sendable () -> Void = {
  let tolerance = BenchmarkThresholds(relative: [.p90: 25])
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .throughput, .instructions, .peakMemoryResident], maxDuration: .seconds(3),
    maxIterations: 30, thresholds: [.instructions: tolerance, .peakMemoryResident: tolerance])

  Benchmark("hold of 1,000", configuration: .init(scalingFactor: .kilo)) { benchmark in
    var list = FutureEventList(slots: 1000)
    for slot in 0..<1000 {
      list.schedule(EventKey(time: .zero + .seconds(Int64(slot)), ordinal: UInt32(slot)), slot: slot)
    }
    var step: UInt64 = 1
    benchmark.startMeasurement()
    for _ in 0..<(100 * benchmark.scaledIterations.count) {
      guard let slot = list.earliest, let key = list.earliestKey else { break }
      step = step &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let time = key.time + Span(microseconds: Int64(step >> 33))
      list.schedule(EventKey(time: time, ordinal: UInt32(slot)), slot: slot)
    }
    blackHole(list.earliest)
  }

  simulation("mmc", file: "mm3", jobs: 20_000)
  simulation("lora", file: "lora-workload", jobs: 10_000)

  Benchmark("estimate of 1,000 replications") { benchmark in
    let model = Model.fit(history: History(source: ""), priors: try Priors.shipped())
    let worlds = (0..<ModelSource.draws).map { model.draw($0, of: ModelSource.draws, seed: 1) }
    let source = ModelSource(worlds: worlds, jobs: 0, name: "priors")
    guard let kind = worlds.first?.mix.first else { return benchmark.error("the shipped priors have no mix of jobs") }
    benchmark.startMeasurement()
    blackHole(
      try await Estimate.run(
        kind.configuration, source: source, policies: Policies(), start: .zero, replications: 1000))
  }
}

/// One replication of a scenario file with so many jobs.
private func simulation(_ name: String, file: String, jobs: Int) {
  let metrics: [BenchmarkMetric] = [.wallClock, .throughput, .instructions, .peakMemoryResident, events]
  let tolerance = BenchmarkThresholds(relative: [.p90: 25])
  let thresholds: [BenchmarkMetric: BenchmarkThresholds] = [
    .instructions: tolerance, .peakMemoryResident: tolerance, events: BenchmarkThresholds(relative: [.p90: 0]),
  ]
  Benchmark(name, configuration: .init(metrics: metrics, thresholds: thresholds)) { benchmark in
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    var scenario = try ScenarioReader.read(path: root.appending(path: "scenarios/\(file).yaml").path)
    scenario.horizon = .jobs(jobs, warmUp: 0)
    let source = ModelSource(worlds: [WorldParameters()], jobs: 0, name: "the scenario alone")
    benchmark.startMeasurement()
    let answer = try await Simulation.run(scenario, source: source, request: .init(seed: 1, replications: 1))
    benchmark.stopMeasurement()
    benchmark.measurement(events, answer.events)
  }
}
