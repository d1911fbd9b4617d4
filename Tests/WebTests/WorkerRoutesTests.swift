import Engine
import Foundation
import Journal
import Live
import Testing

@testable import Web

/// What workers say over the wire: signed by the pod they say they are, and heard only of a pod that works for us.
@Suite struct WorkerRoutesTests {
  private let keys = WorkerKeys(master: Data(repeating: 7, count: 32))

  private func say(
    _ office: Office, _ pod: PodName, _ path: String, _ json: String, signedAs signer: PodName? = nil, age: Double = 0
  ) async throws -> Office.Answer {
    let body = Data(json.utf8)
    let stamp = "\(Int(Date().timeIntervalSince1970 - age))"
    let signature = keys.signature(of: body, at: stamp, from: signer ?? pod)
    return try await office.ask(
      "POST", "/v1/reports/\(pod)\(path)", token: nil, bytes: body,
      headers: ["X-Lora-Timestamp": stamp, "X-Lora-Signature": signature])
  }

  @Test func metricsAreKeptOncePerStepAndMessagesOncePerNumber() async throws {
    let office = try Office(pods: .always)
    #expect(try await office.ask("POST", "/api/v1/jobs", Office.job("measured")).status == 201)
    let pod = PodName(store: "office", epoch: 1, request: 1)
    for (step, loss) in [(100, 0.5), (200, 0.4), (100, 0.45)] {
      let rows = #"{"event":"metrics","rows":[{"step":\#(step),"epoch":1,"training_loss":\#(loss)}]}"#
      #expect(try await say(office, pod, "/metrics", rows).status == 200)
    }
    for number in [7, 7, 8] {
      let warning =
        #"{"event":"warning","number":\#(number),"at":1795787374.5,"code":"plateau","message":"flat","step":200}"#
      #expect(try await say(office, pod, "/metrics", warning).status == 200)
    }
    let metrics = try await office.ask("GET", "/api/v1/jobs/1/metrics").value(MetricList.self).metrics
    #expect(metrics.map(\.step) == [100, 200] && metrics.map(\.training_loss) == [0.45, 0.4])
    let events = try await office.ask("GET", "/api/v1/jobs/1/events").value(EventList.self).events
    #expect(events.count { $0.event == "warning" } == 2)
    #expect(events.contains { $0.details == "plateau: step 200: flat" })
    // What is no metric is refused, and says so.
    #expect(try await say(office, pod, "/metrics", "[]").status == 400)
  }

  /// A worker that has gone wrong spoils no page, no export and no letter of its job.
  @Test func whatNothingCanMeasureIsNoNumber() async throws {
    let office = try Office(pods: .always)
    #expect(try await office.ask("POST", "/api/v1/jobs", Office.job("run away")).status == 201)
    let pod = PodName(store: "office", epoch: 1, request: 1)
    let rows = #"""
      {"event":"metrics","rows":[{"step":1,"validation_loss":2},{"step":2,"epoch":1e300,"elapsed_s":1e300,"training_loss":9,
      "validation_loss":1e14},{"step":9223372036854775807,"training_loss":1},{"step":-1,"training_loss":1}]}
      """#
    #expect(try await say(office, pod, "/metrics", rows).status == 200)
    let metrics = try await office.ask("GET", "/api/v1/jobs/1/metrics").value(MetricList.self).metrics
    #expect(metrics.map(\.step) == [1, 2] && metrics[1].training_loss == 9)
    #expect(metrics[1].epoch == nil && metrics[1].elapsed_s == nil && metrics[1].validation_loss == 1e14)
    for path in ["/api/v1/jobs/1/metrics.json", "/api/v1/jobs/1/metrics.zip", "/dashboard/training-jobs/job-1"] {
      #expect(try await office.ask("GET", path).status == 200, "\(path)")
    }
    // What stands in a store from before.
    var old = Catalogue.Metric(step: 3)
    (old.epoch, old.validation_loss) = (1e300, 1e300)
    try office.runner.catalogue.record([.init(job: JobIndex(0), metrics: [old], message: nil, at: .zero)])
    for path in ["/api/v1/jobs/1/metrics.json", "/dashboard/training-jobs/job-1"] {
      #expect(try await office.ask("GET", path).status == 200, "\(path)")
    }
  }

  @Test func nobodySpeaksForAnother() async throws {
    let office = try Office(pods: .always)
    #expect(try await office.ask("POST", "/api/v1/jobs", Office.job("measured")).status == 201)
    let pod = PodName(store: "office", epoch: 1, request: 1)
    let heartbeat = #"{"sequence":0,"event":"heartbeat"}"#
    for path in ["", "/metrics"] {
      let forged = try await say(office, pod, path, heartbeat, signedAs: PodName(store: "office", epoch: 1, request: 2))
      #expect(forged.status == 401)
      // Ours, with a clock that is off: it is told the time.
      #expect(try await say(office, pod, path, heartbeat, age: 4_000).status == 401)
    }
    #expect(try await office.ask("POST", "/v1/reports/\(pod)", token: nil, bytes: Data(heartbeat.utf8)).status == 401)
    #expect(try await say(office, PodName(store: "other", epoch: 1, request: 1), "", heartbeat).status == 404)
    // A pod that was never ours measures nothing for us.
    let late = PodName(store: "office", epoch: 1, request: 9)
    let rows = #"{"event":"metrics","rows":[{"step":1}]}"#
    #expect(try await say(office, late, "/metrics", rows).text.contains("leave"))
    #expect(try await office.ask("GET", "/api/v1/jobs/1/metrics").value(MetricList.self).metrics.isEmpty)
  }
}
