import Foundation

extension WorkerPackage {
  /// The whole package as one Python program, for pods that fetch it: it unpacks itself, installs what is missing, and trains.
  ///
  /// The same files always give the same bytes, so the digest under which it is fetched stays.
  ///
  /// - Throws: what `FileManager` throws; `CocoaError(.fileNoSuchFile)` where the package is not beside the program.
  public static func bundle() throws -> Data {
    guard let folder, let names = FileManager.default.enumerator(atPath: folder.path) else {
      throw CocoaError(.fileNoSuchFile)
    }
    let wanted = names.compactMap { $0 as? String }.filter { name in
      var isFolder: ObjCBool = false
      let exists = FileManager.default.fileExists(atPath: folder.path + "/" + name, isDirectory: &isFolder)
      return exists && !isFolder.boolValue && !name.contains("__pycache__")
        && (name.hasPrefix("lora_worker/") || name == "requirements-gpu.txt")
    }
    let files = try wanted.sorted().map { name in
      let data = try Data(contentsOf: folder.appendingPathComponent(name))
      return "    \"\(name)\": \"\(data.base64EncodedString())\",\n"
    }
    return Data((head + files.joined() + tail).utf8)
  }

  private static let head = """
    # The worker that trains, in one file; made by lora-train, and fetched by the pods that it rents.
    import base64, importlib.util, os, subprocess, sys, tempfile

    FILES = {

    """

  private static let tail = """
    }
    folder = tempfile.mkdtemp(prefix="lora-worker-")
    for name, data in FILES.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))
    # An image that has it all is used as it is. Weights in 4 bits need one more.
    needed = ["torch", "transformers", "peft", "safetensors"]
    if "nf4" in os.environ.get("LORA_WORKER_SETTINGS", ""):
        needed.append("bitsandbytes")
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing:
        with open(os.path.join(folder, "requirements-gpu.txt")) as file:
            wanted = file.read().split()
        # The image's own torch goes with the machine's driver; another may find no GPU.
        if "torch" not in missing:
            wanted = [name for name in wanted if not name.startswith("torch==")]
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *wanted], check=True)
    os.environ["PYTHONPATH"] = folder
    os.execv(sys.executable, [sys.executable, "-u", "-m", "lora_worker", "train"])

    """
}
