import Engine
import Foundation

/// Brings rows of older formats up to the one that this program writes, one step at a time. What is stored stays as it is.
///
/// | format | what changed |
/// |---|---|
/// | 1 | the first |
/// | 2 | `storeOpened` holds its policies in words; before, they stood as Swift's own numbers |
enum Upcaster {
  /// The format this program writes.
  static let format = 2

  /// The payload of a row as the newest format has it.
  ///
  /// - Throws: ``EventPayload/Fault`` where the format is none that this program knows, or the payload is none of that format.
  static func payload(_ row: JournalRow) throws(EventPayload.Fault) -> String {
    guard (1...format).contains(row.format) else {
      throw EventPayload.Fault(problem: "it has format \(row.format); this program reads formats 1 to \(format)")
    }
    return row.format < 2 && row.kind == JournalEntry.openingWord ? try openingFrom1(row.payload) : row.payload
  }

  private static func openingFrom1(_ payload: String) throws(EventPayload.Fault) -> String {
    func fault(_ what: String) -> EventPayload.Fault {
      EventPayload.Fault(problem: "its payload is not that of a storeOpened of format 1 (\(what))")
    }
    guard var opening = try? JSONSerialization.jsonObject(with: Data(payload.utf8)) as? [String: Any],
      var policies = opening["policies"] as? [String: Any]
    else { throw fault("policies") }
    for (key, value) in policies {
      switch key {
      case "afterProvisioning", "afterInterruptions", "afterRecoveries", "afterSilence":
        guard let raw = value as? UInt8, let fallback = Fallback(rawValue: raw) else { throw fault(key) }
        policies[key] = EventNames.word(fallback, EventNames.fallback)
      case "budgetPeriod":
        guard let raw = value as? UInt8, let period = BudgetPeriod(rawValue: raw) else { throw fault(key) }
        policies[key] = EventNames.word(period, EventNames.period)
      case "provisioningRetryEvery", "provisioningGiveUpAfter", "answerDeadline", "progressDeadline":
        guard let span = value as? [String: Any], let us = span["microseconds"] as? Int64 else { throw fault(key) }
        policies[key] = us
      case "maxConcurrent", "maxQueued", "maxInterruptions", "maxFailedRecoveries":
        guard let limit = value as? Int64 else { throw fault(key) }
        // "None" was the greatest number there is.
        policies[key] = limit == Int64(Int32.max) ? nil : limit
      default: break
      }
    }
    opening["policies"] = policies
    guard let data = try? JSONSerialization.data(withJSONObject: opening) else { throw fault("policies") }
    return String(decoding: data, as: UTF8.self)
  }
}
