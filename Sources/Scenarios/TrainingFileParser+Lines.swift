/// JSONL: one pair a line.
extension TrainingFileParser {
  mutating func parseLines(_ scanner: JSONScanner) throws(Fault) {
    var index: [String: Int] = [:]
    var at = scanner.at
    while at < scanner.end {
      let lineEnd = scanner.bytes[at...].firstIndex(of: UInt8(ascii: "\n")) ?? scanner.end
      var line = JSONScanner(scanner.bytes, from: at, to: lineEnd)
      if at == scanner.at { line.at = scanner.at }
      at = lineEnd + 1
      line.skipBlanks()
      if line.at == line.end { continue }
      guard try line.kind() == .object else {
        throw Fault(offset: line.at, problem: "this line is not an object", isMalformed: false)
      }
      try parseLine(&line, &index)
      line.skipBlanks()
      if line.at < line.end { throw line.fault("there is more after the end of the line's object: \(line.found)") }
    }
    if conversations.isEmpty {
      throw Fault(offset: scanner.at, problem: "the file has no pairs", isMalformed: false)
    }
  }

  private mutating func parseLine(_ line: inout JSONScanner, _ index: inout [String: Int]) throws(Fault) {
    // Which conversation it is of must be known first, and keys come in any order.
    var ahead = line
    var (id, meta, scaffolding): (String?, JSONScanner?, Scaffolding) = (nil, nil, Scaffolding())
    try ahead.object { scanner, key, _ throws(Fault) in
      switch (key, try scanner.kind()) {
      case ("conversation_id", .string): id = scanner.string(try scanner.text())
      case ("conversation_metadata", .object): scaffolding = try Self.scaffolding(&scanner)
      case ("_meta", _):
        meta = scanner
        try scanner.skip()
      default: try scanner.skip()
      }
    }
    if var meta {
      try metadata(&meta)
      line = ahead
      return
    }
    let key = id ?? ""
    let conversation = index[key] ?? conversations.count
    if conversation == conversations.count {
      index[key] = conversation
      conversations.append(TrainingFile.Conversation(id: key))
      scaffoldings.append(scaffolding)
    }
    let firstDefect = file.defects.count
    try pair(&line, conversations[conversation].pairs, of: conversation)
    describe(from: firstDefect, id: id, scaffolding)
  }
}
