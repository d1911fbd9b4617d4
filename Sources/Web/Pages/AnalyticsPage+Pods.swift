/// What the analytics say of pods that were not to be had, of recoveries, and of retries (stories 3.1.3, 3.2.1 and 3.3.1).
extension AnalyticsPage {
  /// Hours in which somebody asked, and the worst of them in words.
  static func attempts(_ hours: [AnalyticsDocument.ProvisioningHour]) -> ([AttemptRow], String) {
    let asked = hours.filter { $0.attempts > 0 }
    let (all, failed) = (asked.reduce(0) { $0 + $1.attempts }, asked.reduce(0) { $0 + $1.failed })
    let rows = asked.map { hour in
      AttemptRow(
        hour: String(format: "%02d:00", hour.hour), attempts: "\(hour.attempts)", failed: "\(hour.failed)",
        rate:
          "\(hour.failure_rate.map(Wording.per) ?? Wording.nothing) (\(Wording.per(hour.failure_rate_low95))–\(Wording.per(hour.failure_rate_high95)))"
      )
    }
    guard all > 0 else { return ([], "") }
    var text =
      "\(failed) of \(Wording.count(all, "attempt")) to get a GPU brought none (\(Wording.per(Double(failed) / Double(all))))."
    // Worse than the rest of the day beyond doubt, or nothing is said of it.
    let worse = asked.filter { $0.failure_rate_low95 > Double(failed) / Double(all) }
      .max { $0.failure_rate_low95 < $1.failure_rate_low95 }
    if let worse {
      text += String(
        format: " Most often in the hour from %02d:00 UTC: %d of %d.", worse.hour, worse.failed, worse.attempts)
    } else {
      text += " No hour of the day stands out."
    }
    return (rows, text)
  }

  static func facts(_ recoveries: AnalyticsDocument.Recoveries) -> [JobPage.Fact] {
    guard let rate = recoveries.success_rate else { return [] }
    let all = recoveries.recovered + recoveries.failed
    return [
      .init(
        label: "Recoveries that succeeded", value: "\(Wording.per(rate)) (\(recoveries.recovered) of \(all); goal: 95%)"
      ),
      .init(
        label: "Training goes on after",
        value: recoveries.median_downtime_s.map { "\(Wording.duration($0)), the middle case" } ?? Wording.nothing),
      .init(label: "Within 10 minutes", value: "\(recoveries.within_10_minutes) of \(recoveries.recovered)"),
    ]
  }

  static func facts(_ retries: AnalyticsDocument.Retries) -> [JobPage.Fact] {
    guard let rate = retries.success_rate else { return [] }
    return [
      .init(
        label: "Retried jobs that complete", value: "\(Wording.per(rate)) (\(retries.completed) of \(retries.jobs))"),
      .init(
        label: "With a suggested fix",
        value: retries.with_fix == 0 ? "none yet" : "\(retries.with_fix_completed) of \(retries.with_fix)"),
    ]
  }
}
