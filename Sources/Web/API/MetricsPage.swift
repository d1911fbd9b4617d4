import DiscreteEvent
import Engine
import Foundation
import Hummingbird
import Live
import NIOCore

/// `GET /metrics`, in Prometheus' text format: jobs, pods, money, events, requests.
struct MetricsPage {
  let runner: LiveRunner
  let advice: WebServer.Advice
  let meters: Meters

  func add(to router: RouterGroup<LiveContext>) {
    router.get("metrics") { _, _ in
      let view = await runner.view
      var page = Exposition()
      MetricsPage.state(view, &page)
      let events = try await Reply.orUnavailable { try runner.catalogue.journalLength() }
      page.add("lora_train_journal_events_total", "counter", "Rows of the journal.", [([:], Double(events))])
      // A forecast that cannot be made is left out: no figure is better than a wrong one.
      if let month = try? await advice.forecast(view).month {
        page.add(
          "lora_train_projected_month_usd", "gauge", "What the month will come to.",
          [(["quantile": "0.1"], month.p10), (["quantile": "0.5"], month.p50), (["quantile": "0.9"], month.p90)])
      }
      page.addRequests(meters)
      return Response(
        status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: page.text)))
    }
  }

  private static func state(_ view: LiveView, _ page: inout Exposition) {
    var counts: [Phase: Int] = [:]
    var pods = 0
    for job in view.fleet.jobs {
      counts[job.phase, default: 0] += 1
      if job.lease.isOpen { pods += 1 }
    }
    // A status without jobs is 0, not missing.
    page.add(
      "lora_train_jobs", "gauge", "Jobs by status.",
      Phase.allCases.map { (["status": Wording.snake($0)], Double(counts[$0] ?? 0)) })
    page.add("lora_train_pods_running", "gauge", "Pods that are paid for now.", [([:], Double(pods))])
    page.add(
      "lora_train_slots", "gauge", "How many jobs may run at once.", [([:], Double(view.policies.maxConcurrent))])
    page.add("lora_train_slots_in_use", "gauge", "Jobs that hold a slot.", [([:], Double(view.fleet.slotsInUse))])
    page.add(
      "lora_train_spent_usd", "gauge", "Spent in the budget's period.",
      [([:], Wording.dollars(view.fleet.spent(at: view.at)))])
    page.add(
      "lora_train_reserved_usd", "gauge", "Set aside for jobs that are not over.",
      [([:], Wording.dollars(view.fleet.reserved(at: view.at)))])
    // Without a limit there is none: +Inf compares as it should.
    page.add(
      "lora_train_budget_limit_usd", "gauge", "The limit; +Inf without one.",
      [([:], view.fleet.budget.limit.map(Wording.dollars) ?? .infinity)])
    page.add(
      "lora_train_provider_answers", "gauge", "1: the provider has answered lately.",
      [([:], view.providerAnswers ? 1 : 0)])
    page.add(
      "lora_train_confirmed", "gauge", "0: this store is a copy that nobody confirmed.",
      [([:], view.isConfirmed ? 1 : 0)])
  }
}

/// Prometheus' text format.
struct Exposition {
  private(set) var text = ""

  mutating func add(_ name: String, _ type: String, _ help: String, _ samples: [([String: String], Double)]) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    for (labels, value) in samples { sample(name, labels, value) }
  }

  private mutating func sample(_ name: String, _ labels: [String: String], _ value: Double) {
    let inside = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }.joined(separator: ",")
    let number =
      value == .infinity ? "+Inf" : value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    text += "\(name)\(inside.isEmpty ? "" : "{\(inside)}") \(number)\n"
  }

  mutating func addRequests(_ meters: Meters) {
    let name = "lora_train_http_request_seconds"
    text += "# HELP \(name) How long requests took, by route.\n# TYPE \(name) histogram\n"
    let all = meters.all.sorted {
      ($0.key.route, $0.key.method, $0.key.status) < ($1.key.route, $1.key.method, $1.key.status)
    }
    for (series, histogram) in all {
      let labels = ["method": series.method, "route": series.route, "status": series.status]
      var sum = 0
      for (bound, count) in zip(Meters.bounds + [.infinity], histogram.counts) {
        sum += count
        sample(name + "_bucket", labels.merging(["le": bound == .infinity ? "+Inf" : "\(bound)"]) { $1 }, Double(sum))
      }
      sample(name + "_sum", labels, histogram.seconds)
      sample(name + "_count", labels, Double(histogram.count))
    }
  }
}
