// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

/// Which configurations did best, and what went wrong (story 5.1.2): over all jobs that are over.
public struct AnalyticsDocument: Codable, Sendable {
  public struct PresetFigures: Codable, Sendable, Hashable {
    public var preset: String
    public var figures: JobFigures
    /// The least cost for each completed job, among those whose mean final loss is within 5 % of the least.
    public var is_best: Bool
  }

  /// One completed job: what it cost, and how good it is.
  public struct Dot: Codable, Sendable, Hashable {
    public var job: String
    public var name: String
    public var preset: String
    public var final_validation_loss: Double
    public var cost_usd: Double
    /// Far from the others in cost or loss: more than three times the middle half's width beyond it.
    public var is_outlier: Bool
  }

  /// Jobs that failed in one way.
  public struct FailureCount: Codable, Sendable, Hashable {
    public var failure: String
    public var jobs: Int
    /// Of those that failed.
    public var share: Double
  }

  /// A configuration that fails often.
  public struct Risk: Codable, Sendable, Hashable {
    public var rank: Int
    public var batch_size: Int
    /// That completed or failed.
    public var jobs: Int
    public var failed: Int
    public var out_of_memory: Int
    /// What is true of 19 in 20 such samples: the failure rate lies between.
    public var failure_rate_low95, failure_rate_high95: Double
    /// nil: too few jobs to advise against it.
    public var advice: String?
  }

  /// Spot pods in one hour of the day, UTC.
  public struct Hour: Codable, Sendable, Hashable {
    public var hour: Int
    public var interruptions: Int
    /// Hours for which spot pods were held in it.
    public var spot_hours: Double
    /// Interruptions for each of those hours; nil where none was held.
    public var per_hour: Double?
  }

  /// Attempts to get a pod in one hour of the day, UTC.
  public struct ProvisioningHour: Codable, Sendable, Hashable {
    public var hour: Int
    public var attempts: Int
    /// That brought no pod.
    public var failed: Int
    /// nil: nobody asked for one.
    public var failure_rate: Double?
    /// What is true of 19 in 20 such samples: the rate lies between.
    public var failure_rate_low95, failure_rate_high95: Double
  }

  /// Losses of pods, and what came of them.
  public struct Recoveries: Codable, Sendable, Hashable {
    /// Training went on on the next pod.
    public var recovered: Int
    /// The next pod was lost before that, or the job ended.
    public var failed: Int
    /// Of both; nil where there was none.
    public var success_rate: Double?
    /// From where work stopped to where training went on: the middle case.
    public var median_downtime_s: Double?
    /// Recovered ones that took so long at most.
    public var within_10_minutes: Int
  }

  /// Jobs that try others again, and are over.
  public struct Retries: Codable, Sendable, Hashable {
    public var jobs: Int
    public var completed: Int
    /// Of those that completed or failed.
    public var success_rate: Double?
    /// With a suggested fix, and how many of those completed.
    public var with_fix: Int
    public var with_fix_completed: Int
  }

  public var presets: [PresetFigures]
  /// The newest first; at most 1,000 of ``dots_in_all``.
  public var dots: [Dot]
  public var dots_in_all: Int
  public var months: [StatisticsDocument.Month]
  /// The most frequent first.
  public var failures: [FailureCount]
  /// Those with the highest sure failure rate first; at most 20.
  public var risks: [Risk]
  public var spot_jobs: Int
  public var on_demand_jobs: Int
  /// Of jobs that are over; nil: none is.
  public var spot_share: Double?
  public var hours: [Hour]
  public var provisioning: [ProvisioningHour]
  public var recoveries: Recoveries
  public var retries: Retries
  /// Spot jobs that completed, of those that completed or failed.
  public var spot_success_rate: Double?
}
