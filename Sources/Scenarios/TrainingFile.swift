/// What a training file (`brightrun-lora-v4`, JSON or JSONL) holds: counts, lengths, quality, and what is wrong with it.
///
/// The content counts; where the file's own metadata disagree with it, ``warnings`` say so.
public struct TrainingFile: Sendable, Hashable {
  /// One document, or a pair a line.
  public enum Format: String, Sendable, Hashable { case json, jsonl }

  /// How often each name occurs among the conversations; an empty key counts as `unknown`.
  public typealias Counts = [String: Int]

  /// Scores of the pairs that have one.
  public struct Quality: Sendable, Hashable {
    public var scored = 0
    public var mean = 0.0
    public var least = 0.0
    public var greatest = 0.0
  }

  /// The 80/20 split by conversation: pairs of one conversation share their history, so they stay together.
  public struct Split: Sendable, Hashable {
    public var trainingConversations = 0
    public var validationConversations = 0
    /// Pairs with a target in the training conversations: what an epoch works through.
    public var trainingPairs = 0
    public var validationPairs = 0
    /// Estimated tokens of the training pairs: one epoch.
    public var trainingTokens = 0.0
  }

  /// The path, as it was given.
  public var path: String
  public var format: Format
  /// The name the file gives itself.
  public var name: String?
  public var conversations = 0
  /// All pairs, with and without a target.
  public var pairs = 0
  public var pairsWithTarget = 0
  /// Pairs whose target is null: history for the next one, not trained on.
  public var nullTargets = 0
  /// Unicode characters of the pairs with a target: prompt, history, input and target.
  public var characters = 0
  /// Estimated tokens of each pair with a target, ascending (``TokenEstimate``).
  public var tokens: [Double] = []
  public var personas: Counts = [:]
  public var emotionalArcs: Counts = [:]
  public var topics: Counts = [:]
  public var quality: Quality?
  public var humanReviewed = 0
  public var split = Split()
  /// The first of the defects, in the order of the file; ``defectCount`` counts all.
  public var defects: [TrainingFileDefect] = []
  public var defectCount = 0
  public var warnings: [String] = []

  /// Fewer conversations than this estimate with a warning; creating a job from them is refused.
  public static let fewestConversations = 50
  /// A file above this size (in bytes) is refused.
  public static let largestSize = 1_000_000_000

  init(path: String, format: Format) {
    self.path = path
    self.format = format
  }

  /// Whether a job may be created from it: no defect, and enough conversations.
  public var canCreateJob: Bool { defectCount == 0 && conversations >= Self.fewestConversations }

  /// The first defect as an error; nil where the file is sound.
  public var error: InputError? {
    defects.first.map { first in
      InputError(
        .badData, file: path, line: first.line, column: first.column,
        first.problem + (defectCount > 1 ? " (and \(defectCount - 1) more defects)" : ""),
        hint: "fix it in the conversation editor, and regenerate the training file")
    }
  }

  /// Estimated tokens a pair, over the pairs with a target.
  public var meanTokens: Double { tokens.isEmpty ? 0 : tokens.reduce(0, +) / Double(tokens.count) }

  /// The length that a share `p` of the pairs does not exceed (nearest rank).
  public func tokens(quantile p: Double) -> Double {
    guard !tokens.isEmpty else { return 0 }
    return tokens[max(0, min(tokens.count - 1, Int((p * Double(tokens.count)).rounded(.up)) - 1))]
  }

  /// Mean tokens a pair where everything beyond `length` is cut off.
  public func meanTokens(cutAt length: Int) -> Double {
    tokens.isEmpty ? 0 : tokens.reduce(0) { $0 + min($1, Double(length)) } / Double(tokens.count)
  }
}

/// Something in a training file that would fail the job: where, and what.
public struct TrainingFileDefect: Sendable, Hashable, CustomStringConvertible {
  public var line: Int
  public var column: Int
  /// From 1, in the order of the file.
  public var conversation: Int
  public var conversationID: String?
  /// From 1 within the conversation; nil: the conversation itself.
  public var pair: Int?
  public var pairID: String?
  /// The key, `conversation_history[2].content` for instance.
  public var field: String
  /// What is wrong with it: `is missing`, `is an empty string`, …
  public var fault: String
  public var persona: String?
  public var emotionalArc: String?
  public var topic: String?

  /// “Conversation #47 (ID: conv_abc123), pair #3 (ID: …): field 'target_response' is missing”
  public var problem: String {
    var text = "Conversation #\(conversation)"
    if let conversationID { text += " (ID: \(conversationID))" }
    if let pair { text += ", pair #\(pair)" }
    if let pairID { text += " (ID: \(pairID))" }
    return text + ": field '\(field)' \(fault)"
  }

  public var description: String { "\(line):\(column): \(problem)" }
}
