import Foundation

/// Where the Python program is that trains on a pod, and what it needs there.
public enum WorkerPackage {
  /// The folder that is put on `PYTHONPATH`: the package `lora_worker` stands in it. nil: the resources are not beside the program.
  public static var folder: URL? {
    // Not `resourceURL`: a folder of that name within a bundle is what some versions of Foundation take it for.
    let folder = Bundle.module.bundleURL.appendingPathComponent("Resources")
    let program = folder.appendingPathComponent("lora_worker/__main__.py").path
    return FileManager.default.fileExists(atPath: program) ? folder : nil
  }

  /// What `pip install -r` takes, on a machine with a GPU or without one.
  public static func requirements(gpu: Bool) -> URL? {
    folder?.appendingPathComponent(gpu ? "requirements-gpu.txt" : "requirements-cpu.txt")
  }
}
