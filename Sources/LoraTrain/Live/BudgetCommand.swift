import ArgumentParser
import Foundation
import Web

/// The monthly limit of the live system.
struct BudgetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "budget", abstract: "Shows what is spent and set aside this month, and sets the limit.",
    discussion: "EXAMPLE\n  lora-train budget set 500", subcommands: [Show.self, Set.self], defaultSubcommand: Show.self
  )

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows what is spent and set aside this month.", discussion: "EXAMPLE\n  lora-train budget show --json")
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let budget: BudgetDocument = try await LiveClient(store).get("/v1/budget")
      print(output.json ? try JobText.json(budget) : JobText.budget(budget))
    }
  }

  struct Set: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Sets the monthly limit, or takes it away; what runs goes on.",
      discussion: "EXAMPLE\n  lora-train budget set 500")
    @Argument(help: "US dollars, or none.") var limit: String
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
      var dollars: Double?
      if limit != "none" {
        guard let value = Double(limit), value >= 0, value < 1e9 else {
          throw ValidationError("the limit is a number of US dollars, or none, not '\(limit)'")
        }
        dollars = value
      }
      let budget: BudgetDocument = try await LiveClient(store).send("PUT", "/v1/budget", NewLimit(limit_usd: dollars))
      print(output.json ? try JobText.json(budget) : JobText.budget(budget))
    }
  }
}
