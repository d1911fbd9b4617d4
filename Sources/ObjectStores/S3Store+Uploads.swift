import Crypto
import Foundation
import Live
import Scenarios
import Transport

extension S3Store {
  public func put(_ file: String, as key: String) async throws -> ObjectInfo {
    let digest = try FileDigest.of(file)
    let content = ObjectContent(bytes: digest.bytes, sha256: digest.sha256)
    // An upload that was begun with other bytes cannot become these; found out late, it is begun anew.
    do {
      return try await put(file, content, as: key)
    } catch let error as InputError where error.kind == .badData {
      return try await put(file, content, as: key)
    }
  }

  private func put(_ file: String, _ content: ObjectContent, as key: String) async throws -> ObjectInfo {
    if let there = try await info(key), there.bytes == content.bytes, there.sha256 == content.sha256 { return there }
    let upload = try await beginUpload(content, as: key)
    let done = Dictionary(upload.done.map { ($0.number, $0.tag) }, uniquingKeysWith: { $1 })
    var parts: [ObjectPart] = []
    for number in 1...ObjectUpload.parts(of: content.bytes) {
      let range = ObjectUpload.range(ofPart: number, of: content.bytes)
      let digest = try FileDigest.of(file, range)
      var tag = done[number]
      if tag != digest.md5 {
        tag = try await put(file, range, digest, as: ObjectPart(number: number, tag: upload.id), key)
      }
      parts.append(ObjectPart(number: number, tag: tag ?? digest.md5))
    }
    return try await completeUpload(upload.id, of: content, as: key, parts: parts)
  }

  /// Sends one part; its bytes' digest is signed, so a server takes no others.
  private func put(_ file: String, _ range: Range<Int64>, _ digest: FileDigest, as part: ObjectPart, _ key: String)
    async throws -> String
  {
    var call = S3Client.Call(
      method: "PUT", key: key, query: [("partNumber", "\(part.number)"), ("uploadId", part.tag)],
      payload: digest.sha256, deadline: S3Store.stall)
    if range.isEmpty {
      call.body = Data()
    } else {
      call.source = FilePart(path: file, offset: range.lowerBound, count: Int64(range.count))
    }
    let tag = S3Store.plain(try await client.success(call).headers["etag"])
    guard let tag, !S3Store.isMD5(tag) || tag == digest.md5 else {
      throw InputError(.badData, file: key, "part \(part.number) arrived damaged", hint: "upload it again")
    }
    return tag
  }

  // MARK: Uploads by others

  public func beginUpload(_ content: ObjectContent, as key: String) async throws -> ObjectUpload {
    let (key, size) = (try S3Store.checked(key), ObjectUpload.partBytes(of: content.bytes))
    if let id = try await openUpload(key), let done = try await parts(of: id, key, content) {
      return ObjectUpload(id: id, partBytes: size, done: done)
    }
    let answer = try await client.success(
      .init(
        method: "POST", key: key, query: [("uploads", "")], headers: [(S3Store.digestHeader, content.sha256)],
        body: Data()))
    guard let id = S3Document(answer.body).value("UploadId") else {
      throw InputError(.unavailable, file: place, "began no upload, and did not say why")
    }
    return ObjectUpload(id: id, partBytes: size, done: [])
  }

  /// The newest upload of a key that was begun and not completed.
  private func openUpload(_ key: String) async throws -> String? {
    var (found, markers): ([(begun: String, id: String)], [(String, String)]?) = ([], [])
    while let own = markers {
      let page = S3Document(
        try await client.success(.init(method: "GET", query: [("uploads", ""), ("prefix", key)] + own)).body)
      for upload in page.all("Upload") where upload.value("Key") == key {
        if let id = upload.value("UploadId") { found.append((upload.value("Initiated") ?? "", id)) }
      }
      markers =
        page.value("IsTruncated") == "true"
        ? page.value("NextKeyMarker").map {
          [("key-marker", $0), ("upload-id-marker", page.value("NextUploadIdMarker") ?? "")]
        } : nil
    }
    return found.max { $0.begun < $1.begun }?.id
  }

