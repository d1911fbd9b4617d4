import Calibration
import DiscreteEvent
import Foundation
import HTTPTypes
import Hummingbird
import Journal
import Live
import NIOCore

/// How answers are written.
enum Reply {
  static func json(_ value: some Encodable, _ status: HTTPResponse.Status = .ok, _ headers: HTTPFields = [:]) throws
    -> Response
  {
    var headers = headers
    headers[.contentType] = "application/json"
    return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: try bytes(value)))
  }

  static func bytes(_ value: some Encodable) throws -> ByteBuffer {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return ByteBuffer(bytes: try encoder.encode(value))
  }

  /// Of an answer that holds a secret: nobody keeps it, and so do we not.
  static let secret: HTTPFields = [.cacheControl: "no-store"]

  /// The body as JSON.
  ///
  /// - Throws: ``Problem`` that names what is missing or wrong.
  static func read<Value: Decodable>(_ request: Request) async throws -> Value {
    try value(of: try await request.body.collect(upTo: 1 << 20))
  }

  /// The same where there may be no body; nil without one.
  static func readOrNothing<Value: Decodable>(_ request: Request) async throws -> Value? {
    let body = try await request.body.collect(upTo: 1 << 20)
    return body.readableBytes == 0 ? nil : try value(of: body) as Value
  }

  /// A job: what it leaves out is as its preset has it now.
  static func job(_ request: Request, _ catalogue: Catalogue) async throws -> NewJob {
    try value(of: try await request.body.collect(upTo: 1 << 20), presets: try catalogue.presets())
  }

  static func value<Value: Decodable>(of body: ByteBuffer, presets: PresetBook = PresetBook()) throws -> Value {
    let data = Data(body.readableBytesView)
    try Schemas.shared.check(data, as: Value.self)
    do {
      let decoder = JSONDecoder()
      if let key = NewJob.presets { decoder.userInfo[key] = presets }
      return try decoder.decode(Value.self, from: data)
    } catch DecodingError.keyNotFound(let key, _) {
      throw Problem(.badRequest, "'\(key.stringValue)' is missing")
    } catch DecodingError.typeMismatch(_, let context) {
      throw Problem(.badRequest, "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' has the wrong type")
    } catch DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty {
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      throw Problem(.badRequest, "'\(path)': \(context.debugDescription)")
    } catch {
      throw Problem(.badRequest, "the body is no JSON that is understood here")
    }
  }

  /// What cannot be written down now is not taken: whoever asked asks again.
  static func orUnavailable<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
    do {
      return try await body()
    } catch let problem as Problem {
      throw problem
    } catch {
      throw Problem(.serviceUnavailable, "lora-train is about to start anew", hint: "ask again in a moment")
    }
  }
}

/// An answer that says what is wrong, and the way out.
struct Problem: Error, HTTPResponseError {
  var status: HTTPResponse.Status
  var headers: HTTPFields
  var document: ProblemDocument
  /// Of a training file that was refused: the place itself, for pages.
  var defect: DefectCard?

  init(
    _ status: HTTPResponse.Status, _ detail: String, hint: String? = nil, place: String? = nil,
    headers: HTTPFields = [:]
  ) {
    self.status = status
    self.headers = headers
    document = ProblemDocument(
      title: status.reasonPhrase, status: status.code, detail: detail, hint: hint, place: place)
  }

  /// Somebody asked too often.
  static func tooSoon(_ wait: Span, _ detail: String) -> Problem {
    let seconds = Int(wait.seconds.rounded(.up))
    return Problem(
      .tooManyRequests, detail, hint: "wait \(Wording.count(seconds, "second"))", headers: [.retryAfter: "\(seconds)"])
  }

  func response(from request: Request, context: some RequestContext) throws -> Response {
    var response = try Reply.json(document, status, headers)
    response.headers[.contentType] = "application/problem+json"
    return response
  }
}

extension Request {
  /// Whether something is taken, once for each taking: not where its head alone is asked for, nor a later part of what is downloaded in parts.
  var takesFromTheStart: Bool {
    guard method == .get, let range = headers[.range] else { return method == .get }
    return !range.hasPrefix("bytes=") || range.hasPrefix("bytes=0-")
  }
}
