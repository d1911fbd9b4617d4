import DiscreteEvent
import Engine
import Foundation
import Journal
import Scenarios

/// Looks after what jobs hand over: takes it into the object store and the catalogue when a job has completed, and deletes it when its time is over.
///
/// Nothing here moves the engine. What could not be done now is done later: whatever is found completed and not kept yet, is kept.
public actor ArtifactKeeper {
  /// For how long things stay; nil: for ever.
  public struct Retention: Sendable {
    public var artifacts: Span?
    public var checkpoints: Span?
    public init(artifacts: Span? = nil, checkpoints: Span? = nil) {
      (self.artifacts, self.checkpoints) = (artifacts, checkpoints)
    }
  }

  /// Told what a pod left for the validation of a completed job, by name below the job's folder; may be told twice.
  public typealias Examine = @Sendable (JobIndex, [String: Data]) async throws -> Void

  private let runner: LiveRunner
  private let stores: ObjectStoreSet
  private let local: String?
  public let retention: Retention
  private let tell: @Sendable (String) -> Void
  private let examine: Examine
  /// Jobs that need no look any more.
  private var kept: Set<JobIndex> = []
  private var swept: Set<JobIndex> = []
  private var lastTrouble: String?

  /// Whoever finished longer ago was looked at before.
  private static let horizon = Span.days(60)

  /// - Parameters:
  ///   - local: the folder in which pods of this machine leave what they made; nil: they put it into the store themselves.
  ///   - examine: takes in what was answered to the suites of a job that was made with some.
  ///   - tell: told what a person should hear of.
  public init(
    _ runner: LiveRunner, _ stores: ObjectStoreSet, local: String?, retention: Retention,
    examine: @escaping Examine = { _, _ in }, tell: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    (self.runner, self.stores, self.local, self.retention) = (runner, stores, local, retention)
    (self.examine, self.tell) = (examine, tell)
  }

  /// Looks again and again until it is cancelled.
  public func run(every pause: Duration = .seconds(2)) async {
    while !Task.isCancelled {
      await tend()
      try? await Task.sleep(for: pause)
    }
  }

  /// One look at everything.
  public func tend() async {
    let view = await runner.view
    do {
      // What goes wrong with one job holds up no other.
      var trouble: (any Error)?
      for (i, job) in view.fleet.jobs.enumerated() where job.phase == .completed {
        let index = JobIndex(i)
        guard !kept.contains(index), view.at - job.ended < ArtifactKeeper.horizon else { continue }
        do {
          if try runner.catalogue.artifacts(of: index).isEmpty {
            try await keep(index, view.descriptions[i], at: view.at)
          }
          kept.insert(index)
        } catch { trouble = trouble ?? error }
      }
      try await expire(view, &trouble)
      if let trouble { throw trouble }
      lastTrouble = nil
    } catch {
      // Said once, not at every look.
      let text = (error as? InputError)?.problem ?? "\(error)"
      if text != lastTrouble { tell("what jobs made is not kept yet, and is tried again: \(text)") }
      lastTrouble = text
    }
  }

  // MARK: Keeping

  /// Pods upload what they like: more than this is no file of answers, and is not read into memory.
  private static let longestAnswers: Int64 = 64 << 20

  private func keep(_ job: JobIndex, _ description: JobDescription, at: Instant) async throws {
    let id = description.id
    try await carry(id)
    if let suites = description.suites, !suites.isEmpty {
      let wanted = Set(suites.map { "\(id)/answers/\($0.name).jsonl" } + ["\(id)/evaluation.json"])
      var files: [String: Data] = [:]
      for folder in ["\(id)/answers/", "\(id)/evaluation.json"] {
        for object in try await stores.artifacts.list(folder)
        where wanted.contains(object.key) && object.bytes <= ArtifactKeeper.longestAnswers {
          files[String(object.key.dropFirst(id.count + 1))] = try await data(of: object.key)
        }
      }
      try await examine(job, files)
    }
    var artifacts: [Catalogue.Artifact] = []
    for object in try await stores.artifacts.list("\(id)/downloads/") {
      let name = String(object.key.split(separator: "/").last ?? "")
      guard let kind = Catalogue.ArtifactKind(fileName: name) else { continue }
      let digest = try await digest(of: object.key)
      artifacts.append(
        Catalogue.Artifact(
          job: job, kind: kind, name: name, key: object.key, bytes: object.bytes, sha256: digest, made: at))
    }
    try runner.catalogue.add(artifacts)
  }

  /// Puts what a pod of this machine left into a store that is elsewhere.
  private func carry(_ id: String) async throws {
    guard let local, stores.artifacts.path("x") != URL(fileURLWithPath: local).appendingPathComponent("x").path,
      let names = FileManager.default.enumerator(atPath: "\(local)/\(id)")
    else { return }
    let files = names.allObjects.compactMap { $0 as? String }.filter { name in
      var status = stat()
      return stat("\(local)/\(id)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        && !name.hasPrefix("checkpoints/") && !name.split(separator: "/").contains { $0.hasPrefix(".") }
    }
    for name in files.sorted() {
      _ = try await stores.artifacts.put("\(local)/\(id)/\(name)", as: "\(id)/\(name)")
    }
  }

  /// What a pod left as its answers to a suite; nil: nothing, or more than anybody should read.
  public func answers(to suite: String, ofJob id: String) async throws -> Data? {
    let key = "\(id)/answers/\(suite).jsonl"
    guard let info = try await stores.artifacts.info(key), info.bytes <= ArtifactKeeper.longestAnswers else {
      return nil
    }
    return try await data(of: key)
  }

  private func data(of key: String) async throws -> Data? {
    if let path = stores.artifacts.path(key) { return FileManager.default.contents(atPath: path) }
    let copy = NSTemporaryDirectory() + "lora-answers-" + SecretFile.random(8).hex
    defer { unlink(copy) }
    try await stores.artifacts.fetch(key, into: copy)
    return FileManager.default.contents(atPath: copy)
  }

  private func digest(of key: String) async throws -> String {
    if let path = stores.artifacts.path(key) { return try FileDigest.of(path).sha256 }
    if let told = try await stores.artifacts.info(key)?.sha256 { return told }
    let copy = NSTemporaryDirectory() + "lora-digest-" + SecretFile.random(8).hex
    defer { unlink(copy) }
    try await stores.artifacts.fetch(key, into: copy)
    return try FileDigest.of(copy).sha256
  }

  // MARK: Deleting

  /// Deletes one artifact for good.
  public func delete(_ artifact: Catalogue.Artifact) async throws {
    try await stores.artifacts.delete(artifact.key)
    try runner.catalogue.markDeleted(artifact.kind, of: artifact.job, at: runner.time.reading.wall)
  }

  /// Deletes all checkpoints of a job, and returns how many bytes they were.
  @discardableResult
  public func deleteCheckpoints(ofJob id: String) async throws -> Int64 {
    let objects = try await stores.checkpoints.list("\(id)/checkpoints/")
    // A checkpoint without its sum is none: so the sums go first.
    for object in objects.sorted(by: { $0.key.hasSuffix(".sha256") && !$1.key.hasSuffix(".sha256") }) {
      try await stores.checkpoints.delete(object.key)
    }
    return objects.reduce(0) { $0 + $1.bytes }
  }

  /// - Parameter trouble: the first that went wrong; the others are gone through all the same.
  private func expire(_ view: LiveView, _ trouble: inout (any Error)?) async throws {
    if let span = retention.artifacts {
      for artifact in try runner.catalogue.artifacts(madeBy: view.at - span) {
        do {
          try await delete(artifact)
          try await record("artifact.expire", artifact.job, "\(artifact.kind.rawValue): \(artifact.name)", view)
        } catch { trouble = trouble ?? error }
      }
    }
    guard let span = retention.checkpoints else { return }
    for (i, job) in view.fleet.jobs.enumerated() where job.phase.isTerminal && view.at - job.ended >= span {
      let index = JobIndex(i)
      guard !swept.contains(index) else { continue }
      do {
        let bytes = try await deleteCheckpoints(ofJob: view.descriptions[i].id)
        swept.insert(index)
        if bytes > 0 { try await record("checkpoints.expire", index, "\(bytes) bytes", view) }
      } catch { trouble = trouble ?? error }
    }
  }

  private func record(_ action: String, _ job: JobIndex, _ change: String, _ view: LiveView) async throws {
    _ = try await runner.ask(
      .record,
      as: PersonAct(
        person: "lora-train", role: "system", action: action, subject: view.descriptions[Int(job.rawValue)].id,
        change: change))
  }
}

extension Catalogue.ArtifactKind {
  /// What a download is, by the name that the worker gives it; nil: none that is handed out.
  init?(fileName name: String) {
    switch true {
    case name.hasSuffix("-metrics.csv"): self = .metricsCSV
    case name.hasSuffix("-metrics.json"): self = .metricsJSON
    case name.hasSuffix("-evaluation.csv"): self = .evaluationCSV
    case name.hasSuffix("-evaluation.json"): self = .evaluationJSON
    case name.contains("-deployment-package-") && name.hasSuffix(".zip"): self = .deploymentPackage
    case name.contains("-adapters-") && name.hasSuffix(".zip"): self = .adapters
    default: return nil
    }
  }
}
