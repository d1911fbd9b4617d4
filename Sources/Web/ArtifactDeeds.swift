import Engine
import Foundation
import Hummingbird
import Journal
import Live

/// What is done about stored files: the same for programs and for the dashboard.
struct ArtifactDeeds: Sendable {
  let runner: LiveRunner
  let shelf: ArtifactShelf

  /// Deletes one for good; `checkpoints` are all of a job's that is over.
  ///
  /// - Throws: ``Problem`` where it is not there, or needed still.
  func delete(_ kind: String, of job: JobIndex, _ justification: String?, _ context: LiveContext) async throws {
    let person = try context.require(.engineer)
    let view = await runner.view
    let id = view.descriptions[Int(job.rawValue)].id
    if kind == "checkpoints" {
      guard view.fleet[job].phase.isTerminal else {
        throw Problem(.conflict, "\(id) is not over: it may need its checkpoints")
      }
      let bytes = try await ArtifactRoutes.explained { try await shelf.keeper.deleteCheckpoints(ofJob: id) }
      try await runner.record(person.act("checkpoints.delete", id, why: justification, change: "\(bytes) bytes"))
    } else {
      let artifact = try artifact(kind, of: job, view)
      try await ArtifactRoutes.explained { try await shelf.keeper.delete(artifact) }
      let change = "\(artifact.kind.rawValue): \(artifact.name), \(artifact.bytes) bytes"
      try await runner.record(person.act("artifact.delete", id, why: justification, change: change))
    }
  }

  /// In bytes.
  func size(_ kind: String, of job: JobIndex) async throws -> Int64 {
    let view = await runner.view
    guard kind == "checkpoints" else { return try artifact(kind, of: job, view).bytes }
    let prefix = "\(view.descriptions[Int(job.rawValue)].id)/checkpoints/"
    return try await ArtifactRoutes.explained { try await shelf.stores.checkpoints.list(prefix) }.reduce(0) {
      $0 + $1.bytes
    }
  }

  /// An artifact that may go: the model itself not while a gate of its validation holds it back.
  func deliverable(_ word: String, of job: JobIndex, _ view: LiveView) throws -> Catalogue.Artifact {
    let artifact = try artifact(word, of: job, view)
    if artifact.kind == .adapters || artifact.kind == .deploymentPackage {
      let orders = view.descriptions[Int(job.rawValue)].gatingSuites
      try ValidationRoutes.requireDelivery(job, orders: orders, runner.catalogue)
    }
    return artifact
  }

  /// Counts that somebody took one away, or was given the way to it, and writes that down.
  func taken(_ artifact: Catalogue.Artifact, by person: Catalogue.Person, _ action: String) async throws {
    let view = await runner.view
    try runner.catalogue.countDownload(artifact.kind, of: artifact.job, at: view.at)
    try await runner.record(
      person.act(
        action, view.descriptions[Int(artifact.job.rawValue)].id, change: "\(artifact.kind.rawValue): \(artifact.name)")
    )
  }

  /// - Throws: ``Problem`` where there is none, or it was deleted.
  func artifact(_ word: String, of job: JobIndex, _ view: LiveView) throws -> Catalogue.Artifact {
    guard let kind = Catalogue.ArtifactKind(rawValue: word) else {
      throw Problem(
        .notFound, "nothing called '\(word)' is handed over",
        hint: Catalogue.ArtifactKind.allCases.map(\.rawValue).joined(separator: ", "))
    }
    guard let artifact = try runner.catalogue.artifacts(of: job).first(where: { $0.kind == kind }) else {
      let isOver = view.fleet[job].phase.isTerminal
      throw Problem(
        .notFound, "\(view.descriptions[Int(job.rawValue)].id) has no \(word)",
        hint: isOver
          ? "only jobs that completed with a training file have: lora-train artifact list" : "the job is not over yet")
    }
    guard artifact.deleted == nil else {
      throw Problem(.gone, "\(artifact.name) was deleted \(artifact.deleted.flatMap(Wording.stamp) ?? "")")
    }
    return artifact
  }
}
