import Crypto
import Foundation
import Live

/// What says that a call to a webhook is ours: HMAC-SHA256 over the time and the body, `TIMESTAMP.BODY`.
public enum WebhookSignature {
  /// In lower-case hexadecimal digits.
  public static func of(_ body: Data, at timestamp: Int, secret: String) -> String {
    var hash = HMAC<SHA256>(key: SymmetricKey(data: Data(secret.utf8)))
    hash.update(data: Data("\(timestamp).".utf8))
    hash.update(data: body)
    return hash.finalize().hex
  }
}
