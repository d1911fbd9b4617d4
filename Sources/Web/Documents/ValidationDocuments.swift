// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Validation

/// What is known of how good a job's model is, and whether it may be delivered.
public struct JobValidationDocument: Codable, Sendable {
  /// Somebody's word that it may go all the same.
  public struct Decision: Codable, Sendable {
    /// The verdict that was overridden.
    public var verdict: DeliveryGate.Verdict
    public var by: String
    public var at: String
    public var justification: String
  }

  public var job: String
  /// Of all parts together; nil: nothing was validated.
  public var gate: DeliveryGate?
  public var decision: Decision?
  /// Whether adapters and packages may be downloaded now.
  public var may_be_delivered: Bool
  /// What was ordered with the job.
  public var suites: [OrderedSuite]
  public var documents: [ValidationDocument]
}
