import Foundation

/// Where the Python program is that trains on a pod, and what it needs there.
public enum WorkerPackage {
  /// The folder that is put on `PYTHONPATH`: the package `lora_worker` stands in it. nil: the resources are not beside the program.
  public static var folder: URL? {
    guard let folder = Bundle.module.resourceURL?.appendingPathComponent("Resources"),
      FileManager.default.fileExists(atPath: folder.appendingPathComponent("lora_worker/__main__.py").path)
    else { return nil }
    return folder
  }

  /// What `pip install -r` takes, on a machine with a GPU or without one.
  public static func requirements(gpu: Bool) -> URL? {
    folder?.appendingPathComponent(gpu ? "requirements-gpu.txt" : "requirements-cpu.txt")
  }
}
