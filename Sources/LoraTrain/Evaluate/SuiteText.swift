import Validation

/// A suite in a few lines, or as JSON.
enum SuiteText {
  static func text(_ suite: Suite) -> String {
    let (categories, difficulties) = suite.counts
    var lines = [
      "\(suite.name): \(suite.items.count) \(suite.kind == .voice ? "prompts" : suite.kind.rawValue), version \(suite.digest), reviewed for \(suite.year)",
      "  \(suite.title)",
    ]
    func list(_ counts: [(String, Int)]) -> String { counts.map { "\($0.0) \($0.1)" }.joined(separator: ", ") }
    if !categories.isEmpty {
      lines.append("  categories    " + list(categories.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
    }
    if !difficulties.isEmpty {
      lines.append(
        "  difficulties  "
          + list(Suite.Difficulty.allCases.compactMap { d in difficulties[d].map { (d.rawValue, $0) } }))
    }
    if !suite.rubric.isEmpty { lines.append("  scales        " + suite.rubric.map(\.title).joined(separator: ", ")) }
    if suite.kind == .questions {
      if suite.answeredBy == .text { lines.append("  answered by   text, the options are not shown") }
      let critical = suite.items.count(where: \.isCritical)
      lines.append("  critical      \(critical == 0 ? "none" : "\(critical), of which every one must be retained")")
      lines.append("  " + power(suite))
    } else {
      lines.append(
        "  \(Power.sentence(items: suite.items.count, of: suite.kind == .voice ? "prompts" : "scenarios", deviation: 1)), where differences spread by 1 point"
      )
    }
    return lines.joined(separator: "\n")
  }

  private static func power(_ suite: Suite) -> String {
    let known = Int((0.87 * Double(suite.items.count)).rounded())
    let chance = Power.chanceOfFailing(
      known: known, questions: suite.items.count, forgets: 0.15, learns: 0, threshold: 0.9)
    return "If the base knows \(known), a model that forgets 15 % of them is blocked with \(Words.percent(chance))"
  }

  static func json(_ suite: Suite) -> JSON {
    let (categories, difficulties) = suite.counts
    return .object([
      ("name", .string(suite.name)), ("title", .string(suite.title)), ("kind", .string(suite.kind.rawValue)),
      ("year", .integer(suite.year)), ("digest", .string(suite.digest)), ("items", .integer(suite.items.count)),
      ("categories", .object(categories.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })),
      (
        "difficulties",
        .object(Suite.Difficulty.allCases.compactMap { d in difficulties[d].map { (d.rawValue, .integer($0)) } })
      ),
      ("scales", .array(suite.rubric.map { .string($0.id) })),
    ])
  }
}
