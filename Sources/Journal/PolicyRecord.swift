import DiscreteEvent
import Engine

/// All parameters of the engine's policies as they stand in a journal: by name, in words, microseconds and nanodollars.
///
/// A limit that is not there is none.
struct PolicyRecord: Hashable, Codable {
  var maxConcurrent: Int32?
  var maxQueued: Int32?
  var provisioningRetryEvery: Int64
  var provisioningGiveUpAfter: Int64
  var afterProvisioning: String
  var maxInterruptions: Int32?
  var afterInterruptions: String
  var maxFailedRecoveries: Int32?
  var afterRecoveries: String
  var answerDeadline: Int64
  var afterSilence: String
  var budgetLimit: Int64?
  var budgetPeriod: String
  var progressDeadline: Int64?

  init(_ p: Policies) {
    func limit(_ n: Int32) -> Int32? { n == .max ? nil : n }
    func word(_ fallback: Fallback) -> String { EventNames.word(fallback, EventNames.fallback) }
    maxConcurrent = limit(p.maxConcurrent)
    maxQueued = limit(p.maxQueued)
    provisioningRetryEvery = p.provisioningRetryEvery.microseconds
    provisioningGiveUpAfter = p.provisioningGiveUpAfter.microseconds
    afterProvisioning = word(p.afterProvisioning)
    maxInterruptions = limit(p.maxInterruptions)
    afterInterruptions = word(p.afterInterruptions)
    maxFailedRecoveries = limit(p.maxFailedRecoveries)
    afterRecoveries = word(p.afterRecoveries)
    answerDeadline = p.answerDeadline.microseconds
    afterSilence = word(p.afterSilence)
    budgetLimit = p.budgetLimit
    budgetPeriod = EventNames.word(p.budgetPeriod, EventNames.period)
    progressDeadline = p.progressDeadline?.microseconds
  }

  /// - Throws: ``EventPayload/Fault`` where a word is none of ours.
  func policies() throws(EventPayload.Fault) -> Policies {
    func fallback(_ word: String) throws(EventPayload.Fault) -> Fallback {
      guard let found = EventNames.fallback.first(where: { $0.key == word }) else {
        throw EventPayload.Fault(problem: "'\(word)' is nothing that can be done")
      }
      return found.value
    }
    guard let period = EventNames.period.first(where: { $0.key == budgetPeriod }) else {
      throw EventPayload.Fault(problem: "'\(budgetPeriod)' is no budget period")
    }
    var p = Policies()
    p.maxConcurrent = maxConcurrent ?? .max
    p.maxQueued = maxQueued ?? .max
    p.provisioningRetryEvery = Span(microseconds: provisioningRetryEvery)
    p.provisioningGiveUpAfter = Span(microseconds: provisioningGiveUpAfter)
    p.afterProvisioning = try fallback(afterProvisioning)
    p.maxInterruptions = maxInterruptions ?? .max
    p.afterInterruptions = try fallback(afterInterruptions)
    p.maxFailedRecoveries = maxFailedRecoveries ?? .max
    p.afterRecoveries = try fallback(afterRecoveries)
    p.answerDeadline = Span(microseconds: answerDeadline)
    p.afterSilence = try fallback(afterSilence)
    p.budgetLimit = budgetLimit
    p.budgetPeriod = period.value
    p.progressDeadline = progressDeadline.map { Span(microseconds: $0) }
    return p
  }
}
