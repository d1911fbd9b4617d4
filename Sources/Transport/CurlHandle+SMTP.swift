import CCurl
import Foundation

extension CurlHandle {
  /// What is being read by libcurl.
  private final class Reading {
    let data: Data
    var offset = 0
    let flag: Flag
    init(_ data: Data, _ flag: Flag) { (self.data, self.flag) = (data, flag) }
  }

  func send(_ mail: SMTPClient.Mail, _ server: SMTPClient.Server, _ flag: Flag) throws {
    curl_easy_reset(easy)
    let reading = Reading(mail.message, flag)
    let context = Unmanaged.passUnretained(reading).toOpaque()
    let recipients = curl_slist_append(nil, "<\(mail.to)>")
    defer { curl_slist_free_all(recipients) }
    let scheme = server.security == .tls ? "smtps" : "smtp"
    let host = server.host.contains(":") ? "[\(server.host)]" : server.host
    ccurl_set_text(easy, CURLOPT_URL, "\(scheme)://\(host):\(server.port)")
    ccurl_set_text(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps")
    ccurl_set_long(
      easy, CURLOPT_USE_SSL, Int(server.security == .none ? CURLUSESSL_NONE.rawValue : CURLUSESSL_ALL.rawValue))
    if let authority = server.authority { ccurl_set_text(easy, CURLOPT_CAINFO, authority) }
    if let user = server.user { ccurl_set_text(easy, CURLOPT_USERNAME, user) }
    if let password = server.password { ccurl_set_text(easy, CURLOPT_PASSWORD, password) }
    ccurl_set_text(easy, CURLOPT_MAIL_FROM, "<\(mail.from)>")
    ccurl_set_pointer(easy, CURLOPT_MAIL_RCPT, recipients)
    ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1)
    ccurl_set_long(easy, CURLOPT_TIMEOUT_MS, 60_000)
    ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, 10_000)
    ccurl_set_long(easy, CURLOPT_FORBID_REUSE, 1)
    ccurl_set_long(easy, CURLOPT_NOPROGRESS, 0)
    ccurl_set_pointer(easy, CURLOPT_XFERINFODATA, context)
    ccurl_set_progress(easy) { context, _, _, _, _ in CurlHandle.reading(context).flag.isRaised ? 1 : 0 }
    ccurl_set_long(easy, CURLOPT_UPLOAD, 1)
    ccurl_set_pointer(easy, CURLOPT_READDATA, context)
    ccurl_set_data(easy, CURLOPT_READFUNCTION) { bytes, size, count, context in
      let reading = CurlHandle.reading(context)
      let part = reading.data.dropFirst(reading.offset).prefix(size * count)
      guard let bytes, !part.isEmpty else { return 0 }
      part.withUnsafeBytes { UnsafeMutableRawBufferPointer(start: bytes, count: $0.count).copyMemory(from: $0) }
      reading.offset += part.count
      return part.count
    }
    // What a server says goes nowhere.
    ccurl_set_data(easy, CURLOPT_WRITEFUNCTION) { _, size, count, _ in size * count }
    let error = withExtendedLifetime(reading) { curl_easy_perform(easy) }
    if flag.isRaised { throw CancellationError() }
    guard error != CURLE_OK else { return }
    var code = 0
    ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &code)
    // A refused sign-in is the configuration's fault, and may be put right; a refused mail stays refused.
    let isPermanent = (500..<600).contains(code) && error != CURLE_LOGIN_DENIED && error != CURLE_USE_SSL_FAILED
    let said = isPermanent ? "refuses it" : String(cString: curl_easy_strerror(error))
    throw SMTPClient.Failure(
      isPermanent: isPermanent, description: "mail server: \(said)\(code > 0 ? " (\(code))" : "")")
  }

  private static func reading(_ context: UnsafeMutableRawPointer?) -> Reading {
    guard let context else { preconditionFailure("libcurl hands back what it was given") }
    return Unmanaged<Reading>.fromOpaque(context).takeUnretainedValue()
  }
}
