import ArgumentParser

@main
struct LoraTrain: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lora-train", abstract: "Forecasts and runs fine-tuning.")
}
