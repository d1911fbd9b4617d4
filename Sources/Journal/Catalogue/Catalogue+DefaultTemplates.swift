import Calibration
import Engine

/// Templates that come with the program (story 5.2.2): nobody's, so nobody changes them.
extension Catalogue {
  /// Whose they are said to be.
  public static let ownName = "lora-train"

  public static let defaultTemplates: [Template] = [
    template(
      "Quick Test", "Conservative preset, 1 epoch, minimal cost: does the file train at all?", ["test"],
      .conservative, epochs: 1),
    template(
      "Standard Production", "Balanced preset, 3 epochs, proven quality: what most jobs should start from",
      ["production"], .balanced, epochs: 3),
    template(
      "Maximum Quality", "Aggressive preset, 4 epochs, highest quality: for complex files, at the highest cost",
      ["high-quality"], .aggressive, epochs: 4),
  ]

  private static func template(_ name: String, _ purpose: String, _ tags: [String], _ preset: Preset, epochs: Int)
    -> Template
  {
    var configuration = JobConfiguration(preset: preset, pricing: .spot)
    configuration.epochs = epochs
    return Template(
      name: name, purpose: purpose, isShared: true, tags: tags, configuration: configuration, creator: ownName)
  }
}
