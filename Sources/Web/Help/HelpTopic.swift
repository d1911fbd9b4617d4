/// Something that a page says more about on request: in short, with figures that were measured or read somewhere.
struct HelpTopic: Sendable {
  struct Section: Sendable {
    var heading: String
    /// In the small part of Markdown that notes are written in.
    var text: String
  }

  /// Its place below `/dashboard/help/`.
  var slug: String
  var title: String
  /// In a sentence.
  var summary: String
  var sections: [Section]
  /// Slugs of what else helps.
  var related: [String]
  /// Where the figures are from.
  var sources: String

  static let all = [
    hyperparameters, memory, lossCurves, trainingFiles, estimates, costOptimization, spotInstances, checkpoints, budget,
    adapters,
  ]

  static func named(_ slug: String) -> HelpTopic? { all.first { $0.slug == slug } }
}
