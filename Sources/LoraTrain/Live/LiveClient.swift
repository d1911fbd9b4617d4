import Foundation
import Live
import Scenarios
import Transport
import Web

/// Asks the `lora-train serve` of a store.
struct LiveClient {
  /// Where it is served, without a slash at the end.
  let address: String
  private let token: String
  private let http = HTTPClient(connections: 1)

  /// - Throws: `InputError` where the store is not served.
  init(_ options: StoreOptions) throws {
    let path = options.path
    guard let data = FileManager.default.contents(atPath: path + ".address") else {
      throw InputError(
        .unavailable, file: path, "this store is not served", hint: "lora-train serve --store \(path)")
    }
    address = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    // A person's own token, else that of whoever owns the store.
    token =
      try ProcessInfo.processInfo.environment["LORA_TRAIN_TOKEN"]
      ?? String(decoding: SecretFile.read(path + ".token"), as: UTF8.self)
  }

  func get<Value: Decodable>(_ path: String) async throws -> Value { try await call("GET", path, nil) }

  /// A list, page by page to its end.
  func all<List: Decodable, Row>(
    _ path: String, _ rows: KeyPath<List, [Row]>, _ next: KeyPath<List, String?>
  ) async throws -> [Row] {
    var (found, page): ([Row], String?) = ([], path)
    while let path = page {
      let list: List = try await get(path)
      found += list[keyPath: rows]
      page = list[keyPath: next]
    }
    return found
  }

  func post<Value: Decodable>(_ path: String) async throws -> Value { try await call("POST", path, Data("{}".utf8)) }

  func send<Value: Decodable>(_ method: String, _ path: String, _ body: some Encodable) async throws -> Value {
    try await call(method, path, try JSONEncoder().encode(body))
  }

  /// Sends a file's bytes as they are.
  func upload<Value: Decodable>(_ path: String, _ file: String) async throws -> Value {
    guard let data = FileManager.default.contents(atPath: file) else {
      throw InputError(.noInput, file: file, "cannot be read", hint: "check the path")
    }
    return try await call("POST", path, data)
  }

  /// A text as part of an address.
  static func escaped(_ text: String) -> String {
    Address.escaped(text)
  }

  func call<Value: Decodable>(_ method: String, _ path: String, _ body: Data? = nil) async throws -> Value {
    try JSONDecoder().decode(Value.self, from: try await bytes(method, path, body))
  }

  /// The answer's body as it is: a PDF, say.
  func bytes(_ method: String, _ path: String, _ body: Data? = nil) async throws -> Data {
    let answer: HTTPClient.Answer
    do {
      answer = try await http.send(
        HTTPClient.Call(
          method, address + path,
          headers: [("Authorization", "Bearer \(token)"), ("Content-Type", "application/json")], body: body,
          deadline: .seconds(60)))
    } catch let failure as HTTPClient.Failure {
      throw InputError(
        .unavailable, "lora-train serve does not answer (\(failure))", hint: "does it run? It is asked at \(address)")
    }
    guard answer.status < 300 else { throw LiveClient.refusal(answer) }
    return answer.body
  }

  private static func refusal(_ answer: HTTPClient.Answer) -> InputError {
    let problem = try? JSONDecoder().decode(ProblemDocument.self, from: answer.body)
    return InputError(
      kind(answer.status), problem?.detail ?? "lora-train serve answered \(answer.status)", hint: problem?.hint)
  }

  /// Downloads into a file, piece by piece; a link to an object store is followed, without our token.
  ///
  /// - Returns: the name that the file has where it comes from.
  func download(_ path: String, into file: String, deadline: Duration = .seconds(60)) async throws -> String? {
    guard FileManager.default.createFile(atPath: file, contents: nil, attributes: [.posixPermissions: 0o600]) else {
      throw InputError(.cannotCreate, file: file, "cannot be made", hint: "is its folder writable?")
    }
    func ask(_ url: String, _ headers: [(String, String)]) async throws -> HTTPClient.Answer {
      var call = HTTPClient.Call("GET", url, headers: headers, deadline: deadline)
      call.sink = FilePart(path: file)
      do { return try await http.send(call) } catch let failure as HTTPClient.Failure {
        throw InputError(.unavailable, "the download broke off (\(failure))", hint: "try it again")
      }
    }
    var answer = try await ask(address + path, [("Authorization", "Bearer \(token)")])
    if answer.status == 307, let place = answer.headers["location"] { answer = try await ask(place, []) }
    guard answer.status < 300 else { throw LiveClient.refusal(answer) }
    return answer.headers["content-disposition"].flatMap { text in
      text.firstRange(of: "filename=\"").map { String(text[$0.upperBound...].prefix { $0 != "\"" }) }
    }
  }

  private static func kind(_ status: Int) -> InputError.Kind {
    switch status {
    case 404: .noInput
    case 401, 403: .badConfiguration
    case 507: .cannotCreate
    case 500...: .tryAgainLater
    default: .badData
    }
  }
}
