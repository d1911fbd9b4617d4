import Foundation
import Synchronization
import Testing
import Transport

/// A server that closes a kept connection without a word, as one does that restarts: whatever it was asked last may have been done.
@Suite struct KeptConnectionTests {
  @Test func aPostIsSaidOnce() async throws {
    let server = try FickleServer()
    defer { server.stop() }
    let client = HTTPClient(connections: 1)
    // The connection is kept from here on.
    #expect(try await client.send(.init("GET", server.address)).status == 200)
    let failure = await #expect(throws: HTTPClient.Failure.self) {
      try await client.send(.init("POST", server.address, body: Data("{}".utf8)))
    }
    #expect(failure?.neverSent == false)
    #expect(server.heard == ["GET", "POST"])
  }

  /// What is done once however often it is said may be said again.
  @Test func aQuestionMayBeRepeated() async throws {
    let server = try FickleServer()
    defer { server.stop() }
    let client = HTTPClient(connections: 1)
    for _ in 0..<2 { _ = try await client.send(.init("GET", server.address)) }
    #expect(server.heard == ["GET", "GET", "GET"])
  }
}

/// A server that never answers. Nothing else ends the call, so that its limit may be as short as it likes.
@Suite struct DeadlineTests {
  @Test func aCallEndsAtItsDeadline() async throws {
    let (socket, address) = try openPort()
    defer { close(socket) }
    let failure = await #expect(throws: HTTPClient.Failure.self) {
      try await HTTPClient(connections: 1).send(.init("GET", address, deadline: .milliseconds(50)))
    }
    #expect(failure?.reason == "Timeout was reached")
  }
}

/// A port of this machine that takes connections, and an address of it.
private func openPort() throws -> (socket: Int32, address: String) {
  let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  var place = sockaddr_in()
  (place.sin_family, place.sin_addr.s_addr) = (sa_family_t(AF_INET), UInt32(0x7F00_0001).bigEndian)
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  let isBound = withUnsafeMutablePointer(to: &place) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
      bind(socket, pointer, length) == 0 && listen(socket, 8) == 0 && getsockname(socket, pointer, &length) == 0
    }
  }
  guard isBound else { throw CocoaError(.featureUnsupported) }
  return (socket, "http://127.0.0.1:\(UInt16(bigEndian: place.sin_port))/")
}

/// Answers whatever it is asked, but closes the connection on what it is asked second.
private final class FickleServer: Sendable {
  let address: String
  private let methods = Mutex<[String]>([])
  var heard: [String] { methods.withLock { $0 } }
  private let socket: Int32

  init() throws {
    (socket, address) = try openPort()
    Thread.detachNewThread { [self] in serve() }
  }

  func stop() { shutdown(socket, Int32(SHUT_RDWR)) }

  private func serve() {
    while true {
      let connection = accept(socket, nil, nil)
      guard connection >= 0 else { break }
      Thread.detachNewThread { [self] in
        answer(on: connection)
        close(connection)
      }
    }
    close(socket)
  }

  private func answer(on connection: Int32) {
    while let method = read(connection) {
      let number = methods.withLock { methods in
        methods.append(method)
        return methods.count
      }
      if number == 2 { return }
      let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
      _ = answer.withCString { send(connection, $0, answer.utf8.count, Int32(MSG_NOSIGNAL)) }
    }
  }

  /// The method of the next request, read to its end; nil: there is none.
  private func read(_ connection: Int32) -> String? {
    var (text, buffer) = ("", [UInt8](repeating: 0, count: 4_096))
    while !(text.contains("\r\n\r\n") && (!text.hasPrefix("POST") || text.hasSuffix("{}"))) {
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return nil }
      text += String(decoding: buffer[..<count], as: UTF8.self)
    }
    return text.split(separator: " ").first.map(String.init)
  }
}
