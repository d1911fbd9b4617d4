import DiscreteEvent
import Engine
import Foundation
import Journal
import Planning
import Sandbox
import Testing

@testable import Live
@testable import LoraTrain

/// The live fleet, forked into futures while its jobs run. `.ci/measure` prints how long that takes; the bound here is far above.
@Suite struct LiveForecastTests {
  @Test func aBusyLiveStateIsForkedAndAnswered() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("forecast-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("store").path
    // A simulated month of a team behind it, and jobs that run, wait and are asked about in front of it.
    let plan = LiveStore.Plan(slots: 3, limit: nil, usualScale: 1, month: .init(settings: SandboxSettings(), seed: 1))
    let live = try LiveStore(path: path, plan: plan)
    var coordinator = try live.coordinator()
    let model = try #require(coordinator.fleet.jobs.indices.first { coordinator.fleet.jobs[$0].phase == .training })
    let (spec, description) = (coordinator.fleet.jobs[model].spec, coordinator.book.descriptions[model])
    for _ in 0..<50 {
      _ = try coordinator.step([.asked(.submit(spec, description), ticket: 0)], at: live.time.reading)
    }
    let before = coordinator.fleet.stateDigest
    let view = coordinator.view(at: live.time.reading)
    let running = view.fleet.jobs.count { $0.phase.isWorking }
    let waiting = view.fleet.jobs.count { $0.phase == .queued }
    #expect(running > 0 && waiting > 20)
    let history = CommandLineTool.root.appendingPathComponent("calibration/history.sqlite").path
    let forecaster = try LiveForecaster(store: path, history: history)
    var best = Duration.seconds(1_000)
    var answers: [Answer] = []
    for _ in 0..<5 {
      let clock = ContinuousClock()
      let began = clock.now
      let answer = try await forecaster.forecast(view)
      best = min(best, began.duration(to: clock.now))
      #expect(answer.futures == LiveForecaster.futures && answer.month.p90 >= answer.month.p10 && answer.month.p50 > 0)
      answers.append(Answer(p50: answer.month.p50, jobs: answer.jobs.count))
    }
    // The same question has the same answer, and nobody who lives has noticed.
    #expect(Set(answers).count == 1 && answers[0].jobs >= waiting)
    #expect(coordinator.fleet.stateDigest == before)
    print(
      "live forecast: \(LiveForecaster.futures) futures of \(running) running and \(waiting) waiting jobs, best of five \(best), load \(Self.load)"
    )
    #expect(best < .seconds(10))
    withExtendedLifetime(live) {}
  }

  private struct Answer: Hashable {
    var p50: Double
    var jobs: Int
  }

  private static var load: String {
    let text = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8)) ?? "unknown"
    return text.split(separator: " ").prefix(3).joined(separator: " ")
  }
}
