/// What is known once everything has been read.
extension TrainingFileParser {
  /// The file's value once everything has been read.
  func finished(_ scanner: JSONScanner) -> TrainingFile {
    var file = file
    file.conversations = conversations.count
    file.tokens.sort()
    file.split = TrainingFile.split(conversations)
    for scaffolding in scaffoldings {
      func name(_ key: String?) -> String { key.flatMap { $0.isEmpty ? nil : $0 } ?? "unknown" }
      file.personas[name(scaffolding.persona), default: 0] += 1
      file.emotionalArcs[name(scaffolding.arc), default: 0] += 1
      file.topics[name(scaffolding.topic), default: 0] += 1
    }
    let order = offsets.indices.sorted { offsets[$0] == offsets[$1] ? $0 < $1 : offsets[$0] < offsets[$1] }
    let places = scanner.places(of: order.map { offsets[$0] })
    file.defects = zip(order, places).map { index, place in
      var defect = file.defects[index]
      (defect.line, defect.column) = place
      return defect
    }
    file.warnings += warnings(of: file)
    return file
  }

  private func warnings(of file: TrainingFile) -> [String] {
    var warnings: [String] = []
    func compare(_ stated: Double?, _ counted: Int, _ what: String) {
      guard let stated, stated != Double(counted) else { return }
      let said = stated == stated.rounded() && abs(stated) < 1e15 ? String(Int(stated)) : String(stated)
      warnings.append("the metadata say \(said) \(what), the content has \(counted): the content counts")
    }
    compare(statedConversations, file.conversations, "conversations")
    compare(statedPairs, file.pairs, "training pairs")
    compare(statedReviewed, file.humanReviewed, "pairs reviewed by a person")
    if file.format == .json, statedTurns > 0 { compare(statedTurns, file.pairs, "turns") }
    if file.conversations < TrainingFile.fewestConversations {
      warnings.append(
        "\(file.conversations) conversations are fewer than \(TrainingFile.fewestConversations): this is enough for an "
          + "estimate, but no job can be created from it")
    }
    if file.pairsWithTarget == 0 { warnings.append("no pair has a target, so there is nothing to train on") }
    let ids = Set(conversations.map(\.id))
    if ids.count < conversations.count {
      warnings.append("\(conversations.count - ids.count) conversations have the id of another one")
    }
    return warnings
  }
}
