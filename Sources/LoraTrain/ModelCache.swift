import DiscreteEvent
import Foundation

/// What was fitted to a history, kept beside the user's other caches under the history's digest: the same question asked again need
/// not be calibrated again.
///
/// A cache, no more: what cannot be read is fitted anew, what cannot be written is not kept, and deleting it loses nothing.
struct ModelCache {
  private let file: URL

  /// nil where there is nothing to keep, or nowhere to keep it.
  init?(history path: String, asOf: Instant?) {
    guard !path.hasSuffix(".json"), let folder = ModelCache.folder, var digest = ModelCache.digest(of: path) else {
      return nil
    }
    // Another program, or the same built anew, may fit otherwise.
    guard let program = ModelCache.identity(of: "/proc/self/exe") else { return nil }
    digest.append(program)
    digest.append(asOf ?? .distantFuture)
    file = folder.appendingPathComponent(String(format: "%016llx.json", digest.value))
  }

  func read<Value: Decodable>() -> Value? {
    guard let data = FileManager.default.contents(atPath: file.path) else { return nil }
    return try? JSONDecoder().decode(Value.self, from: data)
  }

  /// Whole or not at all: under another name first.
  func write<Value: Encodable>(_ value: Value) {
    guard let data = try? JSONEncoder().encode(value) else { return }
    try? FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try? data.write(to: file, options: .atomic)
    prune()
  }

  /// A store that is written to has a new digest every day: only the models written last are kept.
  private func prune() {
    let folder = file.deletingLastPathComponent()
    let written = Set<URLResourceKey>([.contentModificationDateKey])
    let files =
      (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: Array(written))) ?? []
    let models = files.filter { $0.pathExtension == "json" }.map { url in
      (url, (try? url.resourceValues(forKeys: written))?.contentModificationDate ?? .distantPast)
    }
    for (url, _) in models.sorted(by: { $0.1 > $1.1 }).dropFirst(ModelCache.limit) {
      try? FileManager.default.removeItem(at: url)
    }
  }

  /// How many models are kept; each is some 200 kB.
  static let limit = 16

  private static var folder: URL? {
    let environment = ProcessInfo.processInfo.environment
    if let path = environment["XDG_CACHE_HOME"], path.hasPrefix("/") {
      return URL(fileURLWithPath: path).appendingPathComponent("lora-train/models")
    }
    guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
    return URL(fileURLWithPath: home).appendingPathComponent(".cache/lora-train/models")
  }

  /// Of the database and of what is written ahead of it.
  private static func digest(of path: String) -> Digest? {
    guard let database = try? Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe), !database.isEmpty
    else { return nil }
    var digest = Digest()
    digest.append(database)
    if let ahead = try? Data(contentsOf: URL(fileURLWithPath: path + "-wal"), options: .mappedIfSafe) {
      digest.append(ahead)
    }
    return digest
  }

  private static func identity(of path: String) -> UInt64? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    var digest = Digest()
    for word in [Int64(status.st_size), Int64(status.st_mtim.tv_sec), Int64(status.st_mtim.tv_nsec)] {
      digest.append(word)
    }
    return digest.value
  }
}

extension Digest {
  /// Appends bytes: eight at a time, the rest one by one, and how many there are.
  fileprivate mutating func append(_ data: Data) {
    data.withUnsafeBytes { bytes in
      let whole = bytes.count & ~7
      for offset in stride(from: 0, to: whole, by: 8) {
        append(bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      }
      for byte in bytes[whole...] { append(UInt64(byte)) }
      append(UInt64(bytes.count))
    }
  }
}
