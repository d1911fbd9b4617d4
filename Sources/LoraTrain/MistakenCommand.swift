import ArgumentParser
import Scenarios

/// A command that is not there: the parser would say "unexpected argument", and not which one was probably meant.
struct MistakenCommand {
  private let word: String
  private let meant: String

  /// nil: every word names a command, or none is near.
  init?(_ arguments: [String]) {
    var command: any ParsableCommand.Type = LoraTrain.self
    for word in arguments {
      let names = command.configuration.subcommands.compactMap { $0.configuration.commandName }
      guard !word.hasPrefix("-"), !names.isEmpty, word != "help" else { return nil }
      if let next = command.configuration.subcommands.first(where: { $0.configuration.commandName == word }) {
        command = next
        continue
      }
      guard let meant = NearestName.of(word, in: names) else { return nil }
      (self.word, self.meant) = (word, meant)
      return
    }
    return nil
  }

  var error: ValidationError { ValidationError("There is no command '\(word)'. Did you mean '\(meant)'?") }
}
