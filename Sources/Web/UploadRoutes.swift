// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import Live
import NIOCore
import Scenarios

/// Objects of pods that have no key of the object store's: what may be put or read is signed here, part by part, and for an hour.
///
/// A pod reaches the objects of its own job, and of the job that its own goes on from; it puts only into its own, and deletes only checkpoints.
struct UploadRoutes {
  let workers: WorkerRoutes
  let shelf: ArtifactShelf
  let files: FileShelf

  /// Seconds that a link to a part or an object holds.
  static let holds = 3600
  private static let longest = 8 << 20

  func add(to router: Router<LiveContext>) {
    router.post("/v1/reports/:pod/uploads") { request, context in
      let (pod, data) = try await workers.signed(request, context, upTo: UploadRoutes.longest)
      guard let question = try? JSONDecoder().decode(Question.self, from: data) else {
        throw Problem(
          .badRequest, "this is no question about objects", hint: "see Worker's page on the workers' protocol")
      }
      let runner = workers.runner
      guard let job = await runner.job(workedOnBy: pod, id: WorkerRoutes.id(in: data)) else {
        return try Reply.json(Answer(directive: "leave"))
      }
      let description = await runner.view.descriptions[Int(job.rawValue)]
      do {
        if question.action == .trainingFile { return try Reply.json(try await trainingFile(description.trainingFile)) }
        return try Reply.json(
          try await answer(
            question, own: description.id,
            readable: [description.id, description.resumedFrom?.job, description.examines]))
      } catch let error as InputError {
        let status: HTTPResponse.Status =
          switch error.kind {
          case .noInput: .notFound
          case .badData: .unprocessableContent
          default: .serviceUnavailable
          }
        throw Problem(status, error.problem, hint: error.hint)
      }
    }
    // For stores without addresses of their own.
    router.put("v1/objects/:upload/:part") { request, context in
      let (query, upload) = (request.uri.queryParameters, context.parameters.get("upload") ?? "")
      let part = context.parameters.get("part") ?? ""
      let key = query.get("key") ?? ""
      try shelf.check("put \(upload) \(part) \(key)", query)
      return try await take(request, Int(part) ?? 0, upload, key)
    }
    router.get("v1/objects") { request, context in
      let (query, key) = (request.uri.queryParameters, request.uri.queryParameters.get("key") ?? "")
      if let digest = query.get("file") {
        try shelf.check("file \(digest)", query)
        return try await ArtifactShelf.file(files.path(ofDigest: digest), named: "training-file.json", request, context)
      }
      try shelf.check("get \(key)", query)
      guard let path = shelf.stores.holding(key).path(key) else { throw Problem(.notFound, "there is no such object") }
      return try await ArtifactShelf.file(
        path, named: String(key.split(separator: "/").last ?? ""), request, context)
    }
  }

  // MARK: The protocol

  struct Question: Decodable {
    enum Action: String, Decodable {
      case begin, complete, list, link, delete
      case trainingFile = "training_file"
    }
    var action: Action
    /// The object's key: `JOB/…`; of `list`, what keys begin with.
    var name: String
    var bytes: Int64?
    var sha256: String?
    var upload: String?
    var parts: [ObjectPart]?
  }

  struct Answer: Encodable {
    var directive = "proceed"
    var next = 0
    var upload: String?
    var part_bytes: Int64?
    /// What has arrived already, by number, with the MD5 of its bytes where the store knows it.
    var done: [ObjectPart]?
    /// Where the others are put, by number.
    var links: [String: String]?
    /// Where the object is read.
    var link: String?
    var bytes: Int64?
    var sha256: String?
    var names: [String]?
  }

