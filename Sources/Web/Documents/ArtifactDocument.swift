// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import DiscreteEvent
import Foundation
import Journal
import Live

/// Something that a job handed over.
public struct ArtifactDocument: Codable, Sendable {
  public var job: String
  public var job_name: String
  /// `adapters`, `deployment_package`, `metrics_csv` …
  public var kind: String
  /// As the file is called.
  public var name: String
  public var bytes: Int64
  public var sha256: String
  /// Where it is kept: the store and the key in it.
  public var storage: String
  public var key: String
  public var made_at: String
  public var downloads: Int
  public var downloaded_at: String?
  public var deleted_at: String?

  init(_ artifact: Catalogue.Artifact, _ view: LiveView, storage: String) {
    let description = view.descriptions[Int(artifact.job.rawValue)]
    (job, job_name) = (description.id, description.name)
    (kind, name, key) = (artifact.kind.rawValue, artifact.name, artifact.key)
    (bytes, sha256, self.storage) = (artifact.bytes, artifact.sha256, storage)
    made_at = Wording.stamp(artifact.made) ?? ""
    downloads = artifact.downloads
    downloaded_at = artifact.downloaded.flatMap(Wording.stamp)
    deleted_at = artifact.deleted.flatMap(Wording.stamp)
  }
}

public struct ArtifactList: Codable, Sendable {
  public var artifacts: [ArtifactDocument]
}

/// An address from which anybody may download, for a while.
public struct ArtifactLink: Codable, Sendable {
  public var url: String
  public var expires_at: String
  public var valid_hours: Int
}

/// How much is kept, and what that costs.
public struct StorageDocument: Codable, Sendable {
  public var storage: String
  public var bytes: Int64
  public var artifact_bytes: Int64
  public var checkpoint_bytes: Int64
  /// How many jobs have adapters that can be downloaded, and the mean of what they hold.
  public var models: Int
  public var mean_model_bytes: Int64?
  /// nil: the price is not known (`objects.price_per_gb_month`).
  public var cost_usd_per_month: Double?
  public var jobs: [Job]

  public struct Job: Codable, Sendable {
    public var job: String
    public var name: String?
    public var artifact_bytes: Int64
    public var checkpoint_bytes: Int64
  }

  init(_ objects: [ObjectInfo], _ view: LiveView, storage: String, pricePerGigabyteMonth: Int64?) {
    self.storage = storage
    var sums: [String: (artifacts: Int64, checkpoints: Int64, isModel: Bool)] = [:]
    for object in objects {
      let parts = object.key.split(separator: "/")
      guard let job = parts.first.map(String.init) else { continue }
      var sum = sums[job] ?? (0, 0, false)
      if parts.dropFirst().first == "checkpoints" {
        sum.checkpoints += object.bytes
      } else {
        sum.artifacts += object.bytes
      }
      if object.key.contains("-adapters-") { sum.isModel = true }
      sums[job] = sum
    }
    (artifact_bytes, checkpoint_bytes) = sums.values.reduce((0, 0)) { ($0.0 + $1.artifacts, $0.1 + $1.checkpoints) }
    let total = artifact_bytes + checkpoint_bytes
    bytes = total
    let models = sums.values.filter(\.isModel)
    self.models = models.count
    mean_model_bytes = models.isEmpty ? nil : models.reduce(0) { $0 + $1.artifacts } / Int64(models.count)
    cost_usd_per_month = pricePerGigabyteMonth.map { Double(total) / 1e9 * Wording.dollars($0) }
    jobs = sums.map { id, sum in
      Job(
        job: id, name: view.job(id).map { view.descriptions[Int($0.rawValue)].name }, artifact_bytes: sum.artifacts,
        checkpoint_bytes: sum.checkpoints)
    }.sorted { ($1.artifact_bytes + $1.checkpoint_bytes, $0.job) < ($0.artifact_bytes + $0.checkpoint_bytes, $1.job) }
  }
}

/// Something to be deleted: for good, so it has to be meant.
public struct Deletion: Codable, Sendable {
  public var confirm: Bool
  public var justification: String?
  public init(confirm: Bool, justification: String? = nil) {
    (self.confirm, self.justification) = (confirm, justification)
  }
}
