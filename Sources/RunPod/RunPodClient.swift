import DiscreteEvent
import Foundation
import Live
import Transport

/// Calls to RunPod: with the key, a deadline, and within the limits. Repeats nothing.
actor RunPodClient {
  /// Why there is no answer.
  enum Trouble: Error, Hashable, CustomStringConvertible {
    /// Certainly nothing reached RunPod.
    case notSent(String)
    /// It may have done all that was asked.
    case unanswered(String)

    var description: String {
      switch self {
      case .notSent(let why), .unanswered(let why): why
      }
    }
  }

  let settings: RunPodSettings
  let time: LiveTime
  private let http: HTTPClient
  private var budget = CallBudget()
  /// The server's clock less ours, in our machine's time, as its last answer had it.
  private(set) var skew: Span?

  init(_ settings: RunPodSettings, time: LiveTime, http: HTTPClient) {
    (self.settings, self.time, self.http) = (settings, time, http)
  }

  /// - Parameter path: below the address, with its query.
  /// - Throws: ``Trouble``; an answer of whatever status is an answer.
  func call(_ method: String, _ path: String, _ body: (any Encodable & Sendable)? = nil, _ urgency: CallBudget.Urgency)
    async throws(Trouble) -> HTTPClient.Answer
  {
    guard budget.admits(urgency, at: time.reading.monotonic) else {
      throw .notSent("\(method) /\(path.prefix { $0 != "?" }): RunPod's rate limit is used up; asked again later")
    }
    let answer: HTTPClient.Answer
    do {
      var headers = [("Authorization", "Bearer \(settings.key.value)"), ("Accept", "application/json")]
      if body != nil { headers.append(("Content-Type", "application/json")) }
      answer = try await http.send(
        HTTPClient.Call(
          method, settings.address + "/" + path, headers: headers, body: try body.map { try JSONEncoder().encode($0) },
          deadline: settings.deadline))
    } catch let failure as HTTPClient.Failure {
      throw failure.neverSent ? .notSent(failure.description) : .unanswered(failure.description)
    } catch {
      // Cancelled in mid-call, as far as anybody knows.
      throw .unanswered("\(method) was given up")
    }
    if let date = answer.headers["date"].flatMap(HTTPDate.instant) { skew = date - LiveTime.machine }
    if answer.status == 429 {
      let seconds = answer.headers["retry-after"].flatMap(Double.init).flatMap { $0.isFinite ? $0 : nil } ?? 60
      budget.hold(for: Span(seconds: min(max(seconds, 1), 3_600)), at: time.reading.monotonic)
    }
    return answer
  }

  /// One GraphQL operation: always 200, with what is wrong in `errors`.
  func graphQL<Value: Decodable & Sendable>(
    _ query: String, _ variables: [String: GraphQLValue] = [:], as type: Value.Type, _ urgency: CallBudget.Urgency
  ) async throws(Trouble) -> GraphQLAnswer<Value> {
    let answer = try await call("POST", "graphql", GraphQLQuery(query: query, variables: variables), urgency)
    guard answer.status == 200 else {
      return GraphQLAnswer(status: answer.status, document: ProblemDocument.read(answer))
    }
    guard let body = try? JSONDecoder().decode(GraphQLAnswer<Value>.Body.self, from: answer.body) else {
      throw .unanswered("POST /graphql: the answer is none that is understood")
    }
    return GraphQLAnswer(body)
  }
}

/// `Date` as HTTP writes it: `Fri, 27 Nov 2026 14:13:56 GMT`.
enum HTTPDate {
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  static func instant(_ text: String) -> Instant? {
    let words = text.split(separator: " ")
    guard words.count == 6, words[5] == "GMT", let day = Int32(words[1]), let year = Int32(words[3]),
      let month = months.firstIndex(of: String(words[2]))
    else { return nil }
    let clock = words[4].split(separator: ":").compactMap { Int32($0) }
    guard clock.count == 3, (1970...9999).contains(year), (1...31).contains(day), (0...23).contains(clock[0]),
      (0...59).contains(clock[1]), (0...60).contains(clock[2])
    else { return nil }
    var time = tm()
    (time.tm_mday, time.tm_mon, time.tm_year) = (day, Int32(month), year - 1_900)
    (time.tm_hour, time.tm_min, time.tm_sec) = (clock[0], clock[1], clock[2])
    return Instant(microseconds: Int64(timegm(&time)) * 1_000_000)
  }
}
