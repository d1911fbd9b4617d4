import DiscreteEvent
import Engine

/// Rules that a file sets, a scenario's and live mode's alike; what it leaves out stays as it is.
public struct PolicySettings: Hashable, Sendable {
  static let keys = [
    "max_interruptions", "then", "max_queued", "max_failed_recoveries", "after_failed_recoveries", "answer_deadline",
    "unanswered",
  ]
  static let provisioningKeys = ["retry_every", "give_up_after", "then"]

  public var maxInterruptions: Int32?
  public var afterInterruptions: Fallback?
  public var maxQueued: Int32?
  public var maxFailedRecoveries: Int32?
  public var afterRecoveries: Fallback?
  public var answerDeadline: Span?
  public var afterSilence: Fallback?
  public var provisioningRetryEvery: Span?
  public var provisioningGiveUpAfter: Span?
  public var afterProvisioning: Fallback?

  public init() {}

  /// Reads ``keys``.
  mutating func read(_ record: YAMLRecord) throws(InputError) {
    maxInterruptions = try PolicySettings.limit(record["max_interruptions"])
    maxQueued = try PolicySettings.limit(record["max_queued"])
    maxFailedRecoveries = try PolicySettings.limit(record["max_failed_recoveries"])
    afterInterruptions = try record["then"]?.word(ScenarioDecoder.fallbacks)
    afterRecoveries = try record["after_failed_recoveries"]?.word(ScenarioDecoder.fallbacks)
    if let field = record["answer_deadline"] { answerDeadline = Span(seconds: try field.duration()) }
    afterSilence = try record["unanswered"]?.word([
      "fail": .fail, "on_demand": .onDemand, "keep_trying": .keepTrying,
    ])
  }

  /// Reads ``provisioningKeys``.
  mutating func readProvisioning(_ record: YAMLRecord) throws(InputError) {
    if let field = record["retry_every"] { provisioningRetryEvery = Span(seconds: try field.positiveDuration()) }
    if let field = record["give_up_after"] { provisioningGiveUpAfter = Span(seconds: try field.duration()) }
    afterProvisioning = try record["then"]?.word(ScenarioDecoder.fallbacks)
  }

  /// These rules with what was read in them.
  public func applied(to policies: Policies) -> Policies {
    var own = policies
    own.maxInterruptions = maxInterruptions ?? own.maxInterruptions
    own.afterInterruptions = afterInterruptions ?? own.afterInterruptions
    own.maxQueued = maxQueued ?? own.maxQueued
    own.maxFailedRecoveries = maxFailedRecoveries ?? own.maxFailedRecoveries
    own.afterRecoveries = afterRecoveries ?? own.afterRecoveries
    own.answerDeadline = answerDeadline ?? own.answerDeadline
    own.afterSilence = afterSilence ?? own.afterSilence
    own.provisioningRetryEvery = provisioningRetryEvery ?? own.provisioningRetryEvery
    own.provisioningGiveUpAfter = provisioningGiveUpAfter ?? own.provisioningGiveUpAfter
    own.afterProvisioning = afterProvisioning ?? own.afterProvisioning
    return own
  }

  private static func limit(_ field: YAMLField?) throws(InputError) -> Int32? {
    guard let field else { return nil }
    if field.node.scalar?.string == "unlimited" { return .max }
    guard let number = NumberText.integer(try field.string("a whole number or unlimited")),
      (0..<Int(Int32.max)).contains(number)
    else { throw field.wrongType("a whole number from 0 up, or unlimited") }
    return Int32(number)
  }
}
