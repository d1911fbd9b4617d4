import Crypto
import Foundation
import Live
import Scenarios
import Transport

/// Signed calls to one bucket. What a network drops or a busy server refuses is asked again: every call here may be made twice.
struct S3Client: Sendable {
  struct Call {
    var method: String
    var key: String?
    var query: [(String, String)] = []
    var headers: [(String, String)] = []
    var body: Data?
    var source: FilePart?
    var sink: FilePart?
    /// The SHA-256 of what is sent.
    var payload = SignatureV4.nothing
    /// Seconds; where a file goes out or comes in, how long it may stand still.
    var deadline = 60
    var tries = S3Client.tries
  }

  let settings: S3Settings
  let http: HTTPClient
  /// How long a dropped call waits before it is made again, the first time.
  let pause: Duration

  static let tries = 7

  private var signature: SignatureV4 { SignatureV4(credentials: settings.credentials, region: settings.region) }

  /// - Throws: `InputError` where the store does not answer, or refuses for good; 404 is an answer.
  func answer(_ call: Call) async throws -> HTTPClient.Answer {
    var wait = pause
    for attempt in 1... {
      let last = attempt >= call.tries
      do {
        let answer = try await http.send(signed(call))
        let isBusy = answer.status >= 500 || answer.status == 429
        if !isBusy || last {
          guard answer.status < 300 || answer.status == 404 else { throw refusal(call, answer) }
          return answer
        }
      } catch let failure as HTTPClient.Failure {
        if last {
          throw InputError(
            .unavailable, "the object store does not answer (\(failure))", hint: "is \(settings.endpoint) up?")
        }
      }
      try await Task.sleep(for: wait)
      wait = min(wait * 2, .seconds(10))
    }
    throw InputError(.unavailable, "the object store does not answer")
  }

  /// A 404 is a failure here.
  func success(_ call: Call) async throws -> HTTPClient.Answer {
    let answer = try await answer(call)
    guard answer.status < 300 else { throw refusal(call, answer) }
    return answer
  }

  func send(_ call: Call) async throws -> HTTPClient.Answer { try await http.send(signed(call)) }

  private func signed(_ call: Call) -> HTTPClient.Call {
    let path = settings.path(call.key)
    let request = SignatureV4.Request(
      method: call.method, host: settings.host, path: path, query: call.query, headers: call.headers,
      payload: call.payload)
    let query = call.query.isEmpty ? "" : "?" + SignatureV4.text(of: call.query)
    var sent = HTTPClient.Call(
      call.method, address + SignatureV4.escaped(path, keepsSlashes: true) + query,
      headers: signature.headers(for: request, at: Date()), body: call.body, deadline: .seconds(call.deadline))
    (sent.source, sent.sink) = (call.source, call.sink)
    return sent
  }

  /// An address that bears its own signature.
  func link(_ method: String, _ key: String, query: [(String, String)], seconds: Int) -> String {
    let path = settings.path(key)
    let request = SignatureV4.Request(method: method, host: settings.host, path: path, query: query)
    let signed = signature.query(for: request, at: Date(), seconds: seconds)
    return address + SignatureV4.escaped(path, keepsSlashes: true) + "?" + SignatureV4.text(of: signed)
  }

  private var address: String { "\(settings.scheme)://\(settings.host)" }

  func refusal(_ call: Call, _ answer: HTTPClient.Answer) -> InputError {
    let error = S3Document(answer.body)
    let code = error.value("Code") ?? "\(answer.status)"
    let said = error.value("Message").map { ": \($0)" } ?? ""
    let what = "\(call.method) \(call.key ?? settings.bucket): the object store answered \(code)\(said)"
    switch (answer.status, code) {
    case (_, "NoSuchBucket"):
      return InputError(
        .badConfiguration, "there is no bucket \(settings.bucket)", hint: "make it, or name another in lora-train.yaml")
    case (_, "RequestTimeTooSkewed"): return InputError(.badConfiguration, what, hint: "set this machine's clock")
    case (401, _), (403, _):
      return InputError(
        .badConfiguration, what, hint: "check the keys, the region, and what they may do with the bucket")
    case (404, _): return InputError(.noInput, what)
    case (500..., _), (429, _): return InputError(.tryAgainLater, what)
    default: return InputError(.unavailable, what)
    }
  }
}
