import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import Live
import NIOCore
import Scenarios

/// The worker as pods fetch it: under a link that holds for a while and that nobody can guess.
public struct BundleShelf: Sendable {
  private let data: Data
  private let keys: WorkerKeys
  /// Lower-case hexadecimal digits.
  public let sha256: String

  /// How long a link holds: a pod may boot slowly, and its container may start anew.
  public static let holds = 24 * 3600

  /// - Throws: `InputError` where the worker cannot be read.
  public init(worker: URL, keys: WorkerKeys) throws {
    data = try TextFile.bytes(path: worker.path, limit: 64_000_000)
    sha256 = SHA256.hash(data: data).hex
    self.keys = keys
  }

  /// - Parameter address: where pods reach this machine, without a slash at the end.
  public func link(at address: String, now: Date = Date()) -> String {
    let until = Int(now.timeIntervalSince1970) + BundleShelf.holds
    return "\(address)/v1/bundles/\(sha256)?until=\(until)&signature=\(keys.linkSignature(of: sha256, until: until))"
  }

  func add(to router: Router<LiveContext>) {
    router.get("v1/bundles/:digest") { request, context in
      let query = request.uri.queryParameters
      guard let until = query["until"].flatMap({ Int($0) }), let signature = query["signature"],
        context.parameters.get("digest") == sha256, keys.isValid(String(signature), of: sha256, until: until),
        Date().timeIntervalSince1970 <= Double(until)
      else { throw Problem(.notFound, "no such link, or it does not hold any more") }
      return Response(
        status: .ok, headers: [.contentType: "application/octet-stream"],
        body: .init(byteBuffer: ByteBuffer(bytes: data)))
    }
  }
}
