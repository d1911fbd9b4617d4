import ArgumentParser
import Foundation
import Scenarios
import Web

/// Lists jobs, as the dashboard does: filters, order, pages.
struct JobListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists jobs, the newest first.",
    discussion: "EXAMPLE\n  lora-train job list --status failed --from 2026-11-01 --sort cost --csv")
  @OptionGroup var live: LiveOptions
  @Option(help: "active, queued, training, completed, failed, cancelled …") var status: String?
  @Option(help: "Only those of this person.") var creator: String?
  @Option(help: "Only those of this client.") var client: String?
  @Option(help: "Only those of this project.") var project: String?
  @Option(help: "Only those with this preset.") var preset: String?
  @Option(help: "Only those asked for on spot or on_demand.") var pricing: String?
  @Option(help: "Only those with this tag.") var tag: String?
  @Option(help: "Only those whose id, name, purpose, notes or tags hold this.") var search: String?
  @Option(help: ArgumentHelp("Submitted then or later.", valueName: "time")) var from: String?
  @Option(help: ArgumentHelp("Submitted before.", valueName: "time")) var until: String?
  @Option(help: ArgumentHelp("Cost at least so much.", valueName: "usd")) var costFrom: Double?
  @Option(help: ArgumentHelp("Cost at most so much.", valueName: "usd")) var costTo: Double?
  @Option(help: "Those that were hidden: only they, or all.") var hidden: String?
  @Option(help: "created, duration, cost, status or creator; the greatest first.") var sort: String?
  @Flag(help: "The least first.") var ascending = false
  @Option(help: "At most so many.") var limit = 100
  @Option(help: "After so many.") var offset = 0
  @Flag(help: "Comma-separated values.") var csv = false

  func run() async throws {
    let query: [(String, String?)] = [
      ("status", status), ("creator", creator), ("client", client), ("project", project), ("preset", preset),
      ("pricing", pricing), ("tag", tag), ("search", search), ("from", from), ("until", until),
      ("cost_from", costFrom.map { "\($0)" }), ("cost_to", costTo.map { "\($0)" }), ("sort", sort), ("hidden", hidden),
      ("order", ascending ? "ascending" : nil), ("limit", "\(min(1_000, max(1, limit)))"),
      ("offset", "\(max(0, offset))"),
    ]
    let text = query.compactMap { key, value in value.map { "\(key)=\(LiveClient.escaped($0))" } }
      .joined(separator: "&")
    let list: JobList = try await live.client.get("/api/v1/jobs?\(text)")
    if live.json { return try live.emit(list) }
    if csv { return StandardOutput.write(CSVText.jobs(list.jobs) + "\n") }
    print(JobText.table(list.jobs))
    guard list.total > 0 else { return }
    print(
      "\n\(Words.group(list.total)) job\(list.total == 1 ? "" : "s"), \(Words.dollars(list.total_cost_usd))"
        + (list.next_offset.map { "; the next page: --offset \($0)" } ?? ""))
  }
}

/// Who waits for a slot, and until when.
struct JobQueueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue", abstract: "Shows who waits for a slot, in order, and when each is likely to get it.",
    discussion: "EXAMPLE\n  lora-train job queue")
  @OptionGroup var live: LiveOptions

  func run() async throws {
    let queue: QueueDocument = try await live.client.get("/api/v1/queue")
    if live.json { return try live.emit(queue) }
    print("\(queue.slots_in_use) of \(queue.slots) slots are taken; \(queue.queue.count) wait.")
    guard !queue.queue.isEmpty else { return }
    var table = Table(header: ["", "job", "name", "preset", "by", "starts in", "8 in 10 between"])
    table.left = [1, 2, 3, 4]
    table.rows = queue.queue.map { place in
      [
        "\(place.position)", place.job.id, place.job.name, place.job.preset, place.job.creator ?? "",
        place.wait_s.map { Words.duration($0.p50) } ?? "not this month",
        place.wait_s.map { "\(Words.duration($0.p10)) – \(Words.duration($0.p90))" } ?? "",
      ]
    }
    print("\n" + table.text)
  }
}
