import Yams

/// A node of a YAML file with its place: what the scenario decoder reads values from.
package struct YAMLField {
  package let node: Node
  package let file: String?
  /// What a person calls it: `durations.step`.
  package let path: String

  package init(node: Node, file: String?, path: String) {
    (self.node, self.file, self.path) = (node, file, path)
  }

  package func error(_ problem: String, hint: String? = nil) -> InputError {
    Self.error(problem, at: node.mark, file: file, hint: hint)
  }

  package static func error(_ problem: String, at mark: Mark?, file: String?, hint: String? = nil) -> InputError {
    InputError(.badData, file: file, line: mark?.line, column: mark?.column, problem, hint: hint)
  }

  /// What stands there, in a few words.
  private var found: String {
    switch node {
    case .scalar(let scalar) where scalar.string.isEmpty: "nothing"
    case .scalar(let scalar): "“\(scalar.string.prefix(40))”"
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .alias: "an alias"
    }
  }

  package func wrongType(_ wanted: String, hint: String? = nil) -> InputError {
    error("\(path.isEmpty ? "the file" : path) is \(found), not \(wanted)", hint: hint)
  }

  package var isMapping: Bool { node.mapping != nil }
  package var isList: Bool { node.sequence != nil }
  package var isScalar: Bool { node.scalar != nil }

  package func string(_ wanted: String = "text") throws(InputError) -> String {
    guard let scalar = node.scalar, !scalar.string.isEmpty else { throw wrongType(wanted) }
    return scalar.string
  }

  package func number(_ wanted: String = "a number") throws(InputError) -> Double {
    guard let number = NumberText.double(try string(wanted)) else { throw wrongType(wanted) }
    return number
  }

  package func number(in range: ClosedRange<Double>, _ wanted: String) throws(InputError) -> Double {
    let number = try number(wanted)
    guard range.contains(number) else { throw wrongType(wanted) }
    return number
  }

  package func positive(_ wanted: String = "a number above 0") throws(InputError) -> Double {
    let number = try number(wanted)
    guard number > 0, number <= 1e15 else { throw wrongType(wanted) }
    return number
  }

  package func probability() throws(InputError) -> Double {
    try number(in: 0...1, "a probability between 0 and 1")
  }

  /// A rate: 0 or more.
  package func rate() throws(InputError) -> Double {
    try number(in: 0...1e12, "a rate (a number, 0 or more)")
  }

  package func integer(in range: ClosedRange<Int>) throws(InputError) -> Int {
    let wanted =
      range.upperBound == .max
      ? "a whole number from \(range.lowerBound) up" : "a whole number in \(range.lowerBound)…\(range.upperBound)"
    guard let number = NumberText.integer(try string(wanted)), range.contains(number) else { throw wrongType(wanted) }
    return number
  }

  package func bool() throws(InputError) -> Bool {
    switch try string("true or false") {
    case "true", "yes", "on": return true
    case "false", "no", "off": return false
    default: throw wrongType("true or false")
    }
  }

  /// A length of time in seconds, 0 or more.
  package func duration() throws(InputError) -> Double {
    let text = try string("a duration")
    do {
      let seconds = try DurationText.seconds(text)
      guard seconds <= 3.2e10 else { throw error("\(path) is \(text): more than a thousand years") }
      return seconds
    } catch let error as InputError {
      throw error
    } catch let fault as DurationText.Fault {
      switch fault {
      case .negative: throw error("\(path) is \(text): a duration cannot be negative")
      case .noUnit:
        throw error("\(path) is \(text), without a unit", hint: "write \(text)s, \(text)m, \(text)h or \(text)d")
      case .unknownUnit(let unit):
        throw error("\(path) is \(text): there is no unit “\(unit)”", hint: "units are ms, s, m, h, d, w")
      case .notADuration: throw wrongType("a duration", hint: "durations look like 90s 5m 2h 1d")
      }
    } catch {
      throw wrongType("a duration")
    }
  }

  package func positiveDuration() throws(InputError) -> Double {
    let seconds = try duration()
    guard seconds > 0 else { throw error("\(path) must be longer than 0") }
    // Time goes in whole microseconds: less would be nothing, and whoever waits for nothing never gets on.
    guard seconds >= 1e-6 else { throw error("\(path) is shorter than a microsecond, the least there is") }
    return seconds
  }

  package func dollars() throws(InputError) -> Int64 {
    let wanted = "US dollars (at most nine decimals)"
    guard let amount = NumberText.nanodollars(try string(wanted)) else { throw wrongType(wanted) }
    guard amount >= 0 else { throw error("\(path) is negative") }
    return amount
  }

  /// US dollars an hour in nanodollars: at most a million, so that no bill of a month leaves the range of money.
  package func hourlyRate() throws(InputError) -> Int64 {
    let rate = try dollars()
    guard rate <= 1_000_000_000_000_000 else { throw error("\(path) is more than a million US dollars an hour") }
    return rate
  }

  /// A value of a table of words.
  package func word<Value>(_ words: KeyValuePairs<String, Value>) throws(InputError) -> Value {
    let names = words.map(\.key)
    let wanted = names.count == 1 ? names[0] : "one of \(names.joined(separator: ", "))"
    let text = try string(wanted)
    guard let found = words.first(where: { $0.key == text }) else {
      throw wrongType(wanted, hint: NearestName.of(text, in: names).map { "did you mean \($0)?" })
    }
    return found.value
  }

  package func list(_ wanted: String = "a list") throws(InputError) -> [YAMLField] {
    guard let sequence = node.sequence else { throw wrongType(wanted) }
    return sequence.enumerated().map { YAMLField(node: $1, file: file, path: "\(path)[\($0)]") }
  }
}
