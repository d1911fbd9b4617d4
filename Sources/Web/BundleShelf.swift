import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import Live
import NIOCore
import Scenarios

/// The workers as pods fetch them: under links that hold for a while and that nobody can guess.
public struct BundleShelf: Sendable {
  private let programs: [String: Data]
  private let keys: WorkerKeys

  /// How long a link holds: a pod may boot slowly, and its container may start anew.
  public static let holds = 24 * 3600

  public init(_ programs: [Data], keys: WorkerKeys) {
    self.programs = Dictionary(programs.map { (BundleShelf.digest(of: $0), $0) }, uniquingKeysWith: { a, _ in a })
    self.keys = keys
  }

  /// In lower-case hexadecimal digits: under it a program is fetched.
  public static func digest(of program: Data) -> String { SHA256.hash(data: program).hex }

  /// - Parameters:
  ///   - sha256: the program's digest.
  ///   - address: where pods reach this machine, without a slash at the end.
  public func link(to sha256: String, at address: String, now: Date = Date()) -> String {
    let until = Int(now.timeIntervalSince1970) + BundleShelf.holds
    return "\(address)/v1/bundles/\(sha256)?until=\(until)&signature=\(keys.linkSignature(of: sha256, until: until))"
  }

  func add(to router: Router<LiveContext>) {
    router.get("v1/bundles/:digest") { request, context in
      let query = request.uri.queryParameters
      guard let until = query["until"].flatMap({ Int($0) }), let signature = query["signature"],
        let sha256 = context.parameters.get("digest"), let data = programs[sha256],
        keys.isValid(String(signature), of: sha256, until: until),
        Date().timeIntervalSince1970 <= Double(until)
      else { throw Problem(.notFound, "no such link, or it does not hold any more") }
      return Response(
        status: .ok, headers: [.contentType: "application/octet-stream"],
        body: .init(byteBuffer: ByteBuffer(bytes: data)))
    }
  }
}