  private func answer(_ question: Question, own: String, readable: [String?]) async throws -> Answer {
    let key = question.name
    let isOwn = key.hasPrefix(own + "/")
    guard isOwn || readable.contains(where: { $0.map { key.hasPrefix($0 + "/") } ?? false }) else {
      throw Problem(.forbidden, "'\(key)' is not this pod's job's")
    }
    let store = shelf.stores.holding(key)
    switch question.action {
    case .trainingFile: throw Problem(.badRequest, "it has no name")
    case .list: return Answer(names: try await store.list(key).map(\.key))
    case .link:
      guard let info = try await store.info(key) else { throw Problem(.notFound, "there is no \(key)") }
      let until = Int(Date().timeIntervalSince1970) + UploadRoutes.holds
      let link =
        if let own = try await store.link(key, named: "object", for: UploadRoutes.holds) { own } else {
          shelf.signed("\(await workers.runner.address)/v1/objects", "get \(key)", [("key", key)], until: until)
        }
      return Answer(link: link, bytes: info.bytes, sha256: info.sha256)
    case .delete:
      guard isOwn, key.hasPrefix("\(own)/checkpoints/") else { throw Problem(.forbidden, "only own checkpoints") }
      try await store.delete(key)
      return Answer()
    case .begin:
      guard isOwn else { throw Problem(.forbidden, "'\(key)' is another job's") }
      return try await begin(try content(question), key, store)
    case .complete:
      guard isOwn, let upload = question.upload else { throw Problem(.badRequest, "'upload' is missing") }
      let info = try await store.completeUpload(
        upload, of: try content(question), as: key, parts: question.parts ?? [])
      return Answer(bytes: info.bytes, sha256: info.sha256)
    }
  }

  private func trainingFile(_ id: String?) async throws -> Answer {
    guard let file = try id.flatMap({ try workers.runner.catalogue.file($0) }) else {
      throw Problem(.notFound, "the job has no training file")
    }
    let until = Int(Date().timeIntervalSince1970) + UploadRoutes.holds
    let link = shelf.signed(
      "\(await workers.runner.address)/v1/objects", "file \(file.sha256)", [("file", file.sha256)], until: until)
    return Answer(link: link, bytes: Int64(file.bytes), sha256: file.sha256)
  }

  private func begin(_ content: ObjectContent, _ key: String, _ store: any ObjectStore) async throws -> Answer {
    let upload = try await store.beginUpload(content, as: key)
    let until = Int(Date().timeIntervalSince1970) + UploadRoutes.holds
    let address = await workers.runner.address
    var links: [String: String] = [:]
    for number in 1...ObjectUpload.parts(of: content.bytes) {
      links["\(number)"] =
        try store.partLink(number, of: upload, as: key, for: UploadRoutes.holds)
        ?? shelf.signed(
          "\(address)/v1/objects/\(upload.id)/\(number)", "put \(upload.id) \(number) \(key)", [("key", key)],
          until: until)
    }
    return Answer(upload: upload.id, part_bytes: upload.partBytes, done: upload.done, links: links)
  }

  private func content(_ question: Question) throws -> ObjectContent {
    guard let bytes = question.bytes, let sha256 = question.sha256, bytes >= 0, bytes < 1 << 42 else {
      throw Problem(.badRequest, "'bytes' and 'sha256' are needed")
    }
    return ObjectContent(bytes: bytes, sha256: sha256)
  }

  /// Takes one part, piece by piece, and answers as S3 does: with the MD5 of what arrived as its tag.
  private func take(_ request: Request, _ part: Int, _ upload: String, _ key: String) async throws -> Response {
    let store = shelf.stores.holding(key)
    guard let path = store.path(PartFile.name) else {
      throw Problem(.notFound, "parts go to the object store itself")
    }
    let manager = FileManager.default
    defer { try? manager.removeItem(atPath: path) }
    guard manager.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
      let handle = FileHandle(forWritingAtPath: path)
    else { throw UploadRoutes.full }
    var (hash, bytes) = (Insecure.MD5(), Int64(0))
    for try await piece in request.body {
      bytes += Int64(piece.readableBytes)
      guard bytes <= ObjectUpload.partBytes(of: 1 << 42) else {
        throw Problem(.contentTooLarge, "a part is not so large")
      }
      hash.update(data: piece.readableBytesView)
      do { try handle.write(contentsOf: piece.readableBytesView) } catch { throw UploadRoutes.full }
    }
    do {
      try handle.synchronize()
      try handle.close()
    } catch { throw UploadRoutes.full }
    do {
      try store.take(part: part, of: upload, key: key, from: path)
    } catch let error as InputError {
      throw Problem(error.kind == .noInput ? .notFound : .badRequest, error.problem, hint: error.hint)
    }
    return Response(status: .ok, headers: [.eTag: "\"\(hash.finalize().hex)\""])
  }

  private static let full = Problem(
    .init(code: 507, reasonPhrase: "Insufficient Storage"), "the part cannot be kept", hint: "has the disk room?")
}
