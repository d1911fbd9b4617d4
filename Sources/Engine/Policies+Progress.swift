import DiscreteEvent

extension Controller {
  /// Whether a spot job has fallen behind the progress that its deadline asks for at this instant, and may go on on demand.
  ///
  /// Uniform progress: by a share x of the time to the deadline, a share x of the steps is to be durable (Wu, Chiang, Mao,
  /// Yang, Friedman, Shenker, Stoica: "Can't Be Late: Optimizing Spot Instance Savings under Deadlines", NSDI 2024). A job that lags goes
  /// on on demand; unlike there, it stays: what a switch back saves would be lost to another restart.
  mutating func lags(_ index: JobIndex, at now: Instant) -> Bool {
    guard let deadline = policies.progressDeadline else { return false }
    let job = fleet.jobs[index.int]
    let elapsed = (now - job.submitted).seconds
    guard Double(job.durableStep) * deadline.seconds < Double(job.spec.steps) * elapsed else { return false }
    return maySwitch(index, job, at: now)
  }
}
