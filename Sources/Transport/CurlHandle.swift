import CCurl
import Foundation

/// One easy handle of libcurl: belongs to one thread, and keeps its connections.
final class CurlHandle {
  let easy = curl_easy_init()

  /// libcurl wants to be set up once, before the first thread.
  static let prepare: Void = { _ = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) }()

  private static let longestBody = 64 << 20

  /// Said twice they do what they do once (RFC 9110, 9.2.2).
  private static let repeatable: Set<String> = ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]

  /// What the callbacks write to.
  private final class Exchange {
    var body = Data()
    var headers: [String: String] = [:]
    let isEnded: () -> Bool
    var source: OpenPart?
    var sink: OpenPart?
    /// Whether what comes is to go to the sink: known once its status is.
    var isGood = false
    init(_ isEnded: @escaping () -> Bool) { self.isEnded = isEnded }
  }

  deinit { curl_easy_cleanup(easy) }

  func perform(_ call: HTTPClient.Call, _ flag: Flag, _ isOverdue: @escaping () -> Bool) throws -> HTTPClient.Answer {
    // Keeps connections, name lookups and sessions.
    curl_easy_reset(easy)
    let exchange = Exchange { flag.isRaised || isOverdue() }
    let context = Unmanaged.passUnretained(exchange).toOpaque()
    var list: UnsafeMutablePointer<curl_slist>?
    // Without this libcurl asks first, and waits a second.
    list = curl_slist_append(list, "Expect:")
    for (name, value) in call.headers { list = curl_slist_append(list, "\(name): \(value)") }
    defer { curl_slist_free_all(list) }
    ccurl_set_text(easy, CURLOPT_URL, call.url)
    ccurl_set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https")
    ccurl_set_text(easy, CURLOPT_CUSTOMREQUEST, call.method)
    ccurl_set_pointer(easy, CURLOPT_HTTPHEADER, list)
    ccurl_set_long(easy, CURLOPT_NOSIGNAL, 1)
    // On a kept connection that dies without an answer libcurl says a request again, and a POST may have been done already.
    if !CurlHandle.repeatable.contains(call.method) { ccurl_set_long(easy, CURLOPT_FRESH_CONNECT, 1) }
    try prepareFiles(of: call, exchange, context)
    ccurl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, max(1, min(10_000, Int(call.deadline / .milliseconds(1)))))
    ccurl_set_long(easy, CURLOPT_NOPROGRESS, 0)
    ccurl_set_pointer(easy, CURLOPT_XFERINFODATA, context)
    ccurl_set_progress(easy) { context, _, _, _, _ in CurlHandle.exchange(context).isEnded() ? 1 : 0 }
    ccurl_set_pointer(easy, CURLOPT_WRITEDATA, context)
    ccurl_set_data(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
      let exchange = CurlHandle.exchange(context)
      guard let bytes else { return 0 }
      if exchange.isGood, let sink = exchange.sink { return sink.write(bytes, size * count) ? size * count : 0 }
      guard exchange.body.count + size * count <= CurlHandle.longestBody else { return 0 }
      exchange.body.append(UnsafeRawPointer(bytes).assumingMemoryBound(to: UInt8.self), count: size * count)
      return size * count
    }
    ccurl_set_pointer(easy, CURLOPT_HEADERDATA, context)
    ccurl_set_data(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
      guard let bytes else { return 0 }
      let line = String(decoding: UnsafeRawBufferPointer(start: bytes, count: size * count), as: UTF8.self)
      if line.hasPrefix("HTTP/") {
        CurlHandle.exchange(context).isGood = line.split(separator: " ").dropFirst().first?.first == "2"
      } else if let colon = line.firstIndex(of: ":") {
        let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespacesAndNewlines)
        CurlHandle.exchange(context).headers[line[..<colon].lowercased()] = value
      }
      return size * count
    }
    var error = CURLE_OK
    if call.source == nil, let body = call.body {
      ccurl_set_long(easy, CURLOPT_POSTFIELDSIZE, body.count)
      error = body.withUnsafeBytes { bytes in
        ccurl_set_pointer(easy, CURLOPT_POSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress))
        return curl_easy_perform(easy)
      }
    } else {
      if call.method == "HEAD" { ccurl_set_long(easy, CURLOPT_NOBODY, 1) }
      error = curl_easy_perform(easy)
    }
    if flag.isRaised { throw CancellationError() }
    if error == CURLE_ABORTED_BY_CALLBACK { error = CURLE_OPERATION_TIMEDOUT }
    guard error == CURLE_OK else { throw failure(error, call) }
    var status = 0
    ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
    return HTTPClient.Answer(status: status, headers: exchange.headers, body: exchange.body)
  }

  /// A body that is sent or kept piece by piece: it may be larger than what there is of memory, and take longer than any deadline.
  private func prepareFiles(of call: HTTPClient.Call, _ exchange: Exchange, _ context: UnsafeMutableRawPointer) throws {
    let milliseconds = max(1, Int(call.deadline / .milliseconds(1)))
    guard call.source != nil || call.sink != nil else {
      ccurl_set_long(easy, CURLOPT_TIMEOUT_MS, milliseconds)
      return
    }
    ccurl_set_long(easy, CURLOPT_LOW_SPEED_LIMIT, 1)
    ccurl_set_long(easy, CURLOPT_LOW_SPEED_TIME, max(1, milliseconds / 1_000))
    exchange.sink = try call.sink.map { try OpenPart($0, toWrite: true) }
    guard let source = call.source else { return }
    exchange.source = try OpenPart(source, toWrite: false)
    ccurl_set_long(easy, CURLOPT_UPLOAD, 1)
    ccurl_set_offset(easy, CURLOPT_INFILESIZE_LARGE, source.count)
    ccurl_set_long(easy, CURLOPT_UPLOAD_BUFFERSIZE, 256 << 10)
    ccurl_set_pointer(easy, CURLOPT_READDATA, context)
    ccurl_set_data(easy, CURLOPT_READFUNCTION) { bytes, size, count, context in
      guard let bytes, let read = CurlHandle.exchange(context).source?.read(bytes, size * count) else {
        return Int(CURL_READFUNC_ABORT)
      }
      return read
    }
    // A kept connection that was closed meanwhile is opened anew, and the body begins again.
    ccurl_set_pointer(easy, CURLOPT_SEEKDATA, context)
    ccurl_set_seek(easy) { context, offset, origin in
      guard origin == SEEK_SET else { return CURL_SEEKFUNC_CANTSEEK }
      CurlHandle.exchange(context).source?.rewind(to: Int64(offset))
      return CURL_SEEKFUNC_OK
    }
  }

  private func failure(_ error: CURLcode, _ call: HTTPClient.Call) -> HTTPClient.Failure {
    var sent = 0
    ccurl_get_long(easy, CURLINFO_REQUEST_SIZE, &sent)
    // The address without its query: signed links have their secret there.
    let address = call.url.prefix { $0 != "?" }
    let reason = String(cString: curl_easy_strerror(error))
    return HTTPClient.Failure(
      neverSent: sent == 0, reason: reason, description: "\(call.method) \(address): \(reason)")
  }

  private static func exchange(_ context: UnsafeMutableRawPointer?) -> Exchange {
    guard let context else { preconditionFailure("libcurl hands back what it was given") }
    return Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
  }
}
