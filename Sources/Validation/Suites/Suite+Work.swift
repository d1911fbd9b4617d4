extension Suite {
  /// Tokens that an open answer may have: the worker's own limit (`max_new_tokens`).
  public static let longestAnswer = 400

  /// Forward passes of a model that it takes to answer all of it once with the base and once with the trained model: one for each order in
  /// which a question's options are shown (by text: one for the question, and one for each option after it), and one for each token of an open
  /// answer, as if every answer were as long as it may be.
  public var passes: Int {
    guard kind == .questions else { return 2 * items.count * Suite.longestAnswer }
    return 2 * items.reduce(0) { $0 + max(1, $1.options.count) + (answeredBy == .text ? 1 : 0) }
  }
}
