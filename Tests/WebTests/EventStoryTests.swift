import DiscreteEvent
import Engine
import Foundation
import Journal
import Testing

@testable import Web

/// A job's event log as story 2.1.3 has it: colours, payloads, search, pages, what is new.
@Suite struct EventStoryTests {
  private static let path = "training-jobs/job-1/events"

  private func event(_ kind: String, _ details: String = "{}") -> EventDocument {
    EventDocument(seq: 1, at: "2026-11-20T10:00:00Z", event: kind, details: details)
  }

  @Test func everyTypeHasItsColour() throws {
    let types = [
      "jobAdmitted": "status", "stageFinished": "status", "jobCompleted": "status", "checkpointsSaved": "metrics",
      "measured": "metrics", "warning": "warning", "podUnavailable": "warning", "error": "error",
      "podInterrupted": "error", "workerFailed": "error", "jobFailed": "error",
    ]
    for (kind, type) in types { #expect(EventLog.type(of: event(kind)).0 == type, "\(kind)") }
    let style = try #require(
      PageAssets.all.first { $0.name == "style.css" }.map { String(decoding: $0.body, as: UTF8.self) })
    // Blue, green, yellow, red: by name, and those names are such colours by day.
    for (type, tone) in [("status", "busy"), ("metrics", "good"), ("warning", "warn"), ("error", "bad")] {
      #expect(style.contains(".event.is-\(type) .badge { background: var(--\(tone)-soft); color: var(--\(tone)); }"))
      let value = try #require(style.firstMatch(of: try Regex<(Substring, Substring)>("--\(tone): #([0-9a-f]{6});")))
      let number = try #require(Int(value.output.1, radix: 16))
      let (red, green, blue) = (number >> 16, number >> 8 & 255, number & 255)
      switch tone {
      case "busy": #expect(blue > red && blue > green)
      case "good": #expect(green > red && green > blue)
      case "warn": #expect(red > blue && green > blue && red > 100)
      default: #expect(red > 2 * green && red > 2 * blue)
      }
    }
  }

  /// A job that was interrupted once, with what its worker said.
  private func office() async throws -> Office {
    let past = Past(span: .hours(3)) { days in
      try days.submit(Office.job("talkative"))
      try days.grant("a")
      try days.finish((.boot, .minutes(2)), (.preprocessing, .minutes(3)), (.modelLoading, .minutes(12)))
      try days.pass(.hours(1))
      try days.save(step: 40)
      try days.interrupt()
    }
    return try Office(limit: nil, after: past)
  }

  private func say(_ office: Office, _ number: Int, _ text: String) throws {
    let message = Catalogue.Message(
      kind: .warning, code: "gpu_low", message: text, at: 1_795_000_000_000_000 + Int64(number) * 1_000_000)
    try office.runner.catalogue.record([
      .init(job: JobIndex(0), metrics: [], message: (Int64(number), "pod", message), at: .distantPast)
    ])
  }

  @Test func rowsHaveTheirTypeAndTheirPayload() async throws {
    let page = try await office().page(Self.path)
    let rows = page.components(separatedBy: "<tr class=\"event ").dropFirst().map {
      $0.components(separatedBy: "</tr>")[0]
    }
    let saved = try #require(rows.first { $0.contains("Checkpoint saved at step 40") })
    #expect(saved.hasPrefix("is-metrics\"") && saved.contains("<span class=\"badge\">Metrics</span>"))
    // Formatted, and folded until it is asked for.
    #expect(saved.contains("<details class=\"fold\"") && !saved.contains("<details open"))
    let payload = try #require(saved.firstMatch(of: #/<pre>(?s:(.*?))<\/pre>/#)?.output.1)
      .replacing("&quot;", with: "\"")
    #expect(payload.contains(#/\n +"step" ?: 40/#), "\(payload)")
    #expect(JSONSerialization.isValidJSONObject(try JSONSerialization.jsonObject(with: Data(payload.utf8))))
    let lost = try #require(rows.first { $0.contains("Spot instance interrupted, initiating checkpoint recovery") })
    #expect(lost.hasPrefix("is-error\""))
    let heads = page.matches(of: #/<th scope="col">([^<]+)</#).map { String($0.output.1) }
    #expect(heads == ["Timestamp", "Event type", "Message", "Payload"])
  }

  @Test func messagesAndPayloadsAreSearched() async throws {
    let office = try await office()
    func rows(_ query: String) async throws -> Int {
      try await office.page("\(Self.path)?\(query)").components(separatedBy: "<tr class=\"event ").count - 1
    }
    let all = try await rows("")
    #expect(try await rows("search=CHECKPOINT+saved") == 1)
    // Only its payload has the stage's own name.
    let loading = try await rows("search=model_loading")
    #expect(loading >= 1 && loading < all)
    #expect(try await rows("search=nowhere+to+be+found") == 0)
    #expect(try await rows("search=interrupted&type=metrics") == 0)
  }

  @Test func fiftyStandOnAPageAndTheNewestFirst() async throws {
    let office = try await office()
    func messages(_ query: String) async throws -> [Substring] {
      try await office.page("\(Self.path)?\(query)")
        .matches(of: #/<td class="wide-name">gpu_low: (GPU utilization dropped to \d+%)</#).map { $0.output.1 }
    }
    for number in 1...60 { try say(office, number, "GPU utilization dropped to \(number)%") }
    let only = "type=warning"
    let first = try await messages(only)
    #expect(first.count == 50 && first.first == "GPU utilization dropped to 60%")
    #expect(first.last == "GPU utilization dropped to 11%")
    let page = try await office.page("\(Self.path)?\(only)")
    #expect(page.contains("1 to 50 of 60 events, the newest first") && page.contains(">Older</a>"))
    #expect(try await messages(only + "&page=2").count == 10)
    // What is said next stands on top of the same address: that is what the page asks for.
    #expect(page.contains("id=\"log\" data-live=\"15\" data-job=\"job-1\""))
    try say(office, 61, "GPU utilization dropped to 61%")
    #expect(try await messages(only).first == "GPU utilization dropped to 61%")
  }
}
