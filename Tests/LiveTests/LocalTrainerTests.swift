import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Scenarios
import Testing
import Worker

@testable import Live
@testable import LocalPods

/// Which worker a local pod runs, and what it is told.
@Suite struct LocalTrainerTests {
  private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("trainer-\(UUID().uuidString)")

  @Test func aJobThatNamesATrainingFileIsTrainedWhereThereIsAPython() async throws {
    let told = try await environment(trainingFile: "file-0123", hasPython: true)
    #expect(told["arguments"] == "-u -m lora_worker train")
    #expect(told["LORA_TRAINING_FILE"] == folder.path + "/files/01234567")
    #expect(told["LORA_OBJECTS"] == folder.path + "/objects")
    #expect(told["LORA_WORKER_SETTINGS"] == #"{"threads":1}"#)
    #expect(told["HF_TOKEN"] == "hf_x" && told["HF_HOME"]?.isEmpty == false)
    #expect(told["LORA_GRACE_S"] == "5" && told["LORA_DEADLINE_S"] == "60.0")
    #expect(told["PYTHONPATH"] == WorkerPackage.folder?.path)
    #expect(told["LORA_SECRET"] == "secret" && told["LORA_STEPS"] == "90" && told["LORA_LEASE"] == "1")
    // The secret stands in the environment only.
    #expect(told["arguments"]?.contains("secret") == false)
  }

  /// A pod's home is a folder of its own: without a cache beside it each pod would fetch its model anew.
  @Test func modelsThatWereFetchedAreFound() {
    #expect(LocalTrainer.cache(["HOME": "/home/ada"]) == "/home/ada/.cache/huggingface")
    #expect(LocalTrainer.cache(["HOME": "/home/ada", "XDG_CACHE_HOME": "/scratch"]) == "/scratch/huggingface")
    #expect(LocalTrainer.cache(["HOME": "/home/ada", "HF_HOME": "/models"]) == "/models")
    #expect(LocalTrainer.cache([:]) == nil)
  }

  @Test func allOthersPlay() async throws {
    #expect(try await environment(trainingFile: nil, hasPython: true)["arguments"] == nil)
    #expect(try await environment(trainingFile: "file-0123", hasPython: false)["arguments"] == nil)
  }

  @Test func aTrainingFileThatIsNotThereMakesNoPod() async {
    await #expect(throws: CancellationError.self) { try await environment(trainingFile: "file-89ab", hasPython: true) }
  }

  @Test func aPythonThatIsNotThereIsRefused() {
    #expect(throws: InputError.self) { try LocalTrainer(python: "/nowhere/python", files: "/tmp", objects: "/tmp") }
  }

  @Test func thePackageIsWhole() throws {
    let package = try #require(WorkerPackage.folder)
    for name in ["lora_worker/trainer.py", "lora_worker/templates/api_server/app.py", "Dockerfile"] {
      #expect(FileManager.default.fileExists(atPath: package.appendingPathComponent(name).path))
    }
    for gpu in [false, true] {
      let text = try String(contentsOf: #require(WorkerPackage.requirements(gpu: gpu)), encoding: .utf8)
      #expect(text.contains("torch==") && text.contains("bitsandbytes==") == gpu)
    }
  }

  /// What a pod's Python was started with; empty where it was another's.
  private func environment(trainingFile: String?, hasPython: Bool) async throws -> [String: String] {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // Writes down what it is told, and ends.
    let (python, other) = (folder.appendingPathComponent("python").path, folder.appendingPathComponent("other.py").path)
    let script = "#!/bin/sh\n{ env; echo \"arguments=$*\"; } > told\n"
    try FileManager.default.createDirectory(atPath: folder.path + "/files", withIntermediateDirectories: true)
    let made = [
      FileManager.default.createFile(
        atPath: python, contents: Data(script.utf8), attributes: [.posixPermissions: 0o700]),
      FileManager.default.createFile(atPath: other, contents: Data("pass\n".utf8)),
      FileManager.default.createFile(atPath: folder.path + "/files/01234567", contents: Data("{}".utf8)),
    ]
    #expect(made.allSatisfy { $0 })
    let trainer =
      try hasPython
      ? LocalTrainer(
        python: python, files: folder.path + "/files", objects: folder.path + "/objects", settings: #"{"threads":1}"#,
        huggingFace: "hf_x")
      : nil
    let pods = try LocalPods(
      folder: folder.path + "/pods", time: LiveTime(origin: LiveTime.machine, scale: 600), worker: other,
      trainer: trainer)
    var description = JobDescription(
      ordinal: 0, id: "job-1", name: "first", configuration: JobConfiguration(preset: .balanced, pricing: .spot))
    description.trainingFile = trainingFile
    let name = PodName(store: "test", epoch: 1, request: 1)
    let request = PodRequest(
      name: name, job: JobIndex(0), lease: 1, pricing: .spot, steps: 90, durableStep: 0, isPreprocessed: false
    )
    let answer = await pods.create(
      request, WorkerLaunch(description: description, reportAddress: "http://127.0.0.1:1", secret: "secret"))
    guard case .created = answer else { throw CancellationError() }
    while await pods.list()?.first?.status == .running { await Task.yield() }
    let told = FileManager.default.contents(atPath: folder.path + "/pods/\(name)/told") ?? Data()
    let lines = String(decoding: told, as: UTF8.self).split(separator: "\n")
    return Dictionary(
      lines.map { line in
        let parts = line.split(separator: "=", maxSplits: 1)
        return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
      }, uniquingKeysWith: { $1 })
  }
}
