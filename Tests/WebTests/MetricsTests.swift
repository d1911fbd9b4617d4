import Engine
import Foundation
import Testing

@testable import Web

/// What a Prometheus reads.
@Suite struct MetricsTests {
  @Test func figuresAreThoseOfTheBudget() async throws {
    let office = try Office(limit: 250)
    _ = try await office.ask("POST", "/api/v1/jobs", Office.job("a job"))
    _ = try await office.ask("GET", "/api/v1/jobs/job-1")
    #expect(try await office.ask("GET", "/metrics", token: nil).status == 401)
    let answer = try await office.ask("GET", "/metrics")
    #expect(answer.headers[.contentType]?.hasPrefix("text/plain") == true)
    let lines = answer.text.split(separator: "\n").map(String.init)
    let budget = try await office.ask("GET", "/api/v1/budget").value(BudgetDocument.self)
    #expect(lines.contains("lora_train_budget_limit_usd 250") && budget.limit_usd == 250)
    #expect(lines.contains("lora_train_reserved_usd 40") && budget.reserved_usd == 40)
    #expect(lines.contains("lora_train_projected_month_usd{quantile=\"0.5\"} 60"))
    let jobs = lines.filter { $0.hasPrefix("lora_train_jobs{") }
    #expect(jobs.count == Phase.allCases.count)
    #expect(jobs.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }.reduce(0, +) == 1)
    #expect(
      lines.contains(
        #"lora_train_http_request_seconds_count{method="GET",route="/api/v1/jobs/{id}",status="2xx"} 1"#))
    // Every sample has its type said before it, and every bucket is at most the next.
    for line in lines where !line.hasPrefix("#") {
      let name = line.prefix { $0 != "{" && $0 != " " }
      let family = ["_bucket", "_sum", "_count"].reduce(String(name)) {
        $0.hasSuffix($1) ? String($0.dropLast($1.count)) : $0
      }
      #expect(lines.contains { $0.hasPrefix("# TYPE \(family) ") }, "\(line)")
    }
  }

  @Test func itIsReadyUntilItEnds() async throws {
    let office = try Office()
    #expect(try await office.ask("GET", "/ready", token: nil).status == 200)
    await office.runner.stop()
    #expect(try await office.ask("GET", "/ready", token: nil).status == 503)
    #expect(try await office.ask("GET", "/health", token: nil).status == 200)
  }
}
