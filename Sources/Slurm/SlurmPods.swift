import DiscreteEvent
import Engine
import Foundation
import Live
import Processes
import Scenarios

/// Pods that are jobs of a Slurm cluster: for teams that have GPUs of their own.
///
/// A pod's own name is `NUMBER:NAME`: numbers alone begin anew where a cluster has lost its state, and a job of that number is then somebody
/// else's. What is asked of a job names both.
public actor SlurmPods: PodProvider {
  public nonisolated let capabilities: ProviderCapabilities

  private let settings: SlurmSettings
  private let programs: SlurmPrograms
  private let folder: URL
  private let time: LiveTime
  private let worker: URL
  /// What a job that names a training file finds in its environment; nil: such a job only plays, as all others do.
  private let training: (@Sendable (_ trainingFile: String) throws -> [String: String])?
  private let tell: @Sendable (String) -> Void
  /// Ended, and told to go: in no list of ours any more.
  private var removed: Set<String> = []

  /// A worker has so many seconds to save what it has: less than the 30 that Slurm gives it (`KillWait`).
  static let grace = 20

  /// - Parameters:
  ///   - folder: where the pods' folders are, made where it is missing; all nodes see it under this name.
  ///   - worker: a Python program that speaks the workers' protocol; nodes see it, too.
  ///   - training: may throw, and then there is no pod.
  ///   - tell: hears what is in doubt.
  /// - Throws: `InputError` where the folder cannot be made.
  public init(
    _ settings: SlurmSettings, programs: SlurmPrograms, folder: String, time: LiveTime, worker: URL,
    training: (@Sendable (String) throws -> [String: String])? = nil,
    tell: @escaping @Sendable (String) -> Void = { _ in }
  ) throws {
    capabilities = settings.preemptiblePartition == nil ? [.prices] : [.prices, .spot]
    self.settings = settings
    self.programs = programs
    self.folder = URL(fileURLWithPath: folder).standardizedFileURL
    self.time = time
    self.worker = worker
    self.training = training
    self.tell = tell
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      try Data(JobFolder.script.utf8).write(to: script, options: .atomic)
    } catch {
      throw InputError(
        .cannotCreate, file: folder, "cannot be made", hint: "check that the folder above it is writable")
    }
  }

  private nonisolated var script: URL { folder.appendingPathComponent("pod.sh") }

  public func create(_ request: PodRequest, _ launch: WorkerLaunch) async -> CreationAnswer {
    guard let wishes = settings.request(request.pricing) else { return .refused(.noCapacity) }
    let name = request.name.description
    let pod = JobFolder(url: folder.appendingPathComponent(name))
    let rate = settings.hourlyRate(request.pricing)
    var environment = ["HOME": pod.url.path, ProcessSession.mark: pod.url.path, "LORA_WORKER": worker.path]
    do {
      guard try pod.make(.init(name: name, hourlyRate: rate)) else { return .ambiguous }
      environment.merge(try launch.environment(of: request, scale: time.scale)) { $1 }
      if let training, let file = launch.description.trainingFile { environment.merge(try training(file)) { $1 } }
      environment["LORA_GRACE_S"] = "\(SlurmPods.grace)"
    } catch {
      return .refused(.error, said: "\(name) was not asked for: \(error)")
    }
    // What is secret travels in the environment: neither the arguments nor the script hold any of it.
    let answer = await programs.run(
      .sbatch,
      [
        "--parsable", "--job-name=\(name)", "--comment=lora-train", "--no-requeue", "--dependency=singleton",
        "--export=ALL", "--chdir=\(pod.url.path)", "--output=log", "--open-mode=append",
      ] + wishes + [script.path], environment: environment, within: .seconds(60))
    // The number, and the cluster's name after a semicolon where there are several.
    let number = answer.output.prefix { $0.isNumber }
    guard answer.code == 0, !number.isEmpty else {
      if SlurmPods.isRefusal(answer) { return .refused(.error, said: "Slurm takes no job: \(answer.said)") }
      tell("\(name) was not surely taken by Slurm: \(answer.said)")
      return .ambiguous
    }
    pod.note(number: String(number))
    return .created(
      PodObservation(
        id: "\(number):\(name)", name: name, status: .waiting, created: time.own(LiveTime.machine), hourlyRate: rate))
  }

  /// Whether there certainly is no job: the controller has answered, and said no.
  static func isRefusal(_ answer: SlurmPrograms.Answer) -> Bool {
    guard let code = answer.code, code != 0 else { return false }
    let doubts = ["timed out", "contact", "communication", "connect", "zero bytes", "unexpected message", "send/recv"]
    let said = answer.errors.lowercased()
    return said.contains("batch job submission failed") && !doubts.contains { said.contains($0) }
  }

  public func terminate(pod id: String) async -> TerminationAnswer {
    guard let (number, name) = SlurmPods.parts(of: id) else { return .absent }
    let asked = await programs.run(.squeue, SlurmPods.question + ["--jobs=\(number)"])
    let isUnknown = asked.code == 1 && asked.errors.contains("Invalid job id")
    guard let entries = isUnknown ? [] : SlurmPods.entries(asked) else { return .failed }
    let entry = entries.first { $0.name == name }
    entry.map { note($0) }
    guard entry?.isOver == false else {
      removed.insert(id)
      return .absent
    }
    // The name, too: a number may have become somebody else's since.
    let answer = await programs.run(.scancel, ["--name=\(name)", number])
    if answer.code != 0 { tell("\(id) could not be cancelled: \(answer.said)") }
    return answer.code == 0 ? .accepted : .failed
  }

  public func list() async -> [PodObservation]? {
    // Those that may be missed: what is made meanwhile need not be in the answer.
    let open = folders.filter { $0.number != nil && !$0.isOver }
    guard let entries = SlurmPods.entries(await programs.run(.squeue, SlurmPods.question)) else { return nil }
    let numbers = Set(entries.map(\.number))
    for pod in open where !numbers.contains(pod.number ?? "") { pod.noteForgotten() }
    return entries.compactMap { entry in
      // Anybody's jobs may be in the queue; ours begin so.
      guard entry.name.hasPrefix("lt-") else { return nil }
      note(entry)
      let id = "\(entry.number):\(entry.name)"
      guard !entry.neverRan, !removed.contains(id) else { return nil }
      return PodObservation(
        id: id, name: entry.name, status: entry.status, created: time.own(entry.submitted), hourlyRate: rate(entry))
    }
  }

  public func bills(since: Instant) async -> [PodBill] {
    folders.compactMap { pod in
      guard let record = pod.record, let number = pod.number, let end = pod.end else { return nil }
      let lived = pod.begin.map { time.own(end) - time.own($0) } ?? .zero
      guard pod.begin.map({ time.own($0) >= since }) ?? true else { return nil }
      return PodBill(
        pod: "\(number):\(record.name)", amount: Ledger.cost(hourlyRate: record.hourlyRate, time: max(.zero, lived)))
    }
  }

  // MARK: The queue

  /// All our jobs, those that are over and not yet forgotten among them.
  private static let question = [
    "--noheader", "--states=all", "--user=\(getuid())", "--Format=\(QueueEntry.format)",
  ]

  /// nil where there is any doubt that these are all.
  private static func entries(_ answer: SlurmPrograms.Answer) -> [QueueEntry]? {
    guard answer.code == 0 else { return nil }
    let lines = answer.output.split(whereSeparator: \.isNewline)
    let entries = lines.compactMap { QueueEntry($0) }
    return entries.count == lines.count ? entries : nil
  }

  private static func parts(of id: String) -> (number: String, name: String)? {
    let parts = id.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, parts[0].allSatisfy(\.isNumber), parts[1].hasPrefix("lt-") else { return nil }
    return (String(parts[0]), String(parts[1]))
  }

  private func rate(_ entry: QueueEntry) -> Int64 {
    JobFolder(url: folder.appendingPathComponent(entry.name)).record?.hourlyRate
      ?? settings.hourlyRate(entry.partition == settings.preemptiblePartition ? .spot : .onDemand)
  }

  // MARK: The folders

  private var folders: [JobFolder] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasPrefix("lt-") }.map { JobFolder(url: folder.appendingPathComponent($0)) }
  }

  /// What Slurm says of when it ran, before Slurm forgets.
  private func note(_ entry: QueueEntry) {
    let pod = JobFolder(url: folder.appendingPathComponent(entry.name))
    guard !entry.name.contains("/"), pod.record != nil else { return }
    pod.note(number: entry.number)
    // A job that was put back tells of its next life.
    guard entry.restarts == 0 else { return pod.noteForgotten() }
    if entry.status != .waiting, !entry.neverRan, let started = entry.started { pod.note(begin: started) }
    if entry.isOver { pod.note(end: entry.ended ?? LiveTime.machine) }
  }
}
