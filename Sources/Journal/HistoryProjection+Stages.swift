import DiscreteEvent
import Engine

extension HistoryProjection {
  mutating func beginStage(_ i: Int, _ job: Job, _ at: Instant) throws {
    guard let stage = job.phase.stage, let lease = tracks[i].lease else { return }
    tracks[i].stage = (stage, at)
    tracks[i].trained = at
    try sink?.run(
      "INSERT INTO stage_run (lease_id, stage, started_at, first_step) VALUES (?, ?, ?, ?)",
      [
        lease, EventNames.word(stage, EventNames.stage), at.microseconds,
        stage == .training ? Int64(job.durableStep) : nil,
      ])
  }

  mutating func endStage(_ i: Int, _ at: Instant, completed: Bool, steps: Int32) throws {
    guard let (stage, started) = tracks[i].stage, let lease = tracks[i].lease else { return }
    tracks[i].stage = nil
    let word = EventNames.word(stage, EventNames.stage)
    try sink?.run(
      "UPDATE stage_run SET ended_at = ?, completed = ? WHERE lease_id = ? AND stage = ? AND started_at = ?",
      [max(at, started).microseconds, completed ? 1 : 0, lease, word, started.microseconds])
    guard stage == .training, completed else { return }
    try sink?.run(
      "UPDATE stage_run SET last_step = ?, last_step_at = ? WHERE lease_id = ? AND stage = 'training'",
      [steps, at.microseconds, lease])
  }

  /// A worker that speaks as soon as its pod is granted has not booted: such a row says nothing of how long booting takes.
  mutating func dropEmptyBoot(_ i: Int) throws {
    guard let lease = tracks[i].lease else { return }
    try sink?.run("DELETE FROM stage_run WHERE lease_id = ? AND stage = 'boot' AND started_at = ended_at", [lease])
  }

  /// One event may stand for several checkpoints; when each of them was taken it does not say: they are spread evenly.
  mutating func save(
    _ i: Int, from durable: Int32, to step: Int32, _ through: Instant, _ blocked: Span, durable at: Instant
  ) throws {
    guard let lease = tracks[i].lease, step > durable else { return }
    let every = Int32(clamping: max(1, tracks[i].description.configuration.checkpointEvery))
    let count = max(1, Int64(step / every - durable / every))
    let from = tracks[i].trained
    let work = (through - from - blocked).microseconds
    let pause = blocked.microseconds / count
    for k in 1...count {
      let last = k == count
      let saved = last ? step : (durable / every + Int32(k)) * every
      let progress = Double(saved - durable) / Double(step - durable)
      let started =
        last ? through.microseconds - pause : from.microseconds + Int64(Double(work) * progress) + (k - 1) * pause
      try sink?.run(
        "INSERT OR IGNORE INTO checkpoint (job_id, lease_id, step, started_at, blocked_us, durable_at) VALUES (?, ?, ?, ?, ?, ?)",
        [
          tracks[i].description.id, lease, saved, started, pause,
          max(started, last ? at.microseconds : min(started + pause, at.microseconds)),
        ])
      try sink?.run("INSERT OR IGNORE INTO progress (lease_id, step, at) VALUES (?, ?, ?)", [lease, saved, started])
    }
    tracks[i].trained = through
    try sink?.run(
      "UPDATE stage_run SET last_step = max(coalesce(last_step, 0), ?), last_step_at = max(coalesce(last_step_at, 0), ?) "
        + "WHERE lease_id = ? AND stage = 'training'", [step, through.microseconds - pause, lease])
  }
}
