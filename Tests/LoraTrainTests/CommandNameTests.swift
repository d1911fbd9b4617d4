import ArgumentParser
import Testing

@testable import LoraTrain

/// The tree of all commands is built at every start. A name that has to be made from the type's own costs a tenth of a millisecond a
/// command, for it asks the runtime what the type conforms to: eight of the 70 ms that an estimate takes.
@Suite struct CommandNameTests {
  private func commands(below command: ParsableCommand.Type) -> [ParsableCommand.Type] {
    [command] + command.configuration.subcommands.flatMap(commands)
  }

  @Test func everyCommandSaysItsName() {
    let all = commands(below: LoraTrain.self)
    #expect(all.count > 60)
    for command in all { #expect(command.configuration.commandName != nil, "\(command)") }
  }
}
