import Foundation

/// Whether what is sent to an address is read by nobody on the way. Decided by the address' own parts: `http://localhost@elsewhere` and
/// `http://localhost.elsewhere` begin like this machine, and lead elsewhere.
public enum KeptAddress {
  /// It is encrypted, or does not leave this machine.
  public static func isKept(_ address: String) -> Bool {
    guard let parts = URLComponents(string: address), let host = parts.host, !host.isEmpty else { return false }
    return parts.scheme?.lowercased() == "https" || isHere(address)
  }

  /// It leads to this very machine.
  public static func isHere(_ address: String) -> Bool {
    guard let parts = URLComponents(string: address), ["http", "https"].contains(parts.scheme?.lowercased()),
      parts.user == nil, let host = parts.host?.lowercased()
    else { return false }
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
    return ["localhost", "::1", "[::1]"].contains(host)
      || numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
  }
}
