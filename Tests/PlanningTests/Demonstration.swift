import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Planning

/// The demonstration history of the repository, and what the tests plan with.
enum Demonstration {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func history(asOf: Instant? = nil) throws -> History {
    try HistoryReader.read(path: root.appendingPathComponent("calibration/history.sqlite").path, asOf: asOf)
  }

  static var policies: Policies {
    var policies = Policies()
    policies.maxInterruptions = 3
    policies.afterInterruptions = .onDemand
    policies.afterProvisioning = .keepTrying
    return policies
  }

  /// Draws of the model fitted to a history.
  @Sendable static func worlds(_ history: History) throws -> [WorldParameters] {
    let model = Model.fit(history: history, priors: try Priors.shipped())
    return (0..<ModelSource.draws).map { model.draw($0, of: ModelSource.draws, seed: 1) }
  }

  static var measures: Bool { ProcessInfo.processInfo.environment["MEASURE"] == "1" }
}

extension History {
  /// The history with these jobs alone, in this order; indices between rows are kept right.
  func only(jobs kept: [Int]) -> History {
    var result = History(source: source)
    result.observations = observations
    var place: [Int: Int] = [:]
    for j in kept {
      var job = jobs[j]
      (job.requests, job.leases) = ([], [])
      place[j] = result.jobs.count
      result.jobs.append(job)
    }
    for request in requests {
      guard let j = place[request.job] else { continue }
      var request = request
      request.job = j
      result.jobs[j].requests.append(result.requests.count)
      result.requests.append(request)
    }
    for lease in leases {
      guard let j = place[lease.job] else { continue }
      var lease = lease
      lease.job = j
      result.jobs[j].leases.append(result.leases.count)
      result.leases.append(lease)
    }
    return result
  }
}
