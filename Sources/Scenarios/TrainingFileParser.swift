/// One pass over a training file: counts what is there, and collects what is wrong with it.
struct TrainingFileParser {
  typealias Fault = JSONScanner.Fault

  /// What a conversation is about; nil or empty: unknown.
  struct Scaffolding {
    var persona: String?
    var arc: String?
    var topic: String?
  }

  var file: TrainingFile
  var conversations: [TrainingFile.Conversation] = []
  var scaffoldings: [Scaffolding] = []
  /// The byte of each of the file's defects.
  var offsets: [Int] = []
  /// What the file says of itself.
  var statedConversations: Double?
  var statedPairs: Double?
  var statedTurns = 0.0
  var statedReviewed: Double?
  private var scores = 0.0

  static let mostDefects = 100

  init(path: String, format: TrainingFile.Format) { file = TrainingFile(path: path, format: format) }

  mutating func parseJSON(_ scanner: JSONScanner) throws(Fault) {
    var scanner = scanner
    guard try scanner.kind() == .object else {
      throw Fault(offset: scanner.at, problem: "the training file is not an object", isMalformed: false)
    }
    let start = scanner.at
    var hasConversations = false
    try scanner.object { scanner, key, offset throws(Fault) in
      switch key {
      case "training_file_metadata": try metadata(&scanner)
      case "conversations":
        guard try scanner.kind() == .array, !hasConversations else {
          throw Fault(offset: offset, problem: "conversations is not one list", isMalformed: false)
        }
        hasConversations = true
        try scanner.array { scanner, _ throws(Fault) in try conversation(&scanner) }
      default: try scanner.skip()
      }
    }
    scanner.skipBlanks()
    if scanner.at < scanner.end { throw scanner.fault("there is more after the end: \(scanner.found)") }
    if !hasConversations {
      throw Fault(offset: start, problem: "the file lacks conversations", isMalformed: false)
    }
  }

  /// `training_file_metadata`, or the `_meta` of JSONL.
  mutating func metadata(_ scanner: inout JSONScanner) throws(Fault) {
    guard try scanner.kind() == .object else { return try scanner.skip() }
    try scanner.object { scanner, key, _ throws(Fault) in
      let kind = try scanner.kind()
      switch (key, kind) {
      case ("file_name", .string): file.name = scanner.string(try scanner.text())
      case ("total_conversations", .number): statedConversations = try scanner.number()
      case ("total_training_pairs", .number), ("total_pairs", .number): statedPairs = try scanner.number()
      case ("version", .string):
        let version = scanner.string(try scanner.text())
        if !version.hasPrefix("4.") { file.warnings.append("the file has version \(version); 4 is what is known here") }
      case ("format_spec", .string):
        let format = scanner.string(try scanner.text())
        if format != "brightrun-lora-v4" {
          file.warnings.append("the file has format \(format); brightrun-lora-v4 is what is known here")
        }
      case ("quality_summary", .object):
        try scanner.object { scanner, key, _ throws(Fault) in
          let isCount = try scanner.kind() == .number && key == "human_reviewed_count"
          if isCount { statedReviewed = try scanner.number() } else { try scanner.skip() }
        }
      default: try scanner.skip()
      }
    }
  }

  private mutating func conversation(_ scanner: inout JSONScanner) throws(Fault) {
    let index = conversations.count
    conversations.append(TrainingFile.Conversation(id: ""))
    scaffoldings.append(Scaffolding())
    let firstDefect = file.defects.count
    let kind = try scanner.kind()
    let start = scanner.at
    guard kind == .object else {
      add(defect("conversation", "is \(kind.name), not an object", conversation: index), at: start)
      return try scanner.skip()
    }
    var (id, hasMetadata, hasPairs): (String?, Bool, Bool) = (nil, false, false)
    try scanner.object { scanner, key, offset throws(Fault) in
      let kind = try scanner.kind()
      switch (key, kind) {
      case ("conversation_metadata", .object):
        hasMetadata = true
        id = try conversationMetadata(&scanner, of: index)
      case ("training_pairs", .array):
        hasPairs = true
        try scanner.array { scanner, number throws(Fault) in try pair(&scanner, number, of: index) }
      case ("conversation_metadata", _), ("training_pairs", _):
        (hasMetadata, hasPairs) = (hasMetadata || key.hasPrefix("c"), hasPairs || key.hasPrefix("t"))
        let wanted = key == "training_pairs" ? "a list" : "an object"
        add(defect(key, "is \(kind.name), not \(wanted)", conversation: index), at: offset)
        try scanner.skip()
      default: try scanner.skip()
      }
    }
    if !hasMetadata { add(defect("conversation_metadata", "is missing", conversation: index), at: start) }
    if !hasPairs { add(defect("training_pairs", "is missing", conversation: index), at: start) }
    conversations[index].id = id ?? "#\(index + 1)"
    describe(from: firstDefect, id: id, scaffoldings[index])
  }

