import Foundation
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// A server on loopback that says what it is told to: one call after another, each on a connection of its own.
final class ScriptedServer: Sendable {
  struct Request: Sendable {
    var method: String
    var path: String
    /// Names in lower case.
    var headers: [String: String]
    /// Where it was asked: what an answer may refer to.
    var address: String
  }
  struct Answer: Sendable {
    var status = 200
    var headers: [String: String] = [:]
    var body = ""
  }

  let address: String
  let asked = Mutex<[String]>([])
  private let socketNumber: Int32

  init(_ answers: @escaping @Sendable (Request) -> Answer) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_addr.s_addr = in_addr_t(UInt32(0x7f00_0001).bigEndian)
    let isBound = withUnsafePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(isBound == 0 && listen(listener, 16) == 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withUnsafeMutablePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &length) }
    }
    let address = "http://127.0.0.1:\(UInt16(bigEndian: place.sin_port))"
    (self.address, socketNumber) = (address, listener)
    Thread.detachNewThread { [weak self] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        defer { close(connection) }
        guard let self, let request = ScriptedServer.read(connection, address) else { continue }
        asked.withLock { $0.append("\(request.method) \(request.path)") }
        let answer = answers(request)
        let fields = answer.headers.map { "\($0.key): \($0.value)\r\n" }.joined()
        let text =
          "HTTP/1.1 \(answer.status) X\r\nContent-Length: \(answer.body.utf8.count)\r\nConnection: close\r\n"
          + "Content-Type: application/json\r\n\(fields)\r\n\(request.method == "HEAD" ? "" : answer.body)"
        _ = text.withCString { write(connection, $0, strlen($0)) }
      }
    }
  }

  deinit { close(socketNumber) }

  private static func read(_ connection: Int32, _ address: String) -> Request? {
    var head: [UInt8] = []
    while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) {
      var byte: UInt8 = 0
      guard Glibc.read(connection, &byte, 1) == 1 else { break }
      head.append(byte)
    }
    let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n").map(String.init)
    let words = lines.first?.split(separator: " ").map(String.init) ?? []
    guard words.count > 1 else { return nil }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { continue }
      headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
    }
    // A body that is not read would be taken for the next connection's reset.
    var left = headers["content-length"].flatMap(Int.init) ?? 0
    while left > 0 {
      var byte: UInt8 = 0
      guard Glibc.read(connection, &byte, 1) == 1 else { break }
      left -= 1
    }
    return Request(method: words[0], path: words[1], headers: headers, address: address)
  }
}
