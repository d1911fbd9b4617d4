import DiscreteEvent

extension SandboxCloud {
  /// Nanodollars an hour, of all that is rented now.
  var burn: Int64 {
    pods.reduce(0) { $0 + ($1.periods.last.map { $0.until == nil ? $0.gpu + $0.disk : 0 } ?? 0) }
  }

  /// Nanodollars that all pods have cost so far.
  public var spent: Int64 { pods.reduce(0) { $0 + cost($1) } }

  /// Nanodollars that are left.
  public var balance: Int64 { settings.deposit + credit - spent }

  /// When nothing is left; in the distant future while nothing is rented.
  var emptyAt: Instant {
    let burn = burn
    guard burn > 0 else { return .distantFuture }
    return now + Span(seconds: max(0, Double(balance)) / Double(burn) * 3600)
  }

  /// Nanodollars of a pod up to now.
  func cost(_ pod: SandboxPod) -> Int64 {
    pod.periods.reduce(0) { sum, period in
      let time = (period.until ?? now) - period.from
      return sum + SandboxCloud.cost(period.gpu, time) + SandboxCloud.cost(period.disk, time)
    }
  }

  /// Nanodollars of every pod that is no more and whose lines are all on the bill by now.
  public var finalCosts: [(pod: String, amount: Int64)] {
    pods.filter { pod in
      guard pod.status == .terminated, let end = pod.periods.last?.until else { return false }
      // The last hour's end, and the latest that its line may be.
      return end + .hours(3) <= now
    }.map { ($0.id, cost($0)) }
  }

  /// A rate over a time, cut off to whole nanodollars. Both together pass 64 bits within minutes.
  static func cost(_ rate: Int64, _ time: Span) -> Int64 {
    guard rate > 0, time > .zero else { return 0 }
    return Int64(3_600_000_000).dividingFullWidth(rate.multipliedFullWidth(by: time.microseconds)).quotient
  }

  /// One line of the bill: a pod in an hour.
  struct BillLine {
    var pod: String
    var from: Instant
    var until: Instant
    var gpu: Int64
    var disk: Int64
  }

  /// The lines of whole hours in a window that are there by now.
  ///
  /// - Complexity: O(pods × their hours).
  func bill(from: Instant, until: Instant, pod id: String?) -> [BillLine] {
    var lines: [BillLine] = []
    for pod in pods where id == nil || pod.id == id {
      var hours: [Int64: (gpu: Int64, disk: Int64)] = [:]
      for period in pod.periods {
        let end = period.until ?? now
        var start = period.from
        while start < end {
          let hour = SandboxCloud.hour(start)
          let stop = min(end, SandboxCloud.start(hour + 1))
          // Differences of what it had cost by then: the lines add up to the whole, to the nanodollar.
          func part(_ rate: Int64) -> Int64 {
            SandboxCloud.cost(rate, stop - period.from) - SandboxCloud.cost(rate, start - period.from)
          }
          hours[hour, default: (0, 0)].gpu += part(period.gpu)
          hours[hour, default: (0, 0)].disk += part(period.disk)
          start = stop
        }
      }
      for (hour, amounts) in hours.sorted(by: { $0.key < $1.key }) {
        let (start, stop) = (SandboxCloud.start(hour), SandboxCloud.start(hour + 1))
        guard start >= from, start < until, stop + lateness(pod, hour: hour) <= now else { continue }
        lines.append(BillLine(pod: pod.id, from: start, until: stop, gpu: amounts.gpu, disk: amounts.disk))
      }
    }
    return lines
  }

  static func hour(_ instant: Instant) -> Int64 { Int64((Double(instant.microseconds) / 3.6e9).rounded(.down)) }
  static func start(_ hour: Int64) -> Instant { .zero + .hours(hour) }
}

/// How many requests may come in a minute, an hour, a day.
struct SandboxQuota: Hashable, Sendable, Codable {
  struct Window: Hashable, Sendable, Codable {
    var name: String
    var quota: Int
    /// Seconds.
    var length: Int64
    var since = Instant.distantPast
    var used = 0

    mutating func turn(_ now: Instant) { if now >= since + .seconds(length) { (since, used) = (now, 0) } }
    func resets(_ now: Instant) -> Int { Int(((since + .seconds(length)) - now).seconds.rounded(.up)) }
  }
  private(set) var windows: [Window]

  init(_ settings: SandboxSettings) {
    windows = [
      Window(name: "minute", quota: settings.requestsPerMinute, length: 60),
      Window(name: "hour", quota: settings.requestsPerHour, length: 3_600),
      Window(name: "day", quota: settings.requestsPerDay, length: 86_400),
    ]
  }

  /// - Throws: 429 where one of them is used up.
  mutating func take(at now: Instant) throws(SandboxProblem) {
    for i in windows.indices { windows[i].turn(now) }
    if let full = windows.first(where: { $0.used >= $0.quota }) {
      throw SandboxQuota.exceeded(full.name, after: full.resets(now))
    }
    for i in windows.indices { windows[i].used += 1 }
  }

  static func exceeded(_ window: String, after seconds: Int) -> SandboxProblem {
    var problem = SandboxProblem(
      429, "Too Many Requests", "rate limit exceeded for the \(window) window", code: "TOO_MANY_REQUESTS")
    problem.retryAfter = max(1, seconds)
    return problem
  }

  func headers(at now: Instant) -> [String: String] {
    [
      "RateLimit": windows.map { "\"\($0.name)\";r=\(max(0, $0.quota - $0.used));t=\($0.resets(now))" }
        .joined(separator: ", "),
      "RateLimit-Policy": windows.map { "\"\($0.name)\";q=\($0.quota);w=\($0.length)" }.joined(separator: ", "),
    ]
  }
}
