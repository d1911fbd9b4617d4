// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

/// What is known of a notice when it is made: everything that its wording needs, so that a letter says the same whenever it leaves. Money in
/// US dollars, spans in seconds, times in ISO 8601.
public struct NoticeFacts: Codable, Hashable, Sendable {
  /// From a low value to a high one.
  public struct Range: Codable, Hashable, Sendable {
    public var low, high: Double
    public init(low: Double, high: Double) { (self.low, self.high) = (low, high) }
  }

  public var job: String?
  public var job_name: String?
  public var client: String?
  /// The job whose model it examines, and what people call that one: nothing is trained.
  public var examines: String?
  public var examined_name: String?
  public var configuration: String?
  public var pricing: String?
  public var gpu: String?
  public var step: Int?
  public var steps: Int?
  public var interruptions: Int?
  /// From the slot to the end, or up to now.
  public var duration_s: Double?
  public var remaining_s: Double?
  /// How long a pod was waited for.
  public var wait_s: Double?
  public var cost_usd: Double?
  public var estimate_usd: Double?
  public var training_loss: Double?
  /// Per cent, of the first measured one.
  public var perplexity_improvement: Double?
  public var failure: String?
  public var error_message: String?
  public var fixes: [String]?
  public var refusal: String?
  public var question: String?
  public var deadline: String?
  /// Whether there was a pod that was let go.
  public var had_pod: Bool?
  /// Per cent.
  public var threshold: Int?
  public var spent_usd: Double?
  public var limit_usd: Double?
  public var old_limit_usd: Double?
  public var active_jobs: Int?
  public var active_remaining_usd: Range?
  public var month_end_usd: Range?
  public var person: String?
  public var justification: String?
  public var approval: Int?
  public var is_approved: Bool?
  public var remark: String?
  public var spent_today_usd: Double?
  /// Lines of a digest.
  public var items: [String]?

  public init() {}
}
