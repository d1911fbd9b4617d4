import DiscreteEvent

extension Controller {
  /// Whether a spot job has fallen behind the progress that its deadline asks for at this instant.
  ///
  /// Uniform progress: by a share x of the time to the deadline, a share x of the steps is to be durable (Wu, Chiang, Mao,
  /// Yang, Friedman, Shenker, Stoica: "Can't Be Late: Optimizing Spot Instance Savings under Deadlines", NSDI 2024). A job that lags goes
  /// on on demand; unlike there, it stays: what a switch back saves would be lost to another restart.
  func lags(_ job: Job, at now: Instant) -> Bool {
    guard let deadline = policies.progressDeadline, job.pricing == .spot else { return false }
    let elapsed = (now - job.submitted).seconds
    return Double(job.durableStep) * deadline.seconds < Double(job.spec.steps) * elapsed
  }
}
