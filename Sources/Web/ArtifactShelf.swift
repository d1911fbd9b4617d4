import DiscreteEvent
import Engine
import Foundation
import HTTPTypes
import Hummingbird
import Journal
import Live

/// What web routes need to hand out objects: where they are, who keeps them, and what a link's signature is made with.
public struct ArtifactShelf: Sendable {
  let stores: ObjectStoreSet
  let keeper: ArtifactKeeper
  let keys: WorkerKeys
  /// Nanodollars for a gigabyte a month; nil: not known.
  let pricePerGigabyteMonth: Int64?

  public init(_ stores: ObjectStoreSet, keeper: ArtifactKeeper, keys: WorkerKeys, pricePerGigabyteMonth: Int64? = nil) {
    (self.stores, self.keeper, self.keys) = (stores, keeper, keys)
    self.pricePerGigabyteMonth = pricePerGigabyteMonth
  }

  /// How many hours a link holds, as the stories have it.
  static func hours(_ kind: Catalogue.ArtifactKind) -> Int { kind == .deploymentPackage ? 48 : 24 }

  /// An address at which `serve` itself lets somebody do one thing with one object until a time.
  ///
  /// - Parameter what: the thing and the object, of which the signature is.
  func signed(_ path: String, _ what: String, _ query: [(String, String)] = [], until: Int) -> String {
    let signature = keys.linkSignature(of: what, until: until)
    let pairs = query + [("until", "\(until)"), ("signature", signature)]
    return path + "?" + pairs.map { "\($0.0)=\(Address.escaped($0.1))" }.joined(separator: "&")
  }

  /// Returns until when it holds.
  ///
  /// - Throws: ``Problem`` 404 unless the link's signature is right and its time not over: nobody learns what there is.
  @discardableResult
  func check(_ what: String, _ query: Parameters, now: Date = Date()) throws -> Int {
    guard let until = query.get("until").flatMap({ Int($0) }), let signature = query.get("signature"),
      keys.isValid(signature, of: what, until: until), now.timeIntervalSince1970 <= Double(until)
    else { throw ArtifactShelf.noLink }
    return until
  }

  static let noLink = Problem(
    .notFound, "no such link, or it does not hold any more", hint: "ask for a new one: lora-train artifact link")

  /// The bytes of an object that is on this machine; `Range` is understood.
  static func file(_ path: String, named name: String, _ request: Request, _ context: LiveContext) async throws
    -> Response
  {
    var status = stat()
    guard stat(path, &status) == 0 else { throw Problem(.notFound, "the file is not there any more") }
    let size = Int(status.st_size)
    var headers: HTTPFields = [
      .contentType: contentType(name), .acceptRanges: "bytes",
      .contentDisposition: "attachment; filename=\"\(name.filter { $0.isASCII && $0 != "\"" && $0 != "\\" })\"",
    ]
    let io = FileIO()
    guard size > 0, let range = request.headers[.range].flatMap({ Self.range($0, of: size) }) else {
      return Response(status: .ok, headers: headers, body: try await io.loadFile(path: path, context: context))
    }
    headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound)/\(size)"
    let body = try await io.loadFile(path: path, range: range, context: context)
    return Response(status: .partialContent, headers: headers, body: body)
  }

  /// `bytes=FIRST-` or `bytes=FIRST-LAST`; nil: something else, and all of it is sent.
  private static func range(_ text: String, of size: Int) -> ClosedRange<Int>? {
    guard text.hasPrefix("bytes=") else { return nil }
    let parts = text.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let first = Int(parts[0]), first >= 0, first < size else { return nil }
    let last = Int(parts[1]) ?? size - 1
    return last >= first ? first...min(last, size - 1) : nil
  }

  private static func contentType(_ name: String) -> String {
    switch true {
    case name.hasSuffix(".csv"): "text/csv; charset=utf-8"
    case name.hasSuffix(".json"): "application/json"
    case name.hasSuffix(".zip"): "application/zip"
    default: "application/octet-stream"
    }
  }
}
