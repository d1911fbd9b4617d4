import CGSL
import DiscreteEvent
import Engine
import Testing

@testable import Calibration

@Suite("Model: what a history says")
struct ModelEvidenceTests {
  private func at(_ seconds: Double) -> Instant { Instant.zero + Span(seconds: seconds) }

  private func history(_ change: (inout History.Lease) -> Void) -> History {
    var history = History(source: "test")
    history.observations = [.init(storeID: "t", origin: "synthetic", from: at(0), until: at(100_000))]
    var job = History.Job(
      id: "a", name: "a", configuration: JobConfiguration(preset: .balanced, pricing: .spot), conversations: 1,
      trainingTokens: 1, gpuType: "x", submitted: at(0))
    job.leases = [0]
    var lease = History.Lease(id: "l", job: 0, pricing: .spot, hourlyRate: 1, granted: at(100))
    change(&lease)
    history.jobs = [job]
    history.leases = [lease]
    return history
  }

  @Test("a pod's pace leaves out what checkpoints blocked, stated or until durable")
  func pace() {
    let evidence = Evidence(
      history { lease in
        var run = History.StageRun(stage: .training, started: at(200), ended: at(5_000), completed: false)
        (run.firstStep, run.lastStep, run.lastStepAt) = (0, 250, at(2_760))
        lease.stages = [run]
        lease.progress = [(step: 100, at: at(1_200)), (step: 200, at: at(2_230))]
        lease.checkpoints = [
          .init(step: 100, started: at(1_200), blocked: .seconds(30), durable: at(1_300)),
          .init(step: 200, started: at(2_230), blocked: nil, durable: at(2_260)),
        ]
        lease.ended = at(5_000)
        lease.endReason = .interrupted
      })
    #expect(evidence.paces.count == 1)
    #expect(abs(evidence.paces[0].logSeconds - log(10)) < 1e-12)
    #expect(evidence.paces[0].steps == 250)
    #expect(evidence.withinSquares < 1e-20)
    #expect(evidence.checkpoint.map(\.seconds) == [30])
    #expect(evidence.checkpointUpload.map(\.seconds) == [35])
  }

  @Test("the promised last step of a stage that still runs is not believed")
  func running() {
    let evidence = Evidence(
      history { lease in
        var run = History.StageRun(stage: .training, started: at(200), ended: nil, completed: false)
        (run.firstStep, run.lastStep, run.lastStepAt) = (0, 9_999, at(100_000))
        lease.stages = [run]
        lease.progress = [(step: 100, at: at(1_200))]
      })
    #expect(evidence.paces.map(\.steps) == [100])
    #expect(evidence.exposures.spot.map(\.event) == [false])
    #expect(abs(evidence.exposures.spot[0].to - 99_900 / 3600.0) < 1e-9)
  }

  @Test("an adopted pod is watched from its adoption; a late notice dates the end half-way back")
  func truncated() {
    let evidence = Evidence(
      history { lease in
        lease.observedFrom = at(3_700)
        lease.lastSeen = at(7_000)
        lease.ended = at(7_600)
        lease.endReason = .interrupted
        lease.stages = [.init(stage: .modelLoading, started: at(150), ended: at(900), completed: true)]
      })
    #expect(evidence.exposures.spot.map(\.from) == [1])
    #expect(abs(evidence.exposures.spot[0].to - 2) < 1e-9)
    #expect(evidence.detection.map(\.seconds) == [300])
    // The stage was over before anybody watched.
    #expect(evidence.modelLoading.isEmpty && evidence.boot.isEmpty)
  }

  @Test("a stage that was cut short is censored; silence ends no hazard")
  func censored() {
    let evidence = Evidence(
      history { lease in
        lease.ended = at(400)
        lease.endReason = .lost
        lease.stages = [.init(stage: .modelLoading, started: at(150), ended: at(400), completed: false)]
      })
    #expect(evidence.modelLoading.map(\.observed) == [false])
    #expect(evidence.exposures.spot.map(\.event) == [false])
    #expect(evidence.boot.map(\.seconds) == [50])
  }

  @Test("after a failed attempt the next ones are retries until one is granted")
  func attempts() {
    var history = history { _ in }
    let results: [History.RequestResult] = [.unavailable, .unavailable, .granted, .granted, .withdrawn]
    for (i, result) in results.enumerated() {
      let requested = at(Double(i) * 300)
      history.requests.append(
        .init(
          id: "\(i)", job: 0, pricing: .spot, requested: requested, resolved: requested + .seconds(20), result: result))
    }
    history.jobs[0].requests = Array(results.indices)
    let evidence = Evidence(history)
    #expect(evidence.firstAttempts.spot.exposure == 2 && evidence.firstAttempts.spot.events == 1)
    #expect(evidence.retries.spot.map(\.success) == [false, true])
    #expect(evidence.retries.spot.allSatisfy { abs($0.after - 1.0 / 12) < 1e-9 })
    #expect(evidence.provisioning.spot.map(\.observed) == [true, true, false])
  }
}
