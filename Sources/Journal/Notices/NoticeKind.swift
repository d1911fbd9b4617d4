/// What a person may be told of. The raw values are words of the interface, and stand in stores.
public enum NoticeKind: String, CaseIterable, Codable, Sendable {
  case jobQueued = "job_queued"
  case jobBlocked = "job_blocked"
  case waitingForGPU = "waiting_for_gpu"
  case started
  case interrupted
  case resumed
  case switchedToOnDemand = "switched_to_on_demand"
  case capReached = "cap_reached"
  /// A question that only a person can answer: the hour without a GPU, or too many interruptions.
  case decisionNeeded = "decision_needed"
  case completed, failed, cancelled
  /// 80, 100 or 120 per cent of a job's estimate.
  case estimateAlert = "estimate_alert"
  /// 80, 95 or 100 per cent of the budget.
  case budgetAlert = "budget_alert"
  /// What active jobs may still spend no longer fits the limit.
  case budgetAtRisk = "budget_at_risk"
  case limitChanged = "limit_changed"
  case approvalRequested = "approval_requested"
  case approvalDecided = "approval_decided"
  case downloaded, digest, test

  /// What concerns the team's money and not one job.
  public var concernsBudget: Bool {
    switch self {
    case .budgetAlert, .budgetAtRisk, .limitChanged, .approvalRequested, .approvalDecided: true
    default: false
    }
  }
}

/// A way to reach people.
public enum NoticeChannel: String, CaseIterable, Codable, Sendable {
  case email, slack, webhook
  /// In the dashboard, until it is seen.
  case banner
}
