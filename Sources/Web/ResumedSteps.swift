import Foundation
import Journal

/// A job that goes on from another's checkpoint counts on where that one stood: people, workers and metrics count so. The engine, and with it the
/// journal and what is recorded of leases and checkpoints, count what is left from 0.
extension JobDescription {
  /// What to add to the engine's steps.
  var firstStep: Int { Int(resumedFrom?.step ?? 0) }
}

extension Catalogue.JobRecord {
  /// The same with steps as people count them.
  func counting(on first: Int) -> Catalogue.JobRecord {
    guard first > 0 else { return self }
    var record = self
    for i in record.checkpoints.indices { record.checkpoints[i].step += first }
    for i in record.leases.indices {
      for k in record.leases[i].stages.indices {
        if let step = record.leases[i].stages[k].lastStep { record.leases[i].stages[k].lastStep = step + first }
      }
    }
    return record
  }
}

extension EventDocument {
  /// A saved checkpoint with its step as people count it.
  func counting(on first: Int) -> EventDocument {
    guard first > 0, event == "checkpointsSaved",
      var fields = (try? JSONSerialization.jsonObject(with: Data(details.utf8))) as? [String: Any],
      let step = (fields["step"] as? NSNumber)?.intValue
    else { return self }
    fields["step"] = step + first
    guard let data = try? JSONSerialization.data(withJSONObject: fields, options: [.sortedKeys]) else { return self }
    var event = self
    event.details = String(decoding: data, as: UTF8.self)
    return event
  }
}
