import DiscreteEvent
import Engine
import Foundation
import Journal
import Live
import ObjectStores
import Scenarios
import Synchronization
import Testing

@testable import Web

/// What jobs left is looked after: one job's trouble is no other's, and what is too large is not read.
@Suite struct KeeperTests {
  /// A folder in which everything of one job is out of reach.
  private struct Broken: ObjectStore {
    let folder: FolderStore
    let job: String

    private func check(_ key: String) throws -> FolderStore {
      if key.hasPrefix(job + "/") { throw InputError(.tryAgainLater, "\(job)'s objects cannot be read") }
      return folder
    }
    var place: String { folder.place }
    func info(_ key: String) async throws -> ObjectInfo? { try check(key).info(key) }
    func list(_ prefix: String) async throws -> [ObjectInfo] { try check(prefix).list(prefix) }
    func delete(_ key: String) async throws { try check(key).delete(key) }
    func put(_ file: String, as key: String) async throws -> ObjectInfo { try check(key).put(file, as: key) }
    func fetch(_ key: String, into file: String) async throws { try check(key).fetch(key, into: file) }
    func path(_ key: String) -> String? { folder.path(key) }
    func link(_ key: String, named name: String, for seconds: Int) async throws -> String? { nil }
    func beginUpload(_ content: ObjectContent, as key: String) async throws -> ObjectUpload {
      try check(key).beginUpload(content, as: key)
    }
    func partLink(_ part: Int, of upload: ObjectUpload, as key: String, for seconds: Int) throws -> String? { nil }
    func take(part: Int, of upload: String, key: String, from file: String) throws {}
    func completeUpload(
      _ upload: String, of content: ObjectContent, as key: String, parts: [ObjectPart]
    ) async throws -> ObjectInfo { try check(key).completeUpload(upload, of: content, as: key, parts: parts) }
  }

  private func leave(_ office: Office, _ name: String, _ text: String = "step\n") throws -> String {
    let path = office.folder.appendingPathComponent("store.objects/\(name)")
    try FileManager.default.createDirectory(at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: path)
    return path.path
  }

  private func objects(_ office: Office) -> FolderStore {
    FolderStore(office.folder.appendingPathComponent("store.objects").path)
  }

  /// Story 4.1.2: nothing goes by itself, unless the service is configured so.
  @Test func artifactsAreKeptForEverOrAsConfigured() async throws {
    let past = Past(span: .days(50)) { days in
      try days.complete(Office.job("long ago"), "a", training: .hours(1))
      try days.pass(.days(49))
    }
    let office = try Office(limit: nil, after: past)
    _ = try leave(office, "job-1/downloads/long-ago-metrics.csv")
    func look(_ span: Span?) async throws -> Bool {
      let stores = ObjectStoreSet(artifacts: objects(office), checkpoints: objects(office))
      let keeper = ArtifactKeeper(office.runner, stores, local: nil, retention: .init(artifacts: span))
      await keeper.tend()
      let artifact = try #require(try office.runner.catalogue.artifacts(of: JobIndex(0)).first)
      let isThere = try objects(office).list("job-1/downloads/").count == 1
      #expect(isThere == (artifact.deleted == nil))
      return isThere
    }
    #expect(try await look(nil))
    #expect(try await look(.days(1)), "it was made a moment ago, whenever its job was")
    #expect(try await !look(.zero))
    let line = try await office.ask("GET", office.api("audit?action=artifact.expire")).value(AuditLog.self).lines.first
    #expect(line?.subject == "job-1" && line?.change?.contains("long-ago-metrics.csv") == true)
  }

  @Test func oneJobsObjectsHoldUpNoOthers() async throws {
    let office = try Office(limit: nil, pods: .always)
    for number in [UInt32(1), 2, 3] {
      _ = try leave(office, "job-\(number)/downloads/job-metrics.csv")
      _ = try leave(office, "job-\(number)/checkpoints/step-1")
      try await office.complete(number, Office.job("job number \(number)"))
    }
    let told = Mutex<[String]>([])
    let broken = Broken(folder: objects(office), job: "job-1")
    let keeper = ArtifactKeeper(
      office.runner, ObjectStoreSet(artifacts: broken, checkpoints: broken), local: nil,
      retention: .init(artifacts: nil, checkpoints: .zero), tell: { text in told.withLock { $0.append(text) } })
    await keeper.tend()
    func kept() throws -> [Int] {
      try (0..<3).map { try office.runner.catalogue.artifacts(of: JobIndex($0)).count }
    }
    #expect(try kept() == [0, 1, 1])
    // Nor when something is deleted in its time.
    #expect(
      try objects(office).list("job-2/checkpoints/").isEmpty && objects(office).list("job-3/checkpoints/").isEmpty)
    #expect(try objects(office).list("job-1/checkpoints/").count == 1)
    #expect(
      told.withLock { $0 } == ["what jobs made is not kept yet, and is tried again: job-1's objects cannot be read"])
    // Said once; and once they can be read, they are kept.
    await keeper.tend()
    #expect(told.withLock(\.count) == 1)
    await office.keeper.tend()
    #expect(try kept() == [1, 1, 1])
  }

  @Test func answersThatAreTooLargeAreNotRead() async throws {
    let (office, _) = try await SuiteOrderTests.office()
    let names = ["financial-knowledge", "elena-morales-voice"]
    // Nothing of it is written: a file with a hole is as long as any other.
    let large = try leave(office, "job-1/answers/financial-knowledge.jsonl")
    try #require(truncate(large, (64 << 20) + 1) == 0)
    _ = try leave(office, "job-1/answers/elena-morales-voice.jsonl", "{}")
    // Nobody has asked for this one.
    _ = try leave(office, "job-1/answers/other.jsonl", "{}")
    _ = try leave(office, "job-1/downloads/job-metrics.csv")
    try await office.complete(1, SuiteOrderTests.job(names))
    let taken = Mutex<[String: Int]>([:])
    let store = objects(office)
    let keeper = ArtifactKeeper(
      office.runner, ObjectStoreSet(artifacts: store, checkpoints: store), local: nil, retention: .init(),
      examine: { _, files in taken.withLock { $0 = files.mapValues(\.count) } })
    await keeper.tend()
    #expect(taken.withLock { $0 } == ["answers/elena-morales-voice.jsonl": 2])
    #expect(try office.runner.catalogue.artifacts(of: JobIndex(0)).count == 1, "the job's own things are kept")
  }
}
