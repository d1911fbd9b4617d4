import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Scenarios

/// Serves a ``SandboxHost`` over HTTP.
public struct SandboxServer: Sendable {
  private let host: SandboxHost
  /// Told when a request has been served and its answer is withheld.
  var whenSilent: @Sendable () -> Void = {}

  public init(_ host: SandboxHost) { self.host = host }

  /// Serves until the task is cancelled or, where `stopsOnSignals`, SIGTERM or SIGINT comes.
  ///
  /// - Parameter ready: told the port once it is open.
  /// - Throws: `InputError` where the port cannot be had.
  public func run(
    address: String, port: Int, stopsOnSignals: Bool = false, ready: @escaping @Sendable (Int) async -> Void
  ) async throws {
    let router = Router(context: BasicRequestContext.self)
    router.get("health") { _, _ in SandboxServer.response(SandboxAnswer(200, ["status": "ok"])) }
    SandboxControls(host: host).add(to: router)
    for method in [HTTPRequest.Method.get, .post, .delete] {
      router.on("**", method: method) { request, _ in try await serve(request) }
    }
    var logger = Logger(label: "sandbox")
    logger.logLevel = .error
    let application = Application(
      router: router, configuration: .init(address: .hostname(address, port: port), serverName: "lora-train-sandbox"),
      onServerRunning: {
        let own = $0.localAddress?.port ?? port
        await host.reached(at: "http://\(address == "0.0.0.0" ? "127.0.0.1" : address):\(own)")
        await ready(own)
      }, logger: logger)
    // Whatever went on before this process does so at once, whether somebody asks or not.
    await host.tend()
    do {
      if stopsOnSignals { try await application.runService() } else { try await application.run() }
    } catch let error as IOError where [EADDRINUSE, EACCES, EADDRNOTAVAIL].contains(error.errnoCode) {
      throw InputError(
        .unavailable, "port \(port) of \(address) cannot be had: \(String(cString: strerror(error.errnoCode)))",
        hint: "choose another with --port")
    } catch is SocketAddressError.UnknownHost {
      throw InputError(
        .unavailable, "there is no address \(address) to listen at",
        hint: "choose with --host: 127.0.0.1, or 0.0.0.0 for all")
    }
  }

  private func serve(_ request: Request) async throws -> Response {
    var sandbox = SandboxRequest(
      request.method.rawValue, request.uri.path.removingPercentEncoding ?? request.uri.path)
    for (name, value) in request.uri.queryParameters { sandbox.query[String(name)] = String(value) }
    sandbox.body = Data(try await request.body.collect(upTo: 1 << 20).readableBytesView)
    // GraphQL's documentation has the key in the address.
    let bearer = SandboxServer.bearer(request) ?? sandbox.query["api_key"]
    switch await host.serve(sandbox, bearer: bearer) {
    case .whole(let answer): return SandboxServer.response(answer)
    case .never:
      whenSilent()
      // Longer than anybody waits.
      try await Task.sleep(for: .seconds(600))
      return Response(status: .gatewayTimeout)
    case .broken(let answer):
      var response = SandboxServer.response(answer)
      response.body = ResponseBody(contentLength: 4_096) { writer in
        try await writer.write(ByteBuffer(string: "{"))
        throw CancellationError()
      }
      return response
    }
  }

  static func bearer(_ request: Request) -> String? {
    let header = request.headers[.authorization] ?? ""
    return header.hasPrefix("Bearer ") ? String(header.dropFirst(7)) : nil
  }

  static func response(_ answer: SandboxAnswer) -> Response {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var headers = HTTPFields()
    for (name, value) in answer.headers {
      if let name = HTTPField.Name(name) { headers[name] = value }
    }
    guard let body = answer.body, let data = try? encoder.encode(body) else {
      return Response(status: .init(code: answer.status), headers: headers)
    }
    headers[.contentType] = answer.status < 400 ? "application/json" : "application/problem+json"
    return Response(
      status: .init(code: answer.status), headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: data)))
  }
}

/// What RunPod has not: interruptions and faults at the push of a button, for whoever has the key.
struct SandboxControls {
  let host: SandboxHost

  func add(to router: Router<BasicRequestContext>) {
    router.post("sandbox/pods/:id/interrupt") { request, context in
      try await checked(request) { _ in
        try await host.interrupt(context.parameters.get("id") ?? "")
        return ["interrupted": .text(context.parameters.get("id"))]
      }
    }
    router.post("sandbox/faults") { request, _ in
      try await checked(request) { body in
        let known = SandboxFault.allCases.map(\.rawValue).joined(separator: "', '")
        guard let operation = body["operation"]?.text,
          let fault = body["fault"]?.text.flatMap({ SandboxFault(rawValue: $0) })
        else { throw SandboxProblem.invalid(["$: needs operation, and fault: one of '\(known)'"]) }
        await host.plan(fault, on: operation)
        return ["planned": .string(fault.rawValue)]
      }
    }
  }

  private func checked(_ request: Request, _ body: (JSONValue) async throws -> JSONValue) async throws -> Response {
    do {
      guard await host.accepts(SandboxServer.bearer(request)) else { throw SandboxProblem.unauthorized }
      let data = Data(try await request.body.collect(upTo: 1 << 16).readableBytesView)
      let json = (try? JSONDecoder().decode(JSONValue.self, from: data)) ?? [:]
      return SandboxServer.response(SandboxAnswer(200, try await body(json)))
    } catch let problem as SandboxProblem {
      return SandboxServer.response(SandboxAnswer(problem))
    }
  }
}