  /// The parts of an upload that may be of this content; nil: it is of another size, or there is no such upload any more.
  private func parts(of upload: String, _ key: String, _ content: ObjectContent) async throws -> [ObjectPart]? {
    var (found, marker): ([ObjectPart], String?) = ([], "0")
    while let from = marker {
      let answer = try await client.answer(
        .init(method: "GET", key: key, query: [("uploadId", upload), ("part-number-marker", from)]))
      guard answer.status < 300 else { return nil }
      let page = S3Document(answer.body)
      for part in page.all("Part") {
        guard let number = part.value("PartNumber").flatMap({ Int($0) }), let tag = S3Store.plain(part.value("ETag")),
          let bytes = part.value("Size").flatMap({ Int64($0) })
        else { continue }
        guard number >= 1, number <= ObjectUpload.parts(of: content.bytes) else { return nil }
        // One that came in half is no part; it is sent again.
        if bytes == Int64(ObjectUpload.range(ofPart: number, of: content.bytes).count) {
          found.append(ObjectPart(number: number, tag: tag))
        }
      }
      marker = page.value("IsTruncated") == "true" ? page.value("NextPartNumberMarker") : nil
    }
    return found
  }

  public func partLink(_ part: Int, of upload: ObjectUpload, as key: String, for seconds: Int) throws -> String? {
    client.link(
      "PUT", try S3Store.checked(key), query: [("partNumber", "\(part)"), ("uploadId", upload.id)], seconds: seconds)
  }

  public func take(part: Int, of upload: String, key: String, from file: String) throws {
    throw InputError(.badData, "parts of this upload go to the object store itself")
  }

  public func completeUpload(_ upload: String, of content: ObjectContent, as key: String, parts: [ObjectPart])
    async throws -> ObjectInfo
  {
    let list = parts.map {
      "<Part><PartNumber>\($0.number)</PartNumber><ETag>\"\(S3Store.safe($0.tag))\"</ETag></Part>"
    }
    let body = Data("<CompleteMultipartUpload>\(list.joined())</CompleteMultipartUpload>".utf8)
    var call = S3Client.Call(method: "POST", key: try S3Store.checked(key), query: [("uploadId", upload)])
    (call.headers, call.body) = ([("content-type", "application/xml")], body)
    // Large ones take a server minutes to join.
    (call.payload, call.deadline) = (SHA256.hash(data: body).hex, 600)
    let answer = try await client.answer(call)
    // S3 may say 200 before it knows, and the error in the body; 404: said before, and done.
    let document = S3Document(answer.body)
    if answer.status < 300, document.value("ETag") == nil, document.value("Code") != nil {
      throw client.refusal(call, answer)
    }
    try await verify(key, content, parts, S3Store.plain(document.value("ETag")))
    return ObjectInfo(key: key, bytes: content.bytes, sha256: content.sha256)
  }

  /// Holds what is there now against what was to be: by the digest of the parts' digests, which the server made of the bytes that it has; where
  /// its tags are no such digests, by reading all of it back.
  private func verify(_ key: String, _ content: ObjectContent, _ parts: [ObjectPart], _ tag: String?) async throws {
    guard let there = try await info(key), there.bytes == content.bytes, there.sha256 == content.sha256 else {
      try await delete(key)
      throw InputError(
        .badData, file: key, "what arrived is not what was announced: its size or SHA-256 differs",
        hint: "upload it again")
    }
    var digests = Data()
    for part in parts.map(\.tag) where S3Store.isMD5(part) { digests.append(contentsOf: S3Store.bytes(part)) }
    let expected = Insecure.MD5.hash(data: digests).hex + "-\(parts.count)"
    if digests.count == 16 * parts.count, tag == expected { return }
    let copy = NSTemporaryDirectory() + "lora-verify-" + SecretFile.random(8).hex
    defer { unlink(copy) }
    do { try await fetch(key, into: copy) } catch let error as InputError where error.kind == .badData {
      // It bears the announced digest: the next who asks would take it for sound.
      try await delete(key)
      throw error
    }
  }

  // MARK: Tags

  private static func plain(_ tag: String?) -> String? {
    tag.map { $0.trimmingCharacters(in: .init(charactersIn: "\"")) }
  }
  private static func safe(_ tag: String) -> String {
    tag.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
  }
  private static func isMD5(_ tag: String) -> Bool { tag.count == 32 && tag.allSatisfy(\.isHexDigit) }

  private static func bytes(_ hex: String) -> [UInt8] {
    let digits = hex.compactMap(\.hexDigitValue).map(UInt8.init)
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
