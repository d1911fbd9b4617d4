import Glibc

/// Process time and wall time, in seconds.
struct Stopwatch {
  var cpu: Double
  var wall: Double

  static var now: Stopwatch {
    Stopwatch(cpu: seconds(CLOCK_PROCESS_CPUTIME_ID), wall: seconds(CLOCK_MONOTONIC))
  }

  static func - (a: Stopwatch, b: Stopwatch) -> Stopwatch { Stopwatch(cpu: a.cpu - b.cpu, wall: a.wall - b.wall) }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

/// One repetition: what was done, how long it took, and the means that prove it.
struct Report {
  var arguments: Arguments
  /// Counted by the model, identically in every engine; see workloads.md.
  var modelEvents: Double
  var elapsed: Stopwatch
  var check: [(String, Double)]
  var digest: String?

  /// The line of JSON.
  var line: String {
    var checks = check.map { "\"\($0.0)\":\(Report.digits($0.1))" }
    if let digest { checks.append("\"digest\":\"\(digest)\"") }
    let fields = [
      "\"engine\":\"lora-train\"", "\"workload\":\"\(arguments.workload.rawValue)\"", "\"c\":\(arguments.c)",
      "\"n\":\(arguments.n)", "\"model_events\":\(Int(modelEvents.rounded()))",
      "\"cpu_s\":\(Report.digits(elapsed.cpu))", "\"wall_s\":\(Report.digits(elapsed.wall))",
      "\"per_s\":\(Report.digits(Double(arguments.n) / elapsed.cpu))",
      "\"events_per_s\":\(Report.digits(modelEvents / elapsed.cpu))", "\"check\":{\(checks.joined(separator: ","))}",
    ]
    return "{\(fields.joined(separator: ","))}"
  }

  /// Seven significant digits.
  private static func digits(_ x: Double) -> String {
    guard x.isFinite, x != 0 else { return "0" }
    let scale = pow(10, 6 - log10(abs(x)).rounded(.down))
    return "\((x * scale).rounded() / scale)"
  }
}
