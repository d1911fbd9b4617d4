import CZlib
import Foundation

/// Files in one ZIP archive, below 4 GB in all.
///
/// PKWARE, "APPNOTE.TXT — .ZIP File Format Specification" 6.3.10: §4.3 (the order of things), §4.4 (the fields).
struct ZipArchive {
  /// A file's folder entry needs its times as DOS had them: two seconds apart, from 1980 on. UTC here.
  private let stamp: (time: UInt16, day: UInt16)
  private var files = Data()
  private var folder = Data()
  private var count: UInt16 = 0

  /// - Parameter seconds: since 1970; when all of it was made.
  init(madeAt seconds: Int) {
    var (time, parts) = (time_t(max(315_532_800, seconds)), tm())
    gmtime_r(&time, &parts)
    stamp = (
      UInt16(truncatingIfNeeded: Int(parts.tm_hour) << 11 | Int(parts.tm_min) << 5 | Int(parts.tm_sec) / 2),
      UInt16(truncatingIfNeeded: (Int(parts.tm_year) - 80) << 9 | (Int(parts.tm_mon) + 1) << 5 | Int(parts.tm_mday))
    )
  }

  /// - Parameter name: letters, digits and what else every file system takes.
  mutating func add(_ name: String, _ content: Data) {
    let (packed, isDeflated) = ZipArchive.packed(content)
    let offset = UInt32(files.count)
    var entry = Data()
    // Version 2.0, names in UTF-8, deflated or stored.
    for half in [20, 1 << 11, isDeflated ? 8 : 0, stamp.time, stamp.day] as [UInt16] { entry.append(half) }
    let sum = content.withUnsafeBytes { crc32(0, $0.bindMemory(to: UInt8.self).baseAddress, UInt32($0.count)) }
    for word in [UInt32(truncatingIfNeeded: sum), UInt32(packed.count), UInt32(content.count)] { entry.append(word) }
    entry.append(UInt16(name.utf8.count))
    entry.append(UInt16(0))
    files.append(UInt32(0x0403_4B50))
    files.append(entry)
    files.append(Data(name.utf8))
    files.append(packed)
    folder.append(UInt32(0x0201_4B50))
    // Made on a Unix, so that the file's rights are believed.
    folder.append(UInt16(3 << 8 | 20))
    folder.append(entry)
    for half in [0, 0, 0] as [UInt16] { folder.append(half) }
    folder.append(UInt32(0o100644) << 16)
    folder.append(offset)
    folder.append(Data(name.utf8))
    count += 1
  }

  /// The archive as it stands.
  var data: Data {
    var end = Data()
    end.append(UInt32(0x0605_4B50))
    for half in [0, 0, count, count] as [UInt16] { end.append(half) }
    for word in [UInt32(folder.count), UInt32(files.count)] { end.append(word) }
    end.append(UInt16(0))
    return files + folder + end
  }

  /// What gzip holds between its ten bytes of header and eight of trailer is what ZIP wants.
  private static func packed(_ content: Data) -> (Data, isDeflated: Bool) {
    let from = [UInt8](content)
    var to = [UInt8](repeating: 0, count: from.count)
    let used = Int(lora_gzip(from, UInt(from.count), &to, UInt(to.count)))
    return used > 18 ? (Data(to[10..<(used - 8)]), true) : (content, false)
  }
}

extension Data {
  /// Little-endian, as everything in a ZIP.
  fileprivate mutating func append(_ number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}
