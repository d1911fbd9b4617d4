import DiscreteEvent

/// What money was spent on. The other side of every entry is what is owed to the provider.
public enum Account: UInt8, CaseIterable, Hashable, Sendable, BitwiseCopyable, Codable {
  /// Training that is kept.
  case work
  /// Boot, preprocessing and model loading of a first lease; finalization.
  case setup
  /// Training standing still for a checkpoint.
  case checkpoints
  /// Training that an interruption undid.
  case lostWork
  /// Boot, loading and restore on later leases.
  case recovery
  /// Leased, but nobody worked: an interruption not yet noticed, a pod being let go.
  case idle
  case storage
  /// The provider's bill differed.
  case adjustment
}

/// Nanodollars (or microseconds) by ``Account``.
///
/// Plain numbers in the order of the accounts, no vector: one of eight is aligned to 64 bytes, which the frames of async functions
/// are not, and the compiler writes beyond them.
@frozen
public struct AccountTotals: Hashable, Sendable, BitwiseCopyable, Codable {
  public var work: Int64 = 0
  public var setup: Int64 = 0
  public var checkpoints: Int64 = 0
  public var lostWork: Int64 = 0
  public var recovery: Int64 = 0
  public var idle: Int64 = 0
  public var storage: Int64 = 0
  public var adjustment: Int64 = 0

  @inlinable public init() {}

  @inlinable public subscript(account: Account) -> Int64 {
    @inline(__always) get {
      withUnsafeBytes(of: self) {
        $0.load(fromByteOffset: Int(account.rawValue) &* MemoryLayout<Int64>.stride, as: Int64.self)
      }
    }
    @inline(__always) set {
      withUnsafeMutableBytes(of: &self) {
        $0.storeBytes(of: newValue, toByteOffset: Int(account.rawValue) &* MemoryLayout<Int64>.stride, as: Int64.self)
      }
    }
  }

  /// The sum of the parts.
  @inlinable public var total: Int64 {
    (work &+ setup &+ checkpoints &+ lostWork) &+ (recovery &+ idle &+ storage &+ adjustment)
  }

  @inlinable @inline(__always)
  public static func += (a: inout AccountTotals, b: AccountTotals) {
    a.work &+= b.work
    a.setup &+= b.setup
    a.checkpoints &+= b.checkpoints
    a.lostWork &+= b.lostWork
    a.recovery &+= b.recovery
    a.idle &+= b.idle
    a.storage &+= b.storage
    a.adjustment &+= b.adjustment
  }
}

/// The double-entry ledger of the whole fleet, in nanodollars.
///
/// Each entry debits one account and credits ``payable``; ``isBalanced`` holds after every entry.
@frozen
public struct Ledger: Hashable, Sendable, BitwiseCopyable {
  /// What each account was debited with.
  public internal(set) var accounts = AccountTotals()
  /// What is owed to the provider: the credit side.
  public internal(set) var payable: Int64 = 0

  public init() {}

  @inline(__always)
  mutating func post(_ account: Account, _ amount: Int64) {
    accounts[account] &+= amount
    payable &+= amount
  }

  /// Several entries at once; `sum` is their sum.
  @inline(__always)
  mutating func post(_ amounts: AccountTotals, _ sum: Int64) {
    accounts += amounts
    payable &+= sum
  }

  /// Debits equal credits.
  public var isBalanced: Bool { accounts.total == payable }

  /// What a lease has cost after `time` at `hourlyRate` nanodollars an hour: rounded down once, whatever the parts.
  ///
  /// The product of microseconds and nanodollars overflows 64 bits within minutes, so it is taken at full width. What
  /// is more than nine thousand million dollars saturates.
  @inlinable @inline(__always)
  public static func cost(hourlyRate: Int64, time: Span) -> Int64 {
    guard time.microseconds > 0, hourlyRate > 0 else { return 0 }
    // What fits 64 bits, two and a half hours at two dollars say, needs no more than this.
    let product = hourlyRate.magnitude.multipliedFullWidth(by: time.microseconds.magnitude)
    if product.high == 0 { return Int64(truncatingIfNeeded: product.low / 3_600_000_000) }
    return largeCost(hourlyRate: hourlyRate, time: time)
  }

  @usableFromInline @inline(never)
  static func largeCost(hourlyRate: Int64, time: Span) -> Int64 {
    // Up to five dollars an hour whole hours and the rest fit 64 bits one by one: the same result without a long division.
    if hourlyRate < 5_000_000_000, time.microseconds < 3_600_000_000 &* 1_800_000_000 {
      let us = time.microseconds.magnitude
      let hours = us / 3_600_000_000
      let rest = us &- hours &* 3_600_000_000
      return Int64(truncatingIfNeeded: hours &* hourlyRate.magnitude &+ rest &* hourlyRate.magnitude / 3_600_000_000)
    }
    let product = hourlyRate.magnitude.multipliedFullWidth(by: time.microseconds.magnitude)
    guard product.high < 1_800_000_000 else { return .max }
    return Int64(truncatingIfNeeded: UInt64(3_600_000_000).dividingFullWidth(product).quotient)
  }

  /// The longest time that costs no more than `amount`: the inverse of ``cost(hourlyRate:time:)``.
  @inlinable
  public static func time(hourlyRate: Int64, amount: Int64) -> Span {
    guard hourlyRate > 0, amount < .max else { return Span(microseconds: .max) }
    guard amount >= 0 else { return .zero }
    // The cost is rounded down, so all that is short of the next nanodollar still costs `amount`.
    var product = (amount.magnitude + 1).multipliedFullWidth(by: 3_600_000_000)
    let (low, borrow) = product.low.subtractingReportingOverflow(1)
    product = (borrow ? product.high - 1 : product.high, low)
    guard product.high < hourlyRate.magnitude else { return Span(microseconds: .max) }
    let quotient = hourlyRate.magnitude.dividingFullWidth(product).quotient
    return Span(microseconds: quotient > Int64.max.magnitude ? .max : Int64(quotient))
  }
}
