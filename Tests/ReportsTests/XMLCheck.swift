/// A small strict reader of XML's tags: every tag closed in order, every attribute quoted and named once, no bare `&` or `<`.
enum XMLCheck {
  struct Defect: Error, CustomStringConvertible { var description: String }

  static func parse(_ text: String) throws {
    var open: [String] = []
    var rest = Substring(text)
    while let angle = rest.firstIndex(of: "<") {
      try check(rest[..<angle])
      rest = rest[rest.index(after: angle)...]
      guard let end = rest.firstIndex(of: ">") else { throw Defect(description: "a tag does not end") }
      var tag = rest[..<end]
      rest = rest[rest.index(after: end)...]
      if tag.hasPrefix("/") {
        guard open.popLast() == String(tag.dropFirst()) else {
          throw Defect(description: "</\(tag.dropFirst())> closes nothing")
        }
        continue
      }
      let isEmpty = tag.hasSuffix("/")
      if isEmpty { tag = tag.dropLast() }
      let name = tag.prefix { $0 != " " }
      var names: Set<Substring> = []
      var attributes = tag.dropFirst(name.count)
      while !attributes.isEmpty {
        guard let match = attributes.prefixMatch(of: /\ ([a-zA-Z:-]+)="([^"<]*)"/) else {
          throw Defect(description: "in <\(name)>: \(attributes)")
        }
        guard names.insert(match.output.1).inserted else {
          throw Defect(description: "\(match.output.1) twice in <\(name)>")
        }
        try check(match.output.2)
        attributes = attributes[match.range.upperBound...]
      }
      if !isEmpty { open.append(String(name)) }
    }
    guard open.isEmpty else { throw Defect(description: "not closed: \(open)") }
  }

  private static func check(_ text: Substring) throws {
    for match in text.matches(of: /&(?!(amp|lt|gt|quot|#39);)/) {
      throw Defect(description: "bare & at \(text[match.range.lowerBound...].prefix(20))")
    }
    for scalar in text.unicodeScalars
    where scalar.value < 0x20 && scalar != "\n" || scalar.value >= 0xFFFE && scalar.value <= 0xFFFF {
      throw Defect(description: "forbidden character \(scalar.value)")
    }
  }
}
