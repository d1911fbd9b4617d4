import DiscreteEvent
import Foundation

/// How often somebody may try to sign in: a few times freely, then after a wait that doubles with every failure, for each name and each address.
///
/// Kept in memory: a restart forgives, which is worth less than writing to the disk for everybody who knocks.
actor SignInGate {
  private struct Count {
    var failures = 0
    /// Not before then.
    var open = Instant.distantPast
    var latest: Instant
  }

  private static let free = 5
  /// A name's wait stays short: else anybody could keep its owner out.
  private static let longestForName = Span.minutes(1)
  private static let longestForAddress = Span.minutes(15)
  private static let forgotten = Span.hours(24)
  private static let most = 10_000

  private var names: [String: Count] = [:]
  private var addresses: [String: Count] = [:]

  /// Where an address is: of IPv6 its first 64 bits, since all that come after them are one subscriber's to choose.
  static func place(_ address: String) -> String {
    var parsed = in6_addr()
    guard address.contains(":"), inet_pton(AF_INET6, address, &parsed) == 1 else { return address }
    let bytes = withUnsafeBytes(of: parsed) { Array($0) }
    // An IPv4 address in the form of the other.
    guard bytes.prefix(12) != [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff] else { return address }
    return bytes.prefix(8).hex
  }

  /// What stands for a name: nobody's is longer than this, but anybody may send a megabyte, ten thousand times.
  static func key(_ name: String) -> String { name.utf8.count > 256 ? Bearers.digest(of: name) : name }

  /// How long to wait; nil: try. Counts as a failure until ``passed(name:address:)``, so that many at once are no way round it.
  func wait(name: String, address: String, at now: Instant) -> Span? {
    let (name, address) = (SignInGate.key(name), SignInGate.place(address))
    let open = max(names[name]?.open ?? .distantPast, addresses[address]?.open ?? .distantPast)
    guard open <= now else { return open - now }
    SignInGate.fail(&names, name, SignInGate.longestForName, now)
    SignInGate.fail(&addresses, address, SignInGate.longestForAddress, now)
    return nil
  }

  /// The name is forgiven; the address gets this one try back: whoever has one password may still be guessing others.
  func passed(name: String, address: String) {
    let (name, address) = (SignInGate.key(name), SignInGate.place(address))
    names[name] = nil
    guard var count = addresses[address] else { return }
    count.failures -= 1
    (count.open, addresses[address]) = (.distantPast, count.failures > 0 ? count : nil)
  }

  private static func fail(_ counts: inout [String: Count], _ key: String, _ longest: Span, _ now: Instant) {
    var count = counts[key] ?? Count(latest: now)
    if now - count.latest > forgotten { count = Count(latest: now) }
    count.failures += 1
    count.latest = now
    if count.failures >= free {
      count.open = now + min(longest, Span.seconds(1 << min(20, count.failures - free)))
    }
    counts[key] = count
    guard counts.count > most else { return }
    counts = counts.filter { now - $0.value.latest <= forgotten }
    // Still too many: whoever was seen longest ago is forgotten.
    if counts.count > most, let oldest = counts.min(by: { $0.value.latest < $1.value.latest }) {
      counts[oldest.key] = nil
    }
  }
}
