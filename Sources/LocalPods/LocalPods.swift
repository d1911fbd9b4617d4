import DiscreteEvent
import Engine
import Foundation
import Live
import Processes
import Scenarios

/// Pods that are processes of this machine: the provider that needs no account.
///
/// A pod is a session of processes that began in its own folder. It outlives the program that asked for it, as a rented one does, and what
/// became of it stands in the folder. An interruption is SIGTERM, five seconds, SIGKILL.
public actor LocalPods: PodProvider {
  public nonisolated let capabilities: ProviderCapabilities = [.spot, .prices]

  /// How long a worker may save what it has once it was told to go.
  public static let grace = Duration.seconds(5)

  private let folder: URL
  private let time: LiveTime
  /// Nanodollars an hour: what is entered in the ledger as if it were paid.
  private let rates: (spot: Int64, onDemand: Int64)
  private let worker: URL
  private let trainer: LocalTrainer?
  private var executioners: [String: Task<Void, Never>] = [:]

  /// - Parameters:
  ///   - folder: where the pods' folders are; made where it is missing.
  ///   - rates: nanodollars an hour, on spot and on demand.
  ///   - worker: a Python program that speaks the workers' protocol; the stand-in without it.
  ///   - trainer: trains the jobs that name a training file; without it they only play, as all others do.
  /// - Throws: `InputError` where the folder cannot be made, or there is no worker.
  public init(
    folder: String, time: LiveTime, rates: (spot: Int64, onDemand: Int64) = (2_490_000_000, 7_990_000_000),
    worker: String? = nil, trainer: LocalTrainer? = nil
  ) throws {
    guard let worker = worker.map({ URL(fileURLWithPath: $0) }) ?? LocalPods.standIn else {
      throw InputError(
        .badConfiguration, "the worker that comes with lora-train is not beside it", hint: "install it again, whole")
    }
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw InputError(
        .cannotCreate, file: folder, "cannot be made", hint: "check that the folder above it is writable")
    }
    // The name under which /proc shows it.
    self.folder = URL(
      fileURLWithPath: realpath(folder, nil).map { path in
        defer { free(path) }
        return String(cString: path)
      } ?? folder)
    self.time = time
    self.rates = rates
    self.worker = worker
    self.trainer = trainer
  }

  /// A small process that speaks the workers' protocol and trains nothing; nil where the program is not installed whole.
  public static var standIn: URL? {
    Bundle.module.url(forResource: "stand_in_worker", withExtension: "py", subdirectory: "Resources")
  }

  public func create(_ request: PodRequest, _ launch: WorkerLaunch) -> CreationAnswer {
    let pod = PodFolder(url: folder.appendingPathComponent(request.name.description))
    let record = PodFolder.Record(
      name: request.name.description, created: LiveTime.machine.microseconds,
      hourlyRate: request.pricing == .spot ? rates.spot : rates.onDemand)
    do {
      // A name is used once: a folder that is there belongs to a call that went before.
      guard try pod.make(record) else { return .ambiguous }
      var environment = [
        "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": pod.url.path,
        "LORA_WORKER": worker.path, "LORA_POD_ID": record.name,
      ].merging(try launch.environment(of: request, scale: time.scale)) { $1 }
      var script = PodFolder.standIn
      if let trainer, let file = launch.description.trainingFile {
        script = PodFolder.trainer
        environment.merge(try trainer.environment(of: file, time)) { $1 }
      }
      try ProcessSession.start(script: script, in: pod.url.path, environment: environment)
    } catch {
      pod.stamp(.removed)
      return .refused(.error)
    }
    return .created(observation(pod, record, isAlive: true))
  }

  public func terminate(pod id: String) -> TerminationAnswer {
    guard let pod = self.pod(id), !pod.has(.removed) else { return .absent }
    ProcessSession.reap()
    guard let living = ProcessSession.members(folder)[id] else {
      // Nothing of it runs.
      pod.stampEnd()
      pod.stamp(.removed)
      return .absent
    }
    for process in living { kill(process, SIGTERM) }
    if executioners[id] == nil {
      executioners[id] = Task {
        try? await Task.sleep(for: LocalPods.grace)
        execute(id)
      }
    }
    return .accepted
  }

  private func execute(_ id: String) {
    executioners[id] = nil
    for process in ProcessSession.members(folder)[id] ?? [] { kill(process, SIGKILL) }
  }

  public func list() -> [PodObservation]? {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else { return nil }
    ProcessSession.reap()
    let living = ProcessSession.members(folder)
    return names.compactMap { name in
      guard let pod = self.pod(name), !pod.has(.removed), let record = pod.record else { return nil }
      let isAlive = living[name] != nil
      if !isAlive { pod.stampEnd() }
      // Told to go, and gone: a rented one is then in no list either.
      return observation(pod, record, isAlive: isAlive)
    }
  }

  public func bills(since: Instant) -> [PodBill] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.compactMap { name in
      guard let pod = self.pod(name), let record = pod.record, let end = pod.end else { return nil }
      guard time.own(Instant(microseconds: record.created)) >= since else { return nil }
      let lived = time.own(end) - time.own(Instant(microseconds: record.created))
      return PodBill(pod: name, amount: Ledger.cost(hourlyRate: record.hourlyRate, time: max(.zero, lived)))
    }
  }

  private func pod(_ id: String) -> PodFolder? {
    guard !id.contains("/"), !id.hasPrefix(".") else { return nil }
    let pod = PodFolder(url: folder.appendingPathComponent(id))
    return pod.record == nil ? nil : pod
  }

  private func observation(_ pod: PodFolder, _ record: PodFolder.Record, isAlive: Bool) -> PodObservation {
    PodObservation(
      id: record.name, name: record.name, status: isAlive ? .running : .exited(pod.loss),
      created: time.own(Instant(microseconds: record.created)), hourlyRate: record.hourlyRate)
  }
}
