import ArgumentParser
import Foundation
import Scenarios

/// Which store a live command is about.
struct StoreOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The store; $LORA_TRAIN_STORE, else ~/.lora-train/store, without it.", valueName: "file"))
  var store: String?

  var path: String { store ?? StoreOptions.usual }

  /// Where the store is that nobody named.
  static var usual: String {
    let environment = ProcessInfo.processInfo.environment
    return environment["LORA_TRAIN_STORE"] ?? (environment["HOME"] ?? ".") + "/.lora-train/store"
  }
}
