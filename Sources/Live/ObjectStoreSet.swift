/// Where a store's checkpoints are, and where its downloads: two buckets of one account, or the same folder.
public struct ObjectStoreSet: Sendable {
  public var artifacts: any ObjectStore
  public var checkpoints: any ObjectStore

  public init(artifacts: any ObjectStore, checkpoints: any ObjectStore) {
    (self.artifacts, self.checkpoints) = (artifacts, checkpoints)
  }

  /// The one in which a key of a job's is: `JOB/checkpoints/…`, and everything else.
  public func holding(_ key: String) -> any ObjectStore {
    key.split(separator: "/").dropFirst().first == "checkpoints" ? checkpoints : artifacts
  }

  /// Whether both are one place, in which everything is listed once.
  var isOne: Bool { artifacts.place == checkpoints.place }

  /// Everything below a job's folder.
  public func list(_ prefix: String) async throws -> [ObjectInfo] {
    var found = try await artifacts.list(prefix)
    if !isOne { found += try await checkpoints.list(prefix) }
    return found
  }
}
