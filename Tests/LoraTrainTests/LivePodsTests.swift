import Calibration
import Live
import RunPod
import Scenarios
import Testing
import Web

@testable import LoraTrain

/// What is looked at before a pod is paid for.
@Suite struct LivePodsTests {
  private func pods(isPlayed: Bool) -> LivePods {
    let provider = RunPodProvider(
      RunPodSettings(key: Secret("x")), time: .init(origin: .zero),
      bundle: { _ in WorkerBundle(link: Secret(""), sha256: "") })
    return LivePods(provider: provider, shelf: nil, isPlayed: isPlayed)
  }

  /// On a pod that costs money a job without a training file would only sleep.
  @Test func aJobWithoutATrainingFileRentsNoPod() throws {
    var job = NewJob(name: "a job", configuration: JobConfiguration(preset: .balanced, pricing: .spot))
    let error = #expect(throws: InputError.self) { try pods(isPlayed: false).check(job) }
    #expect(error?.hint?.contains("--training-file") == true)
    try pods(isPlayed: true).check(job)
    job.training_file = "file-1"
    try pods(isPlayed: false).check(job)
  }

  /// A RunPod that does not answer when serve starts sells spot pods again tomorrow.
  @Test func whereRunPodIsNotReachedSpotPodsAreAskedFor() async throws {
    var settings = RunPodSettings(key: Secret("x"))
    settings.address = "http://127.0.0.1:9"
    var said: [String] = []
    let account = RunPodAccount(settings, time: .init(origin: .zero))
    #expect(try await LivePods.offersSpot(account) { said.append($0) })
    #expect(said.count == 1 && said.allSatisfy { $0.contains("does not say") && !$0.contains("offered no spot pods") })
  }

  /// The presets' model does not fit on a hundred gigabytes.
  @Test func aDiskHoldsTheModel() {
    var settings = RunPodSettings(key: Secret("x"))
    #expect(settings.disk >= 200 && Examination.disk(settings).status == .ok)
    settings.disk = 100
    #expect(Examination.disk(settings).status == .warning)
    settings.volume = .init(id: "vol1", path: "/workspace")
    #expect(Examination.disk(settings).status == .ok)
  }
}
