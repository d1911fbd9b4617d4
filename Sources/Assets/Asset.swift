import CZlib
import Crypto
import Foundation

/// A style sheet or a script as browsers fetch it: its name holds a digest of its content, so that it may be kept for ever.
public struct Asset: Sendable {
  /// `style.css`.
  public let name: String
  /// `style.0f3a….css`.
  public let fileName: String
  public let contentType: String
  public let body: Data
  /// The same, compressed; nil where that would not be smaller.
  public let gzipped: Data?

  public init(_ name: String, _ text: String) {
    self.name = name
    body = Data(text.utf8)
    let digest = SHA256.hash(data: body).prefix(8).map { String(format: "%02x", $0) }.joined()
    let parts = name.split(separator: ".", maxSplits: 1)
    fileName = "\(parts[0]).\(digest).\(parts.count > 1 ? String(parts[1]) : "txt")"
    contentType =
      switch parts.last {
      case "css": "text/css; charset=utf-8"
      case "svg": "image/svg+xml"
      default: "text/javascript; charset=utf-8"
      }
    gzipped = Asset.gzip(body)
  }

  /// nil where it would not become smaller.
  static func gzip(_ data: Data) -> Data? {
    let from = [UInt8](data)
    var to = [UInt8](repeating: 0, count: from.count)
    let used = Int(lora_gzip(from, UInt(from.count), &to, UInt(to.count)))
    return used > 0 ? Data(to.prefix(used)) : nil
  }
}

/// All that pages fetch beside themselves.
public enum Assets {
  public static let all = [
    Asset("style.css", Style.text), Asset("icon.svg", Icon.text),
    Asset("theme.js", Script.theme), Asset("times.js", Script.times), Asset("live.js", Script.live),
    Asset("estimate.js", Script.estimate), Asset("select.js", Script.select), Asset("checklist.js", Script.checklist),
    Asset("curves.js", Script.curves), Asset("copy.js", Script.copy), Asset("search.js", Script.search),
    Asset("rating.js", Script.rating), Asset("refresh.js", Script.refresh),
  ]
}

/// What stands in the browser's tab.
enum Icon {
  static let text = #"""
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><rect width="24" height="24" rx="5" fill="#1f5fc4"/><path d="M4 17 9.5 10.5l3.5 3.5 6-7.5" fill="none" stroke="#fff" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/></svg>
    """#
}

/// The style sheet, in the order in which its parts stand in it.
enum Style {
  static let text = [variables, page, parts, forms, job, together, foresight].joined()
}

/// The scripts, one for each behaviour; every page works without them.
enum Script {}
