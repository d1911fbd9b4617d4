import Foundation

/// Parts of addresses.
public enum Address {
  /// A text as part of an address, as RFC 3986 has it: all is encoded but its unreserved characters.
  ///
  /// - Parameter signs: what stays as it is, too: a path keeps its slashes.
  public static func escaped(_ text: String, keeping signs: String = "") -> String {
    text.addingPercentEncoding(withAllowedCharacters: unreserved.union(.init(charactersIn: signs))) ?? ""
  }
  private static let unreserved = CharacterSet(
    charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

  /// A path of ours to go on to; "/" for whatever would lead elsewhere.
  static func local(_ text: String?) -> String {
    guard let text, text.utf8.count <= 2_000, text.hasPrefix("/"), !text.hasPrefix("//"), !text.contains("\\"),
      text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else { return "/" }
    return text
  }
}
