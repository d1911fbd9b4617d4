import DiscreteEvent

/// Writes state as bytes, or reads it back: one list of fields serves both ways, so that neither can leave out what the other has.
///
/// Numbers are little-endian and as wide as their type. Bytes that were cut short, or hold what this never wrote, are no trap: the rest
/// reads as it was before, and ``isBroken`` says so.
public struct StateCoder {
  public private(set) var bytes: [UInt8]
  public let isReading: Bool
  /// What was read cannot have been written by this.
  public private(set) var isBroken = false
  private var position = 0

  /// Writes.
  public init() {
    bytes = []
    isReading = false
  }

  /// Reads what another has written.
  public init(reading bytes: [UInt8]) {
    self.bytes = bytes
    isReading = true
  }

  /// Whether all was read, and nothing but what was written.
  public var isWhole: Bool { !isBroken && position == bytes.count }

  public mutating func fail() { isBroken = true }

  private mutating func take(_ count: Int) -> Int? {
    guard !isBroken, count >= 0, count <= bytes.count - position else {
      isBroken = true
      return nil
    }
    defer { position += count }
    return position
  }

  // MARK: One by one

  @inline(__always)
  private mutating func fixed<Number: FixedWidthInteger & BitwiseCopyable>(_ number: inout Number) {
    if isReading {
      guard let at = take(MemoryLayout<Number>.size) else { return }
      number = Number(littleEndian: bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: at, as: Number.self) })
    } else {
      withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
  }

  public mutating func code(_ number: inout UInt8) { fixed(&number) }
  public mutating func code(_ number: inout UInt16) { fixed(&number) }
  public mutating func code(_ number: inout UInt32) { fixed(&number) }
  public mutating func code(_ number: inout UInt64) { fixed(&number) }
  public mutating func code(_ number: inout Int32) { fixed(&number) }
  public mutating func code(_ number: inout Int64) { fixed(&number) }
  public mutating func code(_ instant: inout Instant) { fixed(&instant.microseconds) }
  public mutating func code(_ index: inout JobIndex) { fixed(&index.rawValue) }

  public mutating func code(_ number: inout Int) {
    var wide = Int64(number)
    fixed(&wide)
    number = Int(wide)
  }

  /// By its bits.
  public mutating func code(_ number: inout Double) {
    var bits = number.bitPattern
    fixed(&bits)
    number = Double(bitPattern: bits)
  }

  public mutating func code(_ flag: inout Bool) {
    var byte: UInt8 = flag ? 1 : 0
    fixed(&byte)
    guard byte <= 1 else { return fail() }
    flag = byte == 1
  }

  public mutating func code<Word: RawRepresentable>(_ word: inout Word) where Word.RawValue == UInt8 {
    var raw = word.rawValue
    fixed(&raw)
    guard let read = Word(rawValue: raw) else { return fail() }
    word = read
  }

  /// Its bytes in UTF-8.
  public mutating func code(_ text: inout String) {
    var count = UInt32(isReading ? 0 : text.utf8.count)
    fixed(&count)
    guard isReading else { return bytes.append(contentsOf: text.utf8) }
    guard let at = take(Int(count)) else { return }
    text = String(decoding: bytes[at..<at + Int(count)], as: UTF8.self)
  }

  // MARK: Many

  /// - Parameter blank: what a value is before it is read.
  public mutating func code<Value>(
    _ value: inout Value?, blank: @autoclosure () -> Value, _ body: (inout Value, inout StateCoder) -> Void
  ) {
    var isThere = value != nil
    code(&isThere)
    guard isThere else {
      value = nil
      return
    }
    var inner = value ?? blank()
    body(&inner, &self)
    value = inner
  }

  public mutating func code(_ text: inout String?) { code(&text, blank: "") { $1.code(&$0) } }
  public mutating func code(_ number: inout Int64?) { code(&number, blank: 0) { $1.code(&$0) } }

  /// How many of something follow. Each takes a byte at least, so that no damage asks for more memory than there are bytes.
  public mutating func code(count: Int) -> Int {
    var number = UInt32(count)
    fixed(&number)
    guard isReading else { return count }
    guard !isBroken, number <= bytes.count - position else {
      fail()
      return 0
    }
    return Int(number)
  }

  public mutating func code<List: RangeReplaceableCollection & MutableCollection>(
    _ list: inout List, blank: @autoclosure () -> List.Element,
    _ body: (inout List.Element, inout StateCoder) -> Void
  ) {
    let count = code(count: list.count)
    guard isReading else {
      for var element in list { body(&element, &self) }
      return
    }
    list.removeAll()
    list.reserveCapacity(count)
    for _ in 0..<count where !isBroken {
      var element = blank()
      body(&element, &self)
      list.append(element)
    }
  }

  public mutating func code(_ numbers: inout ContiguousArray<Int64>) { code(&numbers, blank: 0) { $1.code(&$0) } }

  /// In the order of the keys, so that equal ones have equal bytes.
  public mutating func code<Key: Comparable & Hashable, Value>(
    _ table: inout [Key: Value], blank: @autoclosure () -> (Key, Value),
    _ body: (inout Key, inout Value, inout StateCoder) -> Void
  ) {
    var pairs = isReading ? [] : table.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    code(&pairs, blank: blank()) { body(&$0.0, &$0.1, &$1) }
    if isReading { table = Dictionary(pairs) { first, _ in first } }
  }
}
