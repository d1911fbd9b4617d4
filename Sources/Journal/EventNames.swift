import Engine

/// The words that stand in a journal for the engine's cases. They are the format: a case may be renamed in Swift, its word may not.
enum EventNames {
  static let pricing: KeyValuePairs<String, Pricing> = ["spot": .spot, "on_demand": .onDemand]
  static let stage: KeyValuePairs<String, Stage> = [
    "boot": .boot, "preprocessing": .preprocessing, "model_loading": .modelLoading, "restore": .restore,
    "training": .training, "finalization": .finalization,
  ]
  static let loss: KeyValuePairs<String, LossKind> = [
    "interrupted": .interrupted, "host_failure": .hostFailure, "lost": .lost,
  ]
  static let unavailability: KeyValuePairs<String, Unavailability> = [
    "no_capacity": .noCapacity, "timeout": .timeout, "region": .region, "error": .error,
    "balance": .balance, "quota": .quota, "key": .key,
  ]
  static let fallback: KeyValuePairs<String, Fallback> = [
    "ask": .ask, "fail": .fail, "on_demand": .onDemand, "keep_trying": .keepTrying,
  ]
  static let period: KeyValuePairs<String, BudgetPeriod> = [
    "calendar": .calendar, "rolling_30_days": .rolling30Days,
  ]
  static let question: KeyValuePairs<String, Question> = [
    "interruptions": .interruptions, "recoveries": .recoveries, "provisioning": .provisioning,
  ]
  static let refusal: KeyValuePairs<String, Refusal> = [
    "none": .none, "budget": .budget, "allocation": .allocation, "queue_full": .queueFull,
  ]
  static let failure: KeyValuePairs<String, Failure> = [
    "none": .none, "out_of_memory": .outOfMemory, "dataset_format": .datasetFormat, "timeout": .timeout,
    "provisioning": .provisioning, "recovery_exhausted": .recoveryExhausted, "worker_crash": .workerCrash,
    "cost_cap": .costCap, "other": .other,
  ]

  /// The word of a case; "?" cannot happen, a test goes through them all.
  static func word<Case: Equatable>(_ value: Case, _ names: KeyValuePairs<String, Case>) -> String {
    names.first { $0.value == value }?.key ?? "?"
  }
}
