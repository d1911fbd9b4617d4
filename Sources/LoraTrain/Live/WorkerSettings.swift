import Foundation
import Scenarios

/// JSON that is laid over the order of each job that trains: the model, for one.
enum WorkerSettings {
  /// A file's text, once it is known to be JSON.
  ///
  /// - Parameter hint: what to check where it is not.
  static func read(_ path: String, hint: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: path),
      (try? JSONSerialization.jsonObject(with: data)) != nil
    else { throw InputError(.noInput, file: path, "cannot be read as JSON", hint: hint) }
    return String(decoding: data, as: UTF8.self)
  }

  /// A worker's settings, with whom readers of its packages ask for help; nil stays nil: such a worker makes none.
  static func naming(_ support: String?, in settings: String?) -> String? {
    guard let support, let settings,
      var fields = (try? JSONSerialization.jsonObject(with: Data(settings.utf8))) as? [String: Any],
      fields["support"] == nil
    else { return settings }
    fields["support"] = support
    return (try? JSONSerialization.data(withJSONObject: fields, options: [.sortedKeys, .withoutEscapingSlashes]))
      .map { String(decoding: $0, as: UTF8.self) } ?? settings
  }
}
