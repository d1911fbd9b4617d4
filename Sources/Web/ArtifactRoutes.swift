import DiscreteEvent
import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Journal
import Live
import Scenarios

/// What jobs handed over: listed, downloaded, linked, deleted; and how much is kept.
struct ArtifactRoutes {
  let runner: LiveRunner
  let shelf: ArtifactShelf
  private var deeds: ArtifactDeeds { ArtifactDeeds(runner: runner, shelf: shelf) }
  private var links: LinkDeeds { LinkDeeds(runner: runner, keys: shelf.keys, shelf: shelf) }

  func add(to router: RouterGroup<LiveContext>) {
    router.get("artifacts") { _, _ in
      let view = await runner.view
      return try Reply.json(list(try runner.catalogue.artifacts(), view))
    }
    router.get("storage") { _, _ in
      let view = await runner.view
      let objects = try await ArtifactRoutes.explained { try await shelf.stores.list("") }
      return try Reply.json(
        StorageDocument(
          objects, view, storage: shelf.stores.artifacts.place, pricePerGigabyteMonth: shelf.pricePerGigabyteMonth))
    }
    router.get("jobs/:id/artifacts") { _, context in
      let view = await runner.view
      return try Reply.json(list(try runner.catalogue.artifacts(of: try view.known(context)), view))
    }
    router.get("jobs/:id/artifacts/:kind") { request, context in
      let person = try context.require(.viewer)
      let artifact = try await deliverable(context)
      if request.takesFromTheStart { try await deeds.taken(artifact, by: person, "artifact.download") }
      if let path = shelf.stores.artifacts.path(artifact.key) {
        return try await ArtifactShelf.file(path, named: artifact.name, request, context)
      }
      let link = try await shelf.stores.artifacts.link(artifact.key, named: artifact.name, for: 300)
      guard let link else { throw Problem(.notFound, "the object store has no address for it") }
      return Response(status: .temporaryRedirect, headers: [.location: link])
    }
    router.post("jobs/:id/artifacts/:kind/link") { request, context in
      _ = try context.require(.engineer)
      let job = try await runner.view.known(context)
      return try Reply.json(
        try await links.artifact(context.parameters.get("kind") ?? "", of: job, context), .created, Reply.secret)
    }
    router.delete("jobs/:id/artifacts/:kind") { request, context in
      _ = try context.require(.engineer)
      let deletion = try await confirmed(request)
      let view = await runner.view
      let job = try view.known(context)
      try await deeds.delete(
        context.parameters.get("kind") ?? "", of: job, deletion.justification, context)
      return try Reply.json(list(try runner.catalogue.artifacts(of: job), await runner.view))
    }
  }

  /// What whoever has a link needs no token for.
  func addLinked(to router: Router<LiveContext>) {
    router.get("v1/artifacts/:id/:kind") { request, context in
      let query = request.uri.queryParameters
      let (person, view) = (query.get("for") ?? "", await runner.view)
      // First the link: whoever has none learns neither what there is nor why it is held back.
      let named = try view.job(context.parameters.get("id") ?? "").flatMap { job in
        try runner.catalogue.artifacts(of: job).first { $0.kind.rawValue == context.parameters.get("kind") }
      }
      let what = named.map { ArtifactRoutes.what($0, person) } ?? "nothing"
      let until = try shelf.check(what, query)
      // Whoever made it may have been retired since, or have taken it back.
      guard try runner.catalogue.somebody(person) != nil, try !links.isRevoked(what, until: until) else {
        throw ArtifactShelf.noLink
      }
      let artifact = try await deliverable(context)
      if request.takesFromTheStart {
        try await taken(artifact, by: PersonAct(person: person, role: "link", action: ""), view)
      }
      guard let path = shelf.stores.artifacts.path(artifact.key) else {
        throw Problem(.notFound, "the object is not on this machine any more", hint: "ask for a new link")
      }
      return try await ArtifactShelf.file(path, named: artifact.name, request, context)
    }
  }

  /// What a link's signature is of.
  static func what(_ artifact: Catalogue.Artifact, _ person: String) -> String {
    "artifact \(artifact.job.rawValue) \(artifact.kind.rawValue) \(artifact.sha256) \(person)"
  }

  // MARK: What is counted and written down

  private func taken(_ artifact: Catalogue.Artifact, by bearer: PersonAct, _ view: LiveView) async throws {
    try runner.catalogue.countDownload(artifact.kind, of: artifact.job, at: view.at)
    var act = bearer
    act.action = "artifact.download"
    act.subject = view.descriptions[Int(artifact.job.rawValue)].id
    act.change = "\(artifact.kind.rawValue): \(artifact.name), by a link"
    try await runner.record(act)
  }

  // MARK: Finding

  private func list(_ artifacts: [Catalogue.Artifact], _ view: LiveView) -> ArtifactList {
    ArtifactList(artifacts: artifacts.map { ArtifactDocument($0, view, storage: shelf.stores.artifacts.place) })
  }

  /// An artifact that may go: the model itself not while a gate of its validation holds it back.
  private func deliverable(_ context: LiveContext) async throws -> Catalogue.Artifact {
    let view = await runner.view
    return try deeds.deliverable(context.parameters.get("kind") ?? "", of: try view.known(context), view)
  }

  private func confirmed(_ request: Request) async throws -> Deletion {
    let deletion: Deletion? = try await Reply.readOrNothing(request)
    guard let deletion, deletion.confirm else {
      throw Problem(
        .unprocessableContent, "what is deleted is gone for good: it has to be confirmed", hint: #"{"confirm": true}"#)
    }
    return deletion
  }

  /// What an object store cannot do now, as an answer.
  static func explained<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
    do { return try await body() } catch let error as InputError {
      throw Problem(.serviceUnavailable, error.problem, hint: error.hint)
    }
  }
}
