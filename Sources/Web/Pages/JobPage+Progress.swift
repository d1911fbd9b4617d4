import DiscreteEvent
import Engine
import Foundation
import Journal
import Live

extension JobPage.Progress {
  private static func done(_ job: JobDocument, _ metric: Catalogue.Metric?) -> Int {
    job.status == "completed" ? job.steps : min(job.steps, max(metric?.step ?? 0, job.durable_step))
  }

  static func percent(_ job: JobDocument, _ metric: Catalogue.Metric? = nil) -> String {
    "\(job.steps > 0 ? done(job, metric) * 100 / job.steps : 0)"
  }

  /// The same on the job's page, before it is cancelled, and where it is shared: pauses stand beside the time it took.
  init(
    _ job: JobDocument, _ held: Job, _ projection: ForecastDocument.Projection?, _ metric: Catalogue.Metric?,
    _ catalogue: Catalogue, at now: Instant
  ) throws {
    let done = JobPage.Progress.done(job, metric)
    percent = JobPage.Progress.percent(job, metric)
    (step, steps) = (Wording.group(done), Wording.group(job.steps))
    label =
      job.examines == nil
      ? "\(percent)% complete (Step \(step) of \(steps))"
      : job.status == "completed" ? "100% complete" : "Nothing is trained: it is done when the suites are answered"
    if job.examines != nil {
      (what, stages) = ("the examination", "Over all three stages")
      weights = "preprocessing 2, model loading 8, examination 90 per cent"
    }
    elapsed = job.duration_s.map(Wording.duration) ?? "not started"
    if held.admitted < .distantFuture {
      let span = try catalogue.paused(job.id, since: held.admitted, until: min(held.ended, now))
      if span > .zero {
        paused = Wording.duration(span.seconds)
        elapsed = Wording.duration(max(0, (job.duration_s ?? 0) - span.seconds))
      }
    }
    remaining = projection?.remaining_s.map {
      "\(Wording.duration($0.p50)), 8 in 10 between \(Wording.duration($0.p10)) and \(Wording.duration($0.p90))"
    }
    pace = projection?.remaining_s.map {
      "At current rate, job will complete in \(String(format: "%.1f", $0.p50 / 3600)) hours"
    }
    completion = projection?.remaining_s.flatMap {
      Wording.stamp(now + Span(microseconds: Int64(min($0.p50, 1e9) * 1e6)))
    }.flatMap(Moment.init)
    let epochs = job.configuration.epochs
    epoch = metric?.epoch.map { "\(Int(min(Double(epochs), max(1, $0.rounded(.up))))) of \(epochs)" }
  }
}
