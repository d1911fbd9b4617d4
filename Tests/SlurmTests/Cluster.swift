import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal

@testable import Live
@testable import Slurm

/// Stand-ins for Slurm's programs in a folder of their own; `.ci/test-slurm` does the same with a real cluster.
///
/// What each was asked stands in `calls`; `squeue` shows the file `queue`; the environment of `sbatch` is kept in `environment`.
final class Cluster {
  let folder: URL
  let pods: String
  let told = Told()
  static let time = LiveTime(origin: .zero)

  init(
    sbatch: String = "echo '7;here'", squeue: String = #"cat "$here/queue""#, scancel: String = "true"
  ) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("slurm pods' \(UUID().uuidString)")
    pods = folder.path + "/store.slurm"
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (name, text) in [
      ("sbatch", "env >\"$here/environment\"\n" + sbatch), ("squeue", squeue), ("scancel", scancel), ("sinfo", "true"),
    ] {
      let file = folder.appendingPathComponent(name)
      let script = "#!/bin/sh\nhere=$(dirname \"$0\")\necho \"\(name) $*\" >>\"$here/calls\"\n\(text)\n"
      try Data(script.utf8).write(to: file)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }
    try queue([])
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  static var settings: SlurmSettings {
    var settings = SlurmSettings(onDemandRate: 2_000_000_000, spotRate: 500_000_000)
    settings.partition = "h100"
    settings.preemptiblePartition = "scavenge"
    settings.account = "team a"
    settings.gres = "gpu:h100:2"
    return settings
  }

  func provider(_ settings: SlurmSettings = Cluster.settings) throws -> SlurmPods {
    let told = told
    return try SlurmPods(
      settings, programs: SlurmPrograms(path: folder.path), folder: pods, time: Cluster.time,
      worker: URL(fileURLWithPath: "/somewhere/worker.py"),
      training: { ["LORA_TRAINING_FILE": "/files/\($0)", "LORA_PYTHON": "/env/python", "LORA_GRACE_S": "5"] },
      tell: { told.add($0) })
  }

  static func request(_ number: UInt32 = 1, _ pricing: Pricing = .onDemand) -> PodRequest {
    PodRequest(
      name: PodName(store: "a1", epoch: 1, request: number), job: JobIndex(0), lease: 1, pricing: pricing, steps: 100,
      durableStep: 0, isPreprocessed: false)
  }

  static let secret = "5ec7e75ec7e75ec7e7"
  static func launch(trainingFile: String? = nil) -> WorkerLaunch {
    var description = JobDescription(
      ordinal: 0, id: "job-1", name: "it's \"a\" $job",
      configuration: JobConfiguration(preset: .balanced, pricing: .spot))
    description.trainingFile = trainingFile
    return WorkerLaunch(description: description, reportAddress: "http://login:8088", secret: secret)
  }

  /// What `squeue` shows from now on.
  func queue(_ lines: [String]) throws {
    try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: folder.appendingPathComponent("queue"))
  }

  /// A line of `squeue`'s.
  static func line(
    _ state: String, number: Int = 7, name: String = "lt-a1-1-1", restarts: Int = 0, start: String = "N/A",
    end: String = "NONE", code: Int = 0, partition: String = "h100"
  ) -> String {
    "\(number)|\(state)|\(restarts)|1000|\(start)|\(end)|\(code)|\(partition)|\(name)|"
  }

  func text(_ name: String) -> String {
    (try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)) ?? ""
  }

  func calls(_ program: String) -> [String] {
    text("calls").split(separator: "\n").map(String.init).filter { $0.hasPrefix(program + " ") }
  }

  /// What a pod's own script would have written.
  func write(_ text: String, _ file: String, pod: String = "lt-a1-1-1") throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(pods)/\(pod)/\(file)"))
  }

  final class Told: @unchecked Sendable {
    private let lock = NSLock()
    private var texts: [String] = []
    func add(_ text: String) { lock.withLock { texts.append(text) } }
    var all: String { lock.withLock { texts.joined(separator: "\n") } }
  }
}