  private mutating func conversationMetadata(_ scanner: inout JSONScanner, of index: Int) throws(Fault) -> String? {
    let start = scanner.at
    var (id, seen): (String?, Bool) = (nil, false)
    var (turns, scaffolding) = (0.0, Scaffolding())
    try scanner.object { scanner, key, offset throws(Fault) in
      let kind = try scanner.kind()
      switch (key, kind) {
      case ("conversation_id", _):
        seen = true
        let text = try requiredText(&scanner, "conversation_metadata.conversation_id", conversation: index)
        id = text.map { scanner.string($0) }
      case ("total_turns", .number): turns = try scanner.number()
      case ("scaffolding", .object): scaffolding = try Self.scaffolding(&scanner)
      case ("scaffolding", _), ("total_turns", _):
        let wanted = key == "scaffolding" ? "an object" : "a number"
        add(defect("conversation_metadata.\(key)", "is \(kind.name), not \(wanted)", conversation: index), at: offset)
        try scanner.skip()
      default: try scanner.skip()
      }
    }
    statedTurns += turns
    scaffoldings[index] = scaffolding
    if !seen { add(defect("conversation_metadata.conversation_id", "is missing", conversation: index), at: start) }
    return id
  }

  /// Persona, arc and topic of an object: a conversation's scaffolding, or the metadata of a JSONL pair.
  static func scaffolding(_ scanner: inout JSONScanner) throws(Fault) -> Scaffolding {
    var result = Scaffolding()
    try scanner.object { scanner, key, _ throws(Fault) in
      guard try scanner.kind() == .string else { return try scanner.skip() }
      let text = try scanner.text()
      switch key {
      case "persona_key", "persona_archetype": result.persona = scanner.string(text)
      case "emotional_arc_key": result.arc = scanner.string(text)
      case "training_topic_key": result.topic = scanner.string(text)
      default: break
      }
    }
    return result
  }

  // MARK: Defects

  func defect(_ field: String, _ fault: String, conversation: Int, pair: Int? = nil) -> TrainingFileDefect {
    TrainingFileDefect(
      line: 0, column: 0, conversation: conversation + 1, conversationID: nil, pair: pair.map { $0 + 1 }, pairID: nil,
      field: field, fault: fault)
  }

  mutating func add(_ defect: TrainingFileDefect, at offset: Int) {
    file.defectCount += 1
    guard file.defects.count < Self.mostDefects else { return }
    file.defects.append(defect)
    offsets.append(offset)
  }

  mutating func describe(from first: Int, id: String?, _ scaffolding: Scaffolding) {
    for i in file.defects.indices.dropFirst(first) {
      file.defects[i].conversationID = id
      file.defects[i].persona = scaffolding.persona
      file.defects[i].emotionalArc = scaffolding.arc
      file.defects[i].topic = scaffolding.topic
    }
  }

  mutating func score(_ score: Double) {
    guard score.isFinite else { return }
    var quality = file.quality ?? TrainingFile.Quality(scored: 0, mean: 0, least: score, greatest: score)
    quality.scored += 1
    quality.least = min(quality.least, score)
    quality.greatest = max(quality.greatest, score)
    scores += score
    quality.mean = scores / Double(quality.scored)
    file.quality = quality
  }
}
