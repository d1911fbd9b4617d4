import Foundation
import Processes

/// How the container of a pod runs on this machine: its command in a session of processes, in a folder of its own.
enum SandboxProcess {
  /// Runs the command as it is written, and writes down how it ended. What is told to the session reaches this shell as well, which waits.
  private static let script =
    "trap : TERM; sh -c \"$SANDBOX_ARGS\"; code=$?; echo \"$code\" > \"$SANDBOX_END.new\"; "
    + "mv \"$SANDBOX_END.new\" \"$SANDBOX_END\"; exit $code"

  static func start(_ pod: SandboxPod, environment: [String: String], address: String, in folder: URL) throws {
    let own = folder.appendingPathComponent(pod.id)
    try FileManager.default.createDirectory(
      at: own, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    // The container's disk does not outlive its run.
    let disk = own.appendingPathComponent("disk-\(pod.starts)")
    try FileManager.default.createDirectory(at: disk, withIntermediateDirectories: true)
    let machine = ProcessInfo.processInfo.environment
    // An image that says what to run by itself is played by one that waits.
    let args = pod.order.args.isEmpty ? "exec sleep 2147483647" : pod.order.args
    try ProcessSession.start(
      script: "cd \"$SANDBOX_DISK\" && { \(script); }", in: own.path,
      environment: [
        "PATH": machine["PATH"] ?? "/usr/bin:/bin", "HOME": disk.path, "TMPDIR": disk.path, "SANDBOX_ARGS": args,
        "SANDBOX_END": end(of: pod, in: folder).path, "SANDBOX_DISK": disk.path,
      ].merging(environment) { $1 }
        .merging([
          "RUNPOD_POD_ID": pod.id, "RUNPOD_DC_ID": pod.dataCenter, "RUNPOD_GPU_COUNT": "\(pod.order.count)",
          "RUNPOD_API_KEY": "pod-\(pod.id)", "RUNPOD_API_BASE_URL": address, "RUNPOD_POD_HOSTNAME": "\(pod.id)-64410a",
        ]) { $1 })
  }

  /// nil: nobody knows.
  static func code(of pod: SandboxPod, in folder: URL) -> Int? {
    FileManager.default.contents(atPath: end(of: pod, in: folder).path)
      .flatMap { Int(String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)) }
  }

  private static func end(of pod: SandboxPod, in folder: URL) -> URL {
    folder.appendingPathComponent(pod.id).appendingPathComponent("end-\(pod.starts)")
  }
}
