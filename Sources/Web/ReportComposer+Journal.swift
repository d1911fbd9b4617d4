// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import DiscreteEvent
import Engine
import Foundation
import Journal
import Live
import Reports

/// What the journal's rows say, and reports over several jobs.
extension ReportComposer {
  private struct Payload: Decodable {
    var hourly_rate: Int64?
    var step: Int?
    var billed_until: Int64?
  }

  /// Leases, checkpoints, interruptions and the counts of events.
  func recount(_ report: inout TrainingReport, _ index: JobIndex, _ job: Job, _ view: LiveView) throws {
    let first = view.descriptions[Int(index.rawValue)].firstStep
    var counts: [String: Int] = [:]
    var order: [String] = []
    var lease: (at: Instant, rate: Int64)?
    var pricing = job.spec.pricing
    var lastStep = Double(first)
    var hours: [String: (rate: Double, hours: Double)] = [:]
    func close(_ at: Instant) {
      guard let open = lease else { return }
      let name = pricing == .spot ? "on spot" : "on demand"
      let key = "\(name) \(open.rate)"
      let before = hours[key]?.hours ?? 0
      hours[key] = (Wording.dollars(open.rate), before + max(0, (at - open.at).seconds) / 3600)
      lease = nil
    }
    for entry in try JobEvents.read(path: storePath, job: index) {
      let words = Wording.snake(entry.kind).replacing("_", with: " ")
      if counts[words] == nil { order.append(words) }
      counts[words, default: 0] += 1
      let payload = try? JSONDecoder().decode(Payload.self, from: Data(entry.payload.utf8))
      switch entry.kind {
      case "podGranted":
        close(entry.at)
        lease = (entry.at, payload?.hourly_rate ?? 0)
      case "podGone": close(entry.at)
      case "switchedToOnDemand": pricing = .onDemand
      case "checkpointsSaved":
        let step = (payload?.step ?? 0) + first
        lastStep = Double(step)
        report.checkpoints.append(.init(step: step, at: Self.date(entry.at)))
      case "podInterrupted":
        report.interruptionSteps.append(lastStep)
        close(payload?.billed_until.map { Instant(microseconds: $0) } ?? entry.at)
      default: break
      }
    }
    close(view.at)
    report.events = order.map { ($0, counts[$0] ?? 0) }
    report.leases = hours.sorted { $0.key < $1.key }.map { key, value in
      (hours: value.hours, rate: value.rate, pricing: key.hasPrefix("on spot") ? "on spot" : "on demand")
    }
  }

  /// - Throws: ``Problem`` where a time cannot be read, the period is empty or the rate is unknown.
  func cost(_ view: LiveView, from: String?, until: String?) throws -> (CostReport, made: Date) {
    let now = Self.date(view.at) ?? Date()
    let last = try until.map(Self.time) ?? now
    let first = try from.map(Self.time) ?? last.addingTimeInterval(-30 * 86400)
    guard first < last else { throw Problem(.unprocessableContent, "the period ends before it begins") }
    guard let rates = advice.rates, rates.onDemand > 0 else {
      throw Problem(
        .conflict, "nobody has said what an hour on demand costs", hint: "serve with a history that has such jobs")
    }
    return (try Self.cost(view, onDemand: rates.onDemand, from: first, until: last), now)
  }

  /// Of the jobs that ended in a period; the same for the paper and for the budget's page.
  ///
  /// - Parameter onDemand: US dollars an hour.
  static func cost(_ view: LiveView, onDemand: Double, from first: Date, until last: Date) throws -> CostReport {
    let rate = Int64((onDemand * 1e9).rounded())
    var jobs: [CostReport.Job] = []
    var all = 0
    for (index, job) in view.fleet.jobs.enumerated() where job.phase.isTerminal {
      guard let ended = Self.date(job.ended), ended >= first, ended < last else { continue }
      let cost = job.cost(at: view.at)
      guard cost > 0 else { continue }
      all += 1
      guard job.spec.pricing == .spot else { continue }
      let overhead = Self.overhead(job, view)
      // The same hours without what interruptions added, at the other rate.
      let useful = job.billed.seconds / 3600 * (1 - Double(overhead) / Double(cost))
      let onDemand = Int64((useful * Double(rate)).rounded()) + max(0, job.costs.storage)
      let text = view.descriptions[index]
      jobs.append(
        .init(
          name: text.name, id: text.id, spot: cost, onDemand: onDemand, interruptions: Int(job.interruptions),
          overhead: overhead))
    }
    return try CostReport(
      jobs: jobs, allJobs: all, from: first, until: last,
      rateSource:
        "\(Money.text(rate)) an hour, as estimates have it; for the hours of each job without those its interruptions added"
    )
  }

  /// - Throws: ``Problem`` for unknown jobs, or fewer than two or more than four.
  func comparison(_ view: LiveView, of ids: [String]) async throws -> (RunComparison, made: Date) {
    (try await JobComparison(ids, view, curves, runner.catalogue).runs, Self.date(view.at) ?? Date())
  }

  /// A day, which begins at midnight UTC, or a time in ISO 8601.
  private static func time(_ text: String) throws -> Date {
    // A time first: it begins like a day.
    if let time = try? Date(text, strategy: .iso8601) { return time }
    if let day = try? Date(text, strategy: .iso8601.year().month().day()) { return day }
    throw Problem(.badRequest, "'\(text)' is no time", hint: "write 2026-11-01, or 2026-11-01T00:00:00Z")
  }
}
