import Calibration
import DiscreteEvent
import Engine
import Planning
import Testing

@Suite struct CapacityGridTests {
  /// Jobs that hold a slot for an exponential time and do nothing else.
  private func plain(perDay: Double, mean: Double) -> ModelSource {
    var job = JobConfiguration(preset: .custom, pricing: .onDemand, trainingPairs: 0, tokensPerPair: 0)
    job.statedSteps = 0
    var world = WorldParameters()
    world.preprocessing = .exponential(mean: mean)
    world.arrivals = .poisson(perDay: perDay)
    world.mix = [JobKind(weight: 1, configuration: job)]
    return ModelSource(worlds: [world], jobs: 0, name: "")
  }

  /// With thousands of jobs in four weeks, that nothing runs at the beginning does not show: M/M/c.
  @Test func waitsAreThoseOfErlang() async throws {
    let grid = try await CapacityGrid.run(
      source: plain(perDay: 144, mean: 600), policies: Policies(), start: .zero, factors: [1, 1.6], slots: [2, 3],
      replications: 64, threads: 2)
    #expect(grid.cells.count == 4 && abs(grid.hoursAJob - 1.0 / 6) < 0.002)
    for cell in grid.cells {
      let load = grid.loads[cell.load]
      let queue = ErlangQueue(arrivalRate: load.perDay / 86_400, serviceRate: 1.0 / 600, servers: Int(cell.slots))
      print("capacity \(cell.slots) slots, \(load.perDay) a day: \(cell.wait) ± \(cell.halfWidth), \(queue.meanWait)")
      #expect(abs(cell.wait - queue.meanWait) < 2 * cell.halfWidth + 0.01 * queue.meanWait)
      #expect(abs(cell.utilization - queue.utilization) < 0.01)
      #expect(abs(cell.wait90 - queue.waitQuantile(0.9)) < 0.05 * queue.waitQuantile(0.9) + 5)
      #expect(!cell.isOverloaded && cell.jobs > 100_000)
    }
  }

  @Test func moreThanTheSlotsCanDoIsSaid() async throws {
    let grid = try await CapacityGrid.run(
      source: plain(perDay: 40, mean: 3_600), policies: Policies(), start: .zero, factors: [0.5, 1, 2],
      slots: [1, 2, 4], replications: 16, threads: 2)
    for cell in grid.cells {
      #expect(cell.isOverloaded == (grid.loads[cell.load].perDay / 24 >= Double(cell.slots)))
    }
    // Under the same luck one slot more never makes anybody wait longer on average, nor fewer jobs.
    for load in grid.loads.indices {
      let waits = grid.cells.filter { $0.load == load }.sorted { $0.slots < $1.slots }.map(\.wait)
      #expect(waits == waits.sorted(by: >))
    }
    for slots in grid.slots {
      let waits = grid.cells.filter { $0.slots == slots }.sorted { $0.load < $1.load }.map(\.wait)
      #expect(waits == waits.sorted())
    }
  }

  @Test func whereNobodyComesNobodyWaits() async throws {
    let grid = try await CapacityGrid.run(
      source: ModelSource(worlds: [WorldParameters()], jobs: 0, name: ""), policies: Policies(), start: .zero,
      factors: [], slots: [1, 2], replications: 16)
    #expect(grid.cells.isEmpty && grid.loads.isEmpty)
  }
}
