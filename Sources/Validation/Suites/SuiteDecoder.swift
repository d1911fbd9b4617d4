import Scenarios
import Yams

/// From fields with places to a suite; every rule of the format is here.
enum SuiteDecoder {
  static func suite(_ root: YAMLField) throws(InputError) -> Suite {
    let record = try YAMLRecord(
      root, keys: ["version", "name", "title", "kind", "year", "answered_by", "rubric", "items"])
    try ScenarioReader.checkVersion(record)
    let name = try name(try record.require("name"))
    let kind: Suite.Kind = try record.require("kind").word([
      "scenarios": .scenarios, "questions": .questions, "voice": .voice,
    ])
    let title = try record["title"]?.string() ?? name
    let reviewed = try record.require("year", hint: "the year that the content was reviewed for")
    // A CSV of questions cannot say it; its JSON has a 0.
    let isUnsaid = kind == .questions && (try? reviewed.integer(in: 0...0)) != nil
    let year = isUnsaid ? 0 : try reviewed.integer(in: 1990...2100)
    let answeredBy = try answering(record, kind)
    let rubric = try rubric(record, kind)
    let field = try record.require("items")
    var items: [Suite.Item] = []
    let entries = try field.list("a list of items")
    // Before they are read: an alias of YAML is short, and what it stands for need not be.
    try checkCount(entries.count, field)
    var ids: Set<String> = []
    for entry in entries {
      items.append(try item(entry, kind))
      if let id = items.last?.id, !ids.insert(id).inserted { break }
    }
    try checkItems(items, field)
    return Suite(
      name: name, title: title, kind: kind, year: year, rubric: rubric, items: items, answeredBy: answeredBy)
  }

  private static func answering(_ record: YAMLRecord, _ kind: Suite.Kind) throws(InputError) -> Suite.Answering {
    guard let field = record["answered_by"] else { return .letter }
    guard kind == .questions else {
      throw field.error("answered_by is for questions", hint: "what is no question is answered freely")
    }
    return try field.word(["letter": .letter, "text": .text])
  }

  static func checkItems(_ items: [Suite.Item], _ field: YAMLField) throws(InputError) {
    guard !items.isEmpty else { throw field.error("items is empty") }
    try checkCount(items.count, field)
    var seen: [String: Int] = [:]
    for (i, item) in items.enumerated() {
      guard let first = seen.updateValue(i, forKey: item.id) else { continue }
      let here = try field.list()[i]
      throw here.error(
        "items[\(i)].id is \(item.id), as that of items[\(first)]", hint: "every item needs an id of its own")
    }
  }

  private static func checkCount(_ count: Int, _ field: YAMLField) throws(InputError) {
    guard count <= SuiteReader.mostItems else {
      throw field.error("items has \(count) entries; \(SuiteReader.mostItems) are the most")
    }
  }

  private static func name(_ field: YAMLField) throws(InputError) -> String {
    let text = try field.string()
    guard text.count <= 64, text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }) else {
      throw field.wrongType("a name of letters, digits and - _ . (at most 64)")
    }
    return text
  }

  private static func rubric(_ record: YAMLRecord, _ kind: Suite.Kind) throws(InputError) -> [Suite.Scale] {
    guard kind != .questions else {
      if let field = record["rubric"] {
        throw field.error("questions have no rubric", hint: "they have an answer each")
      }
      return []
    }
    let field = try record.require("rubric", hint: "the scales that answers are judged by")
    let scales = try field.list("a list of scales").map { entry throws(InputError) in try scale(entry) }
    let range = kind == .voice ? 5...15 : 1...15
    guard range.contains(scales.count) else {
      throw field.error(
        "rubric has \(scales.count) \(kind == .voice ? "characteristics" : "scales"), not \(range.lowerBound) to \(range.upperBound)"
      )
    }
    if let twice = scales.indices.first(where: { i in scales[..<i].contains { $0.id == scales[i].id } }) {
      throw try field.list()[twice].error("rubric[\(twice)].id is \(scales[twice].id), which another scale has")
    }
    return scales
  }

  private static func scale(_ field: YAMLField) throws(InputError) -> Suite.Scale {
    let record = try YAMLRecord(field, keys: ["id", "title", "question", "anchors"])
    let id = try name(try record.require("id"))
    var anchors: [Int: String] = [:]
    if let field = record["anchors"] {
      let scores = try YAMLRecord(field, keys: ["1", "2", "3", "4", "5"])
      for key in scores.keys { anchors[Int(key) ?? 0] = try scores[key]?.string() }
    }
    return Suite.Scale(
      id: id, title: try record["title"]?.string() ?? id,
      question: try record.require("question", hint: "what a judge asks of an answer").string(), anchors: anchors)
  }

  static func item(_ field: YAMLField, _ kind: Suite.Kind) throws(InputError) -> Suite.Item {
    let common = ["id", "category", "difficulty", "persona", "emotional_arc", "topic", "prompt"]
    let own = kind == .questions ? ["options", "answer", "why", "holds_for", "critical"] : ["expects"]
    let record = try YAMLRecord(field, keys: common + own)
    var item = Suite.Item(
      id: try name(try record.require("id")),
      prompt: try record.require("prompt").string().trimmingWhitespace)
    guard !item.prompt.isEmpty else { throw try record.require("prompt").wrongType("text") }
    // Voice prompts are of one kind; what else is examined is counted by both.
    let (category, difficulty) = (record["category"], record["difficulty"])
    if kind != .voice { _ = (try record.require("category"), try record.require("difficulty")) }
    item.category = try category?.string()
    item.difficulty = try difficulty?.word(["easy": .easy, "medium": .medium, "hard": .hard])
    item.persona = try record["persona"]?.string()
    item.emotionalArc = try record["emotional_arc"]?.string()
    item.topic = try record["topic"]?.string()
    if kind == .questions {
      try choices(record, &item)
    } else if let expects = record["expects"] {
      item.expects = try expects.list("a list of texts").map { entry throws(InputError) in try entry.string() }
    }
    return item
  }

  private static func choices(_ record: YAMLRecord, _ item: inout Suite.Item) throws(InputError) {
    let labels = ["A", "B", "C", "D", "E", "F"]
    let field = try record.require("options", hint: "write options: {A: …, B: …, C: …, D: …}")
    let options = try YAMLRecord(field, keys: labels)
    for label in labels {
      guard let field = options[label] else { continue }
      let text = try field.string()
      guard !text.trimmingWhitespace.isEmpty else { throw field.wrongType("text") }
      item.options.append(Suite.Option(label: label, text: text))
    }
    let known = item.options.map(\.label)
    guard known.count >= 2, known == Array(labels.prefix(known.count)) else {
      throw field.error("\(field.path) has \(known.joined(separator: ", ")), not A, B and so on without a gap")
    }
    if let twice = item.options.indices.first(where: { i in
      item.options[..<i].contains { $0.text == item.options[i].text }
    }) {
      let place = options[known[twice]] ?? field
      throw place.error("\(place.path) says the same as another option: there would be two right answers or none")
    }
    let answer = try record.require("answer", hint: "the label of the right option")
    let label = try answer.string()
    guard known.contains(label) else { throw answer.wrongType("one of \(known.joined(separator: ", "))") }
    item.answer = label
    item.why = try record["why"]?.string()
    item.holdsFor = try record["holds_for"]?.string()
    item.isCritical = try record["critical"]?.bool() ?? false
  }
}

extension String {
  var trimmingWhitespace: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
