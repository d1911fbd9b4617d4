import Foundation

/// Where the Python program is that trains on a pod, and what it needs there.
public enum WorkerPackage {
  /// The folder that is put on `PYTHONPATH`: the package `lora_worker` stands in it. nil: the resources are not beside the program.
  public static var folder: URL? {
    // Not `resourceURL`: it ends in this folder where a bundle has one of this name.
    let folder = Bundle.module.bundleURL.appendingPathComponent("Resources")
    let isThere = FileManager.default.fileExists(atPath: folder.appendingPathComponent("lora_worker/__main__.py").path)
    return isThere ? folder : nil
  }

  /// What `pip install -r` takes, on a machine with a GPU or without one.
  public static func requirements(gpu: Bool) -> URL? {
    folder?.appendingPathComponent(gpu ? "requirements-gpu.txt" : "requirements-cpu.txt")
  }
}
