import Foundation
import Live
import Scenarios
import Worker

/// The worker that trains, as this machine runs it.
public struct LocalTrainer: Sendable {
  struct NoTrainingFile: Error { var id: String }

  private let python: String
  private let files: String
  private let objects: String
  private let settings: String?
  private let huggingFace: String?
  private let package: URL

  /// A worker that nobody listens to any more ends itself after so many seconds of the store's time, and of real time.
  static let deadline = (own: 1800.0, real: 60.0)

  /// - Parameters:
  ///   - python: of an environment that has the worker's requirements (`WorkerPackage.requirements`).
  ///   - files: the folder in which training files stand, each under the digest of its bytes.
  ///   - objects: the folder in which checkpoints and results are kept.
  ///   - settings: JSON that is laid over each job's: the model that this machine can hold, for one.
  ///   - huggingFace: a token for models whose licence has to be accepted.
  /// - Throws: `InputError` where there is no such Python, or the worker is not beside the program.
  public init(
    python: String, files: String, objects: String, settings: String? = nil, huggingFace: String? = nil
  ) throws {
    guard FileManager.default.isExecutableFile(atPath: python) else {
      throw InputError(
        .noInput, file: python, "is no Python that can be run",
        hint: "make an environment, and install the worker's requirements into it")
    }
    guard let package = WorkerPackage.folder else {
      throw InputError(
        .badConfiguration, "the worker that comes with lora-train is not beside it", hint: "install it again, whole")
    }
    // Pods have a folder of their own to work in.
    self.python = URL(fileURLWithPath: python).path
    self.files = files
    self.objects = URL(fileURLWithPath: objects).path
    self.settings = settings
    self.huggingFace = huggingFace
    self.package = package
  }

  /// What the worker that trains finds in its environment.
  ///
  /// - Parameter trainingFile: its id, `file-` and the beginning of its digest.
  /// - Throws: ``NoTrainingFile`` where it is not in the folder.
  public func environment(of trainingFile: String, _ time: LiveTime) throws -> [String: String] {
    let digest = trainingFile.dropFirst("file-".count)
    let names = (try? FileManager.default.contentsOfDirectory(atPath: files)) ?? []
    guard trainingFile.hasPrefix("file-"), !digest.isEmpty, let name = names.first(where: { $0.hasPrefix(digest) })
    else { throw NoTrainingFile(id: trainingFile) }
    var environment = [
      "LORA_PYTHON": python, "PYTHONPATH": package.path, "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1",
      "LORA_TRAINING_FILE": URL(fileURLWithPath: files).appendingPathComponent(name).path,
      "LORA_OBJECTS": objects,
      "LORA_GRACE_S": "\(LocalPods.grace.components.seconds)",
      "LORA_DEADLINE_S": "\(max(LocalTrainer.deadline.own / time.scale, LocalTrainer.deadline.real))",
    ]
    environment["LORA_WORKER_SETTINGS"] = settings
    environment["HF_TOKEN"] = huggingFace
    environment["HF_HOME"] = LocalTrainer.cache(ProcessInfo.processInfo.environment)
    return environment
  }

  /// Where models are that were fetched before: a pod's home is a folder of its own, in which each would fetch them anew.
  static func cache(_ own: [String: String]) -> String? {
    own["HF_HOME"] ?? own["XDG_CACHE_HOME"].map { $0 + "/huggingface" }
      ?? own["HOME"].map { $0 + "/.cache/huggingface" }
  }
}
