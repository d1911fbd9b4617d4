/// What a model is examined with: questions to choose an answer for, scenarios or voice prompts to answer freely, and by which
/// scales free answers are judged.
public struct Suite: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
    /// Open answers, base and trained, scored on the rubric (stories 6.2).
    case scenarios
    /// Multiple choice (stories 6.3).
    case questions
    /// Open answers, scored on 5–15 characteristics of a voice (stories 6.4).
    case voice
  }

  /// How it is found which option of a question a model chooses.
  public enum Answering: String, Hashable, Sendable, Codable, CaseIterable {
    /// By the letter that is likeliest as the answer's first token. The options are shown, each once in each place.
    case letter
    /// By the option whose own text is likeliest after the question, a byte. No option is shown, so none has a place.
    case text
  }

  public enum Difficulty: String, Hashable, Sendable, Codable, CaseIterable { case easy, medium, hard }

  /// One scale of the rubric, from 1 to 5.
  public struct Scale: Hashable, Sendable {
    public var id: String
    public var title: String
    /// What a judge asks of an answer.
    public var question: String
    /// What some of the scores mean.
    public var anchors: [Int: String]
  }

  public struct Option: Hashable, Sendable {
    /// A, B, C …
    public var label: String
    public var text: String
  }

  public struct Item: Hashable, Sendable {
    public var id: String
    public var category: String?
    public var difficulty: Difficulty?
    public var persona: String?
    public var emotionalArc: String?
    public var topic: String?
    public var prompt: String
    /// What a good answer does, for the judge.
    public var expects: [String] = []
    public var options: [Option] = []
    /// The label of the right option.
    public var answer: String?
    public var why: String?
    /// The year that a rule holds for.
    public var holdsFor: String?
    /// Where nothing may be forgotten: regulations, compliance.
    public var isCritical = false

    /// What results are grouped by, where it is there.
    public func group(_ dimension: Dimension) -> String? {
      switch dimension {
      case .persona: persona
      case .emotionalArc: emotionalArc
      case .topic: topic
      case .category: category
      case .difficulty: difficulty?.rawValue
      }
    }
  }

  /// What results are broken down by.
  public enum Dimension: String, Hashable, Sendable, Codable, CaseIterable {
    case persona
    case emotionalArc = "emotional_arc"
    case topic, category, difficulty
  }

  public var name: String
  public var title: String
  public var kind: Kind
  /// The year that the content was reviewed for.
  public var year: Int
  public var rubric: [Scale]
  public var items: [Item]
  /// Of questions; what else there is is answered freely.
  public var answeredBy = Answering.letter

  public func item(_ id: String) -> Item? { items.first { $0.id == id } }

  /// How many items there are of each category, and of each difficulty.
  public var counts: (categories: [String: Int], difficulties: [Difficulty: Int]) {
    (
      Dictionary(items.compactMap { $0.category.map { ($0, 1) } }, uniquingKeysWith: +),
      Dictionary(items.compactMap { $0.difficulty.map { ($0, 1) } }, uniquingKeysWith: +)
    )
  }
}
