extension TrainingFileParser {
  /// What a pair must have.
  static let requiredFields = [
    "id", "turn_number", "system_prompt", "conversation_history", "current_user_input", "target_response",
  ]

  /// Reads a pair, and counts it if it is sound.
  mutating func pair(_ scanner: inout JSONScanner, _ number: Int, of conversation: Int) throws(Fault) {
    file.pairs += 1
    conversations[conversation].pairs += 1
    let kind = try scanner.kind()
    let start = scanner.at
    let (firstDefect, defectsBefore) = (file.defects.count, file.defectCount)
    guard kind == .object else {
      add(defect("training_pairs[\(number)]", "is \(kind.name), not an object", conversation: conversation), at: start)
      return try scanner.skip()
    }
    var (seen, id): (Set<String>, String?) = ([], nil)
    var (characters, messages, isNull) = (0, 0, false)
    try scanner.object { scanner, key, offset throws(Fault) in
      let kind = try scanner.kind()
      if !seen.insert(key).inserted {
        add(defect(key, "is there twice", conversation: conversation, pair: number), at: offset)
        return try scanner.skip()
      }
      switch key {
      case "id":
        id = try requiredText(&scanner, key, conversation: conversation, pair: number).map { scanner.string($0) }
      case "conversation_id":
        _ = try requiredText(&scanner, key, conversation: conversation, pair: number)
      case "target_response" where kind == .null:
        isNull = true
        try scanner.null()
      case "system_prompt", "current_user_input", "target_response":
        messages += 1
        characters += try requiredText(&scanner, key, conversation: conversation, pair: number)?.characters ?? 0
      case "conversation_history" where kind == .array:
        let history = try history(&scanner, conversation: conversation, pair: number)
        (messages, characters) = (messages + history.messages, characters + history.characters)
      case "training_metadata" where kind == .object: try trainingMetadata(&scanner)
      case "turn_number" where kind == .number, "emotional_context" where kind == .object: try scanner.skip()
      case "turn_number", "emotional_context", "training_metadata", "conversation_history":
        let wanted = ["turn_number": "a number", "conversation_history": "a list"][key] ?? "an object"
        add(defect(key, "is \(kind.name), not \(wanted)", conversation: conversation, pair: number), at: scanner.at)
        try scanner.skip()
      default: try scanner.skip()
      }
    }
    let required = file.format == .jsonl ? Self.requiredFields + ["conversation_id"] : Self.requiredFields
    for field in required where !seen.contains(field) {
      add(defect(field, "is missing", conversation: conversation, pair: number), at: start)
    }
    for i in file.defects.indices.dropFirst(firstDefect) { file.defects[i].pairID = id }
    if isNull { file.nullTargets += 1 }
    guard !isNull, file.defectCount == defectsBefore else { return }
    let tokens = TokenEstimate.tokens(characters: characters, messages: messages)
    file.pairsWithTarget += 1
    file.characters += characters
    file.tokens.append(tokens)
    conversations[conversation].tokens.append(tokens)
  }

  /// A string that must be there and not be empty; nil, and a defect, where it is not.
  mutating func requiredText(
    _ scanner: inout JSONScanner, _ field: String, conversation: Int, pair: Int? = nil
  ) throws(Fault) -> JSONScanner.Text? {
    let kind = try scanner.kind()
    let start = scanner.at
    guard kind == .string else {
      add(defect(field, "is \(kind.name), not a string", conversation: conversation, pair: pair), at: start)
      try scanner.skip()
      return nil
    }
    let text = try scanner.text()
    if text.characters == 0 {
      add(defect(field, "is an empty string", conversation: conversation, pair: pair), at: start)
      return nil
    }
    return text
  }

  private mutating func history(
    _ scanner: inout JSONScanner, conversation: Int, pair: Int
  ) throws(Fault) -> (messages: Int, characters: Int) {
    var (messages, characters) = (0, 0)
    try scanner.array { scanner, index throws(Fault) in
      let kind = try scanner.kind()
      let start = scanner.at
      let place = "conversation_history[\(index)]"
      guard kind == .object else {
        add(defect(place, "is \(kind.name), not an object", conversation: conversation, pair: pair), at: start)
        return try scanner.skip()
      }
      messages += 1
      var seen: Set<String> = []
      try scanner.object { scanner, key, _ throws(Fault) in
        guard key == "role" || key == "content" else { return try scanner.skip() }
        seen.insert(key)
        let text = try requiredText(&scanner, "\(place).\(key)", conversation: conversation, pair: pair)
        if key == "content" { characters += text?.characters ?? 0 }
      }
      for field in ["role", "content"] where !seen.contains(field) {
        add(defect("\(place).\(field)", "is missing", conversation: conversation, pair: pair), at: start)
      }
    }
    return (messages, characters)
  }

  private mutating func trainingMetadata(_ scanner: inout JSONScanner) throws(Fault) {
    try scanner.object { scanner, key, _ throws(Fault) in
      switch (key, try scanner.kind()) {
      case ("quality_score", .number): score(try scanner.number())
      case ("human_reviewed", .bool): if try scanner.bool() { file.humanReviewed += 1 }
      default: try scanner.skip()
      }
    }
  }
}
