import Hummingbird
import Synchronization

/// How long requests took, by route: what Prometheus calls a histogram. Kept in memory; a restart begins anew, as Prometheus expects.
final class Meters: Sendable {
  /// Upper bounds, in seconds.
  static let bounds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]

  struct Series: Hashable, Sendable {
    var method: String
    /// The path as it is registered, without what stands in for its parts: there are only so many.
    var route: String
    /// `2xx` …
    var status: String
  }

  struct Histogram: Sendable {
    /// Of each bound, and beyond all; not added up.
    var counts = [Int](repeating: 0, count: Meters.bounds.count + 1)
    var seconds = 0.0
    var count: Int { counts.reduce(0, +) }
  }

  private let histograms = Mutex<[Series: Histogram]>([:])
  var all: [Series: Histogram] { histograms.withLock { $0 } }

  func took(_ seconds: Double, _ series: Series) {
    let bucket = Meters.bounds.firstIndex { seconds <= $0 } ?? Meters.bounds.count
    histograms.withLock {
      $0[series, default: Histogram()].counts[bucket] += 1
      $0[series]?.seconds += seconds
    }
  }

  /// Measures every request, what went wrong included.
  struct Watch: RouterMiddleware {
    let meters: Meters

    func handle(
      _ request: Request, context: LiveContext, next: (Request, LiveContext) async throws -> Response
    ) async throws -> Response {
      let began = ContinuousClock.now
      let response = try await next(request, context)
      let took = ContinuousClock.now - began
      let known = ["GET", "HEAD", "POST", "PUT", "DELETE"].contains(request.method.rawValue)
      meters.took(
        Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18,
        Series(
          method: known ? request.method.rawValue : "other", route: context.endpointPath ?? "none",
          status: "\(response.status.code / 100)xx"))
      return response
    }
  }
}
