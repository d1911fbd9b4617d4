import Foundation
import Live
import Scenarios
import Transport

/// Objects in one bucket of any S3: Amazon's, Supabase Storage, or another.
///
/// All state of an upload is the server's: whoever begins the same one again, in this process or another, finds its parts there and sends
/// only those that are missing or differ.
public struct S3Store: ObjectStore {
  public let place: String
  let client: S3Client

  /// Seconds that a transfer may stand still.
  static let stall = 60

  /// - Parameter pause: before a dropped call is made again, the first time.
  public init(_ settings: S3Settings, http: HTTPClient = HTTPClient(), pause: Duration = .milliseconds(200)) {
    place = "\(settings.endpoint)/\(settings.bucket)"
    client = S3Client(settings: settings, http: http, pause: pause)
  }

  public func path(_ key: String) -> String? { nil }

  public func info(_ key: String) async throws -> ObjectInfo? {
    let answer = try await client.answer(.init(method: "HEAD", key: try S3Store.checked(key)))
    guard answer.status < 300, let bytes = answer.headers["content-length"].flatMap({ Int64($0) }) else { return nil }
    return ObjectInfo(key: key, bytes: bytes, sha256: answer.headers[S3Store.digestHeader])
  }

  static let digestHeader = "x-amz-meta-sha256"

  public func list(_ prefix: String) async throws -> [ObjectInfo] {
    var (found, token): ([ObjectInfo], String?) = ([], nil)
    repeat {
      var query = [("list-type", "2"), ("prefix", prefix), ("encoding-type", "url")]
      if let token { query.append(("continuation-token", token)) }
      let page = S3Document(try await client.success(.init(method: "GET", query: query)).body)
      for item in page.all("Contents") {
        guard let key = item.value("Key").flatMap(S3Store.unescaped),
          let bytes = item.value("Size").flatMap({ Int64($0) }), (0..<1 << 50).contains(bytes)
        else { continue }
        found.append(ObjectInfo(key: key, bytes: bytes))
      }
      token = page.value("IsTruncated") == "true" ? page.value("NextContinuationToken") : nil
    } while token != nil
    return found
  }

  /// A key as lists have it (`encoding-type=url`): as in a form, so that a plus is a space.
  static func unescaped(_ key: String) -> String? {
    key.replacingOccurrences(of: "+", with: " ").removingPercentEncoding
  }

  public func delete(_ key: String) async throws {
    _ = try await client.answer(.init(method: "DELETE", key: try S3Store.checked(key)))
  }

  public func link(_ key: String, named name: String, for seconds: Int) throws -> String? {
    let safe = name.filter { $0.isASCII && !$0.isNewline && $0 != "\"" && $0 != "\\" }
    return client.link(
      "GET", try S3Store.checked(key), query: [("response-content-disposition", "attachment; filename=\"\(safe)\"")],
      seconds: seconds)
  }

  public func fetch(_ key: String, into file: String) async throws {
    guard let info = try await info(key) else {
      throw InputError(.noInput, file: place, "there is no \(key)", hint: "was it deleted?")
    }
    guard FileManager.default.createFile(atPath: file, contents: nil, attributes: [.posixPermissions: 0o600]) else {
      throw InputError(.cannotCreate, file: file, "cannot be made", hint: "is its folder writable?")
    }
    // What came before a connection broke is not asked for again.
    var (have, failures) = (Int64(0), 0)
    while have < info.bytes {
      do {
        let answer = try await client.send(
          .init(
            method: "GET", key: key, headers: [("range", "bytes=\(have)-\(info.bytes - 1)")],
            sink: FilePart(path: file, offset: have, count: info.bytes - have), deadline: S3Store.stall))
        guard answer.status == 206 || (answer.status == 200 && have == 0) else {
          throw client.refusal(.init(method: "GET", key: key), answer)
        }
        have = info.bytes
      } catch let failure as HTTPClient.Failure {
        let now = S3Store.size(file)
        failures = now > have ? 1 : failures + 1
        have = now
        guard failures < S3Client.tries else {
          throw InputError(.unavailable, "the object store does not answer (\(failure))")
        }
        try await Task.sleep(for: client.pause * (1 << failures))
      }
    }
    let digest = try FileDigest.of(file)
    guard digest.bytes == info.bytes, info.sha256.map({ $0 == digest.sha256 }) ?? true else {
      throw InputError(
        .badData, file: key, "what came is not what was put: its SHA-256 differs", hint: "fetch it again")
    }
  }

  private static func size(_ path: String) -> Int64 {
    var status = stat()
    return stat(path, &status) == 0 ? Int64(status.st_size) : 0
  }
}
