/// Where somebody is reached: known once the port is open.
actor ServerAddress {
  private var url: String?
  private var waiting: [CheckedContinuation<String, Never>] = []

  var value: String {
    get async {
      if let url { return url }
      return await withCheckedContinuation { waiting.append($0) }
    }
  }

  func set(_ url: String) {
    self.url = url
    for continuation in waiting { continuation.resume(returning: url) }
    waiting = []
  }
}
