import CZlib
import Foundation
import Testing

@testable import Web

/// Reads a ZIP by its folder at the end, as programs do, and holds every sum against the content.
enum ZipReader {
  struct Broken: Error { var what: String }

  static func files(_ data: Data) throws -> [(name: String, content: Data)] {
    let bytes = [UInt8](data)
    func number(_ at: Int, _ width: Int) throws -> Int {
      guard at >= 0, at + width <= bytes.count else { throw Broken(what: "ends early") }
      return (0..<width).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
    }
    let end = bytes.count - 22
    guard try number(end, 4) == 0x0605_4B50 else { throw Broken(what: "no end") }
    var (place, files) = (try number(end + 16, 4), [(name: String, content: Data)]())
    guard try place + number(end + 12, 4) == end else { throw Broken(what: "the folder does not end at the end") }
    for _ in 0..<(try number(end + 10, 2)) {
      guard try number(place, 4) == 0x0201_4B50 else { throw Broken(what: "no entry") }
      let length = try number(place + 28, 2)
      let name = String(decoding: bytes[(place + 46)..<(place + 46 + length)], as: UTF8.self)
      let (own, packed, size) = (try number(place + 42, 4), try number(place + 20, 4), try number(place + 24, 4))
      // What stands before a file is what stands in the folder.
      guard try number(own, 4) == 0x0403_4B50, bytes[(own + 4)..<(own + 30)] == bytes[(place + 6)..<(place + 32)] else {
        throw Broken(what: "two truths of \(name)")
      }
      let from = own + 30 + length
      let raw = Array(bytes[from..<(from + packed)])
      let content = try number(place + 10, 2) == 8 ? try inflated(raw, size) : raw
      let sum = content.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) }
      guard content.count == size, try number(place + 16, 4) == Int(sum) else { throw Broken(what: "sum of \(name)") }
      files.append((name, Data(content)))
      place += 46 + length
    }
    guard place == end else { throw Broken(what: "more than it says") }
    return files
  }

  private static func inflated(_ raw: [UInt8], _ size: Int) throws -> [UInt8] {
    var (from, to, stream) = (raw, [UInt8](repeating: 0, count: size), z_stream())
    guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw Broken(what: "inflate")
    }
    defer { inflateEnd(&stream) }
    let done = from.withUnsafeMutableBufferPointer { source in
      to.withUnsafeMutableBufferPointer { target in
        (stream.next_in, stream.avail_in) = (source.baseAddress, UInt32(source.count))
        (stream.next_out, stream.avail_out) = (target.baseAddress, UInt32(target.count))
        return inflate(&stream, Z_FINISH)
      }
    }
    guard done == Z_STREAM_END, stream.avail_in == 0, stream.avail_out == 0 else { throw Broken(what: "deflated data") }
    return to
  }
}

@Suite struct ZipTests {
  @Test func whatIsPutInComesOut() throws {
    // Nothing, what cannot be made smaller, and what can.
    let noise = Data((0..<3_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) })
    let parts: [(String, Data)] = [
      ("empty", Data()), ("noise.bin", noise), ("größe.txt", Data(String(repeating: "step,loss\n", count: 5_000).utf8)),
    ]
    var archive = ZipArchive(madeAt: 1_795_787_374)
    for (name, content) in parts { archive.add(name, content) }
    let files = try ZipReader.files(archive.data)
    #expect(files.map(\.name) == parts.map(\.0) && files.map(\.content) == parts.map(\.1))
    #expect(archive.data.count < 5_000)
    #expect(try ZipReader.files(ZipArchive(madeAt: 0).data).isEmpty)
    var damaged = archive.data
    damaged[60] ^= 1
    #expect(throws: ZipReader.Broken.self) { try ZipReader.files(damaged) }
  }
}
