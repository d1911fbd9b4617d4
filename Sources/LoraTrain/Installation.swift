import ArgumentParser
import Foundation
import Scenarios

/// What belongs beside the program: the resources of its targets, each in a folder of their own.
///
/// The language's own way to them ends the process where they are missing, so whoever copied the program alone is told before.
enum Installation {
  static let resources = ["LocalPods", "Validation", "Worker"]

  /// Serving and evaluating need them; what only forecasts needs nothing but itself.
  static func isNeeded(by command: any ParsableCommand.Type) -> Bool {
    ([ServeCommand.self] + EvaluateCommand.configuration.subcommands).contains { $0 == command }
  }

  /// - Throws: `InputError` where a folder is missing.
  static func check(beside place: URL = Bundle.main.bundleURL) throws(InputError) {
    for name in resources {
      let path = place.appendingPathComponent("lora-train_\(name).resources").path
      guard FileManager.default.fileExists(atPath: path) else {
        throw InputError(
          .badConfiguration, file: path, "is missing: the program was copied without what belongs beside it",
          hint: "install it again, whole: make install")
      }
    }
  }
}
