import Engine
import Foundation
import Journal
import Planning
import Simulator

/// A simulation as people and as programs read it.
enum SimulationText {
  /// - Parameter seconds: how long it took; nil where it was not one run, and there is no rate.
  static func document(_ answer: Simulation, seconds: Double?) -> JSON {
    var metrics: [(String, JSON)] = []
    var failures: [(String, JSON)] = []
    for metric in answer.metrics {
      var fields: [(String, JSON)] = [("mean", .number(metric.mean)), ("half_width_95", .number(metric.halfWidth))]
      for (key, value) in metric.quantiles ?? [] { fields.append((key, .number(value))) }
      if metric.key.hasPrefix("p_failed.") {
        failures.append((String(metric.key.dropFirst("p_failed.".count)), .object(fields)))
      } else {
        metrics.append((metric.key, .object(fields)))
      }
    }
    metrics.append(("p_failed", .object(failures)))
    return .object([
      ("scenario", .string(answer.scenario)), ("seed", .unsigned(answer.seed)),
      ("replications", .integer(answer.replications)), ("jobs", .integer(answer.jobs)),
      ("events", .integer(answer.events)),
      ("events_per_s", seconds.map { .number((Double(answer.events) / $0).rounded()) } ?? .null),
      ("precision", answer.precision?.document ?? .null), ("digest", .string("\(answer.digest)")),
      ("metrics", .object(metrics)), ("budget_alerts", answer.budgetAlerts.map(ForecastText.alerts) ?? .null),
    ])
  }

  static func text(_ answer: Simulation) -> String {
    var lines = [
      PlainText.line(answer.scenario),
      "\(Words.group(answer.jobs)) jobs in \(Words.group(answer.replications)) "
        + "\(answer.replications == 1 ? "replication" : "replications"), seed \(answer.seed)"
        + (answer.precision.map { ", " + $0.words } ?? ""), "",
    ]
    var table = Table(header: ["of a job", "mean", "±", "p10", "p50", "p90", "p99"])
    for metric in answer.metrics {
      guard let quantiles = metric.quantiles else { continue }
      let show = format(metric.key)
      table.rows.append(
        [name(metric.key), show(metric.mean), show(metric.halfWidth)] + quantiles.map { show($0.1) })
    }
    lines.append(table.text)
    lines.append("")
    var others = Table(header: ["of the whole", "mean", "±"])
    for metric in answer.metrics
    where metric.quantiles == nil && !(metric.key.hasPrefix("p_failed.") && metric.mean == 0) {
      let show = format(metric.key)
      others.rows.append([name(metric.key), show(metric.mean), show(metric.halfWidth)])
    }
    lines.append(others.text)
    if let monthly = answer.monthly, monthly.count > 1, let limit = answer.budgetLimit {
      let budget = Double(limit) / 1e9
      lines += [
        "",
        "Spending by the end: half of the futures stay under \(Words.dollars(monthly.quantile(0.5))), "
          + "9 in 10 under \(Words.dollars(monthly.quantile(0.9))).",
        "The limit of \(Words.dollars(budget)) gates admission: "
          + "\(Words.chance(monthly.probability(above: budget), of: monthly.count)) to pass it all the same.",
      ]
      lines += ForecastText.alertLine("Budget alerts in the month", answer.budgetAlerts ?? [])
    }
    if answer.jobs == 0 { lines += ["", "No job came to an end: there is nothing to say of one."] }
    lines += ["", "digest \(answer.digest)"]
    return lines.joined(separator: "\n")
  }

  /// How a metric's figures are written.
  static func format(_ key: String) -> (Double) -> String {
    if key.hasSuffix("_s") { return Words.duration }
    if key.hasSuffix("_usd") { return Words.dollars }
    if key == "queue_length" || key == "interruptions" {
      return { $0.isFinite ? String(format: "%.2f", $0) : Words.nothing }
    }
    return Words.percent
  }

  static func name(_ key: String) -> String {
    switch key {
    case "wait_s": "waiting for a slot"
    case "duration_s": "slot to end"
    case "turnaround_s": "submission to end"
    case "billed_s": "time on the bill"
    case "cost_usd": "cost"
    case "interruptions": "interruptions"
    case "utilization": "slots in use"
    case "p_wait": "jobs that wait"
    case "queue_length": "jobs waiting"
    case "p_completed": "jobs that complete"
    case "p_blocked": "jobs refused"
    default: key.replacingOccurrences(of: "p_failed.", with: "jobs that fail: ")
    }
  }
}

extension Simulation {
  /// One JSON line for each event of the first replication.
  var traceText: String {
    var text = ""
    for (instant, event, ordinal) in trace {
      let line = JSON.object([
        ("at_s", .number(Double(instant.microseconds) / 1e6)),
        ("job", ordinal == .max ? .null : .integer(Int(JobOutcome.number(ordinal)))),
        ("event", .string("\(event.kind)")),
      ])
      text += line.text(pretty: false) + "\n"
    }
    return text
  }

  /// One row for each simulated job.
  var jobsText: String {
    var text =
      "replication,job,outcome,failure,submitted_s,wait_s,duration_s,turnaround_s,billed_s,cost_usd,interruptions,"
      + Account.allCases.map { "\($0.key)_usd" }.joined(separator: ",") + "\n"
    for job in outcomes {
      let admitted = job.admitted < .distantFuture
      let ended = job.ended < .distantFuture
      var cells = ["\(job.replication)", "\(job.number)", "\(job.phase)", job.failure.key]
      cells.append(JSON.digits(Double(job.submitted.microseconds) / 1e6))
      cells.append(admitted ? JSON.digits(job.wait.seconds) : "")
      cells.append(admitted && ended ? JSON.digits(job.duration.seconds) : "")
      cells.append(ended ? JSON.digits(job.turnaround.seconds) : "")
      cells.append(JSON.digits(job.billed.seconds))
      cells.append(JSON.digits(Double(job.costs.total) / 1e9))
      cells.append("\(job.interruptions)")
      cells += Account.allCases.map { JSON.digits(Double(job.costs[$0]) / 1e9) }
      text += cells.joined(separator: ",") + "\n"
    }
    return text
  }
}
