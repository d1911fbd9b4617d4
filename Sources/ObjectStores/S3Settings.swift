import Foundation

/// Where an S3 is, and who asks it.
public struct S3Settings: Hashable, Sendable {
  /// `https://host`, or with a path (`https://PROJECT.supabase.co/storage/v1/s3`), without a slash at the end.
  public var endpoint: String
  public var region: String
  public var bucket: String
  public var credentials: S3Credentials

  public init(endpoint: String, region: String, bucket: String, credentials: S3Credentials) {
    (self.endpoint, self.region, self.bucket, self.credentials) = (endpoint, region, bucket, credentials)
  }

  /// As it stands in the header `Host`: without a port that the scheme implies.
  var host: String {
    let rest = endpoint.drop { $0 != ":" }.dropFirst(3).prefix { $0 != "/" }
    let usual = endpoint.hasPrefix("https:") ? ":443" : ":80"
    return String(rest.hasSuffix(usual) ? rest.dropLast(usual.count) : rest)
  }

  var scheme: String { endpoint.hasPrefix("https:") ? "https" : "http" }

  /// The path of an object, or of the bucket, path style: every S3 understands it.
  func path(_ key: String? = nil) -> String {
    let base = endpoint.drop { $0 != ":" }.dropFirst(3).drop { $0 != "/" }
    return base + "/" + bucket + (key.map { "/" + $0 } ?? "")
  }
}

/// An account's keys; the secret one is shown nowhere: not in a log, an error or a debugger's summary.
public struct S3Credentials: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  public let accessKey: String
  let secretKey: String

  public init(accessKey: String, secretKey: String) { (self.accessKey, self.secretKey) = (accessKey, secretKey) }

  public var description: String { "(credentials)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
