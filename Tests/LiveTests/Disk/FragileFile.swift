/// A file of a ``FragileDisk``: what whoever reads it sees, and what a power cut would leave of it.
final class FragileFile {
  enum Change {
    case bytes(at: Int, [UInt8])
    case length(Int)
  }

  private(set) var seen: [UInt8] = []
  private(set) var durable: [UInt8] = []
  /// What was written since the last sync, in order.
  private(set) var pending: [Change] = []
  /// The shared memory of the write-ahead log's index: no file, and gone with the last process.
  private var regions: [UnsafeMutableRawPointer] = []
  /// The process that had it open is no more: what it still asks for is refused.
  var isDead = false

  init() {}

  /// What there is when the next process opens it.
  ///
  /// - Parameter chance: nil where only the process ended: the kernel keeps what it was given. Else what was not synced is there, or not, each
  ///   512 bytes for themselves where `chance` says so.
  init(after file: FragileFile, cut chance: (() -> Double)?) {
    guard let chance else {
      (seen, durable, pending) = (file.seen, file.durable, file.pending)
      return
    }
    durable = file.durable
    let (all, torn) = (chance(), chance())
    for change in file.pending where all < 0.3 || (all < 0.8 && chance() < 0.5) {
      guard torn < 0.5, case .bytes(let offset, let bytes) = change else {
        FragileFile.apply(change, to: &durable)
        continue
      }
      for from in stride(from: 0, to: bytes.count, by: 512) where chance() < 0.5 {
        FragileFile.apply(.bytes(at: offset + from, Array(bytes[from..<min(from + 512, bytes.count)])), to: &durable)
      }
    }
    seen = durable
  }

  deinit { forgetRegions() }

  func forgetRegions() {
    for region in regions { region.deallocate() }
    regions.removeAll()
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) { change(.bytes(at: offset, Array(bytes))) }
  func truncate(to length: Int) { change(.length(length)) }

  private func change(_ change: Change) {
    FragileFile.apply(change, to: &seen)
    pending.append(change)
  }

  func sync() {
    for change in pending { FragileFile.apply(change, to: &durable) }
    pending.removeAll(keepingCapacity: true)
  }

  /// As a sync that fails does it on Linux: what was to be written is never written any more, and everybody who reads sees it all the same.
  func failSync() { pending.removeAll() }

  private static func apply(_ change: Change, to content: inout [UInt8]) {
    switch change {
    case .bytes(let offset, let bytes):
      let end = offset + bytes.count
      if content.count < end { content.append(contentsOf: repeatElement(0, count: end - content.count)) }
      content.withUnsafeMutableBytes { content in
        bytes.withUnsafeBytes { content[offset..<end].copyBytes(from: $0) }
      }
    case .length(let length):
      if length < content.count {
        content.removeLast(content.count - length)
      } else {
        content.append(contentsOf: repeatElement(0, count: length - content.count))
      }
    }
  }

  /// - Returns: nil where there is no such region, and none is to be made.
  func region(_ index: Int, size: Int, makes: Bool) -> UnsafeMutableRawPointer? {
    while regions.count <= index {
      guard makes else { return nil }
      let region = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
      region.initializeMemory(as: UInt8.self, repeating: 0, count: size)
      regions.append(region)
    }
    return regions[index]
  }
}
