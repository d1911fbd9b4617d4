import Crypto
import Foundation
import Live

/// AWS's Signature Version 4 for S3, in headers and in links.
///
/// Source: "Authenticating Requests (AWS Signature Version 4)" of the Amazon S3 API reference; its examples are the tests.
struct SignatureV4 {
  var credentials: S3Credentials
  var region: String

  /// The digest of no bytes at all, and what stands where the bytes are not signed.
  static let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  static let unsigned = "UNSIGNED-PAYLOAD"

  /// A request as it is signed: its path is not escaped yet.
  struct Request {
    var method: String
    var host: String
    var path: String
    var query: [(String, String)] = []
    /// Of those that are signed beside `host`, `x-amz-date` and `x-amz-content-sha256`.
    var headers: [(String, String)] = []
    /// The SHA-256 of the body, in lower-case hexadecimal digits.
    var payload = SignatureV4.nothing
  }

  /// All headers that the request has to bear, `Authorization` among them.
  func headers(for request: Request, at date: Date) -> [(String, String)] {
    let stamp = SignatureV4.stamp(date)
    var headers = request.headers
    headers += [("x-amz-content-sha256", request.payload), ("x-amz-date", stamp)]
    let signed = SignatureV4.canonical(headers + [("host", request.host)])
    let names = signed.map(\.0).joined(separator: ";")
    let text = canonicalRequest(request, query: request.query, signed, names, payload: request.payload)
    let signature = sign(text, stamp)
    headers.append(
      (
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope(stamp)),SignedHeaders=\(names),Signature=\(signature)"
      ))
    return headers
  }

  /// The query of a link that whoever has it may use for so many seconds: at most a week.
  func query(for request: Request, at date: Date, seconds: Int) -> [(String, String)] {
    let stamp = SignatureV4.stamp(date)
    let signed = SignatureV4.canonical(request.headers + [("host", request.host)])
    let names = signed.map(\.0).joined(separator: ";")
    let query =
      request.query + [
        ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"), ("X-Amz-Credential", "\(credentials.accessKey)/\(scope(stamp))"),
        ("X-Amz-Date", stamp), ("X-Amz-Expires", "\(seconds)"), ("X-Amz-SignedHeaders", names),
      ]
    let text = canonicalRequest(request, query: query, signed, names, payload: SignatureV4.unsigned)
    return query + [("X-Amz-Signature", sign(text, stamp))]
  }

  // MARK: The three steps

  private func canonicalRequest(
    _ request: Request, query: [(String, String)], _ headers: [(String, String)], _ names: String, payload: String
  ) -> String {
    let lines = headers.map { "\($0.0):\($0.1)\n" }.joined()
    return [
      request.method, SignatureV4.escaped(request.path, keepsSlashes: true), SignatureV4.text(of: query), lines, names,
      payload,
    ].joined(separator: "\n")
  }

  private func sign(_ canonicalRequest: String, _ stamp: String) -> String {
    let digest = SHA256.hash(data: Data(canonicalRequest.utf8)).hex
    let text = ["AWS4-HMAC-SHA256", stamp, scope(stamp), digest].joined(separator: "\n")
    var key = SymmetricKey(data: Data("AWS4\(credentials.secretKey)".utf8))
    for word in [String(stamp.prefix(8)), region, "s3", "aws4_request"] {
      key = SymmetricKey(data: HMAC<SHA256>.authenticationCode(for: Data(word.utf8), using: key))
    }
    return HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key).hex
  }

  private func scope(_ stamp: String) -> String { "\(stamp.prefix(8))/\(region)/s3/aws4_request" }

  // MARK: How things are written

  /// Names in lower case and in order, values without what surrounds them.
  private static func canonical(_ headers: [(String, String)]) -> [(String, String)] {
    headers.map { ($0.0.lowercased(), $0.1.trimmingCharacters(in: .whitespaces)) }.sorted { $0.0 < $1.0 }
  }

  /// A query in the order in which it is signed, which is also how it is sent.
  static func text(of query: [(String, String)]) -> String {
    query.map { (escaped($0.0), escaped($0.1)) }.sorted { $0 < $1 }.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
  }

  /// Everything but letters, digits and `-._~` as `%XX`, byte by byte.
  static func escaped(_ text: String, keepsSlashes: Bool = false) -> String {
    var out = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        out.unicodeScalars.append(Unicode.Scalar(byte))
      case UInt8(ascii: "/") where keepsSlashes: out += "/"
      default: out += "%" + CollectionOfOne(byte).hex.uppercased()
      }
    }
    return out
  }

  /// `20130524T000000Z`
  static func stamp(_ date: Date) -> String {
    var (seconds, parts) = (time_t(date.timeIntervalSince1970.rounded(.down)), tm())
    gmtime_r(&seconds, &parts)
    func digits(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(parts.tm_year + 1900)\(digits(parts.tm_mon + 1))\(digits(parts.tm_mday))T"
      + "\(digits(parts.tm_hour))\(digits(parts.tm_min))\(digits(parts.tm_sec))Z"
  }
}

extension [UInt8] {
  /// 32 hexadecimal digits of the SHA-256.
  var fingerprint: String { String(SHA256.hash(data: self).hex.prefix(32)) }
}
