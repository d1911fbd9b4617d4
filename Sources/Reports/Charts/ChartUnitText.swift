import Foundation

extension ChartUnit {
  /// A value as people read it: beside a dot, in a table, in a summary.
  public func text(_ value: Double) -> String {
    guard value.isFinite else { return "not a number" }
    switch self {
    case .number: return Self.plain(value, significant: 4)
    case .count: return Self.grouped(value, decimals: 0)
    case .quantity(let name): return "\(Self.plain(value, significant: 4)) \(name)"
    case .dollars: return Self.dollars(value, decimals: 2)
    case .fraction: return "\(Self.grouped(value * 100, decimals: abs(value) < 0.1 ? 1 : 0)) %"
    case .duration: return Self.duration(value)
    case .date(let zone): return DateTicks.stamp(value, in: zone)
    case .categories(let names):
      let index = Int(value.rounded())
      return names.indices.contains(index) ? names[index] : ""
    }
  }

  /// A tick's label; `step` is the distance to the next one, which decides how many digits tell them apart.
  func tickText(_ value: Double, step: Double) -> String {
    let decimals = Self.decimals(for: step)
    switch self {
    case .number:
      if step < 1e-4 || abs(value) >= 1e7 { return Self.scientific(value, step: step) }
      return Self.grouped(value, decimals: decimals)
    case .count: return Self.grouped(value, decimals: 0)
    case .quantity(let name): return "\(Self.grouped(value, decimals: decimals)) \(name)"
    case .dollars: return Self.dollars(value, decimals: step < 1 ? max(2, decimals) : 0)
    case .fraction: return "\(Self.grouped(value * 100, decimals: Self.decimals(for: step * 100))) %"
    case .duration, .date, .categories: return text(value)
    }
  }

  /// Enough decimals that two ticks a step apart differ.
  static func decimals(for step: Double) -> Int {
    guard step > 0, step.isFinite else { return 0 }
    var decimals = 0
    var scaled = step
    while decimals < 9, abs(scaled - scaled.rounded()) > 1e-6 * max(1, scaled) {
      scaled *= 10
      decimals += 1
    }
    return decimals
  }

  static func dollars(_ value: Double, decimals: Int) -> String {
    let text = grouped(abs(value), decimals: decimals)
    return value < 0 && text.contains(where: { $0 != "0" && $0.isNumber }) ? "−$\(text)" : "$\(text)"
  }

  /// Digits in threes, and a true minus sign.
  static func grouped(_ value: Double, decimals: Int) -> String {
    let written = String(format: "%.\(decimals)f", abs(value))
    let parts = written.split(separator: ".", maxSplits: 1)
    let whole = parts.first.map(String.init) ?? "0"
    var text = ""
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index).isMultiple(of: 3) { text.append(",") }
      text.append(digit)
    }
    if parts.count > 1 { text += ".\(parts[1])" }
    return value < 0 && written.contains(where: { ("1"..."9").contains($0) }) ? "−\(text)" : text
  }

  static func plain(_ value: Double, significant: Int) -> String {
    if value == 0 { return "0" }
    let magnitude = Int(log10(abs(value)).rounded(.down))
    if magnitude < -3 || magnitude >= 7 {
      return exponential(value, digits: significant - 1)
    }
    var text = grouped(value, decimals: max(0, significant - 1 - magnitude))
    if text.contains(".") {
      while text.hasSuffix("0") { text.removeLast() }
      if text.hasSuffix(".") { text.removeLast() }
    }
    return text
  }

  static func scientific(_ value: Double, step: Double) -> String {
    if value == 0 { return "0" }
    let magnitude = log10(abs(value)).rounded(.down)
    return exponential(value, digits: decimals(for: step / pow(10, magnitude)))
  }

  /// `1.8e-4`
  private static func exponential(_ value: Double, digits: Int) -> String {
    let written = String(format: "%.\(max(0, digits))e", value)
    let parts = written.split(separator: "e", maxSplits: 1)
    guard parts.count == 2, let exponent = Int(parts[1]) else { return written }
    var mantissa = String(parts[0])
    if mantissa.contains(".") {
      while mantissa.hasSuffix("0") { mantissa.removeLast() }
      if mantissa.hasSuffix(".") { mantissa.removeLast() }
    }
    return "\(mantissa.replacingOccurrences(of: "-", with: "−"))e\(exponent)"
  }

  /// The two greatest units that are there: `1 d 3 h`, `6 h 23 min`, `4 min 5 s`, `12 s`.
  static func duration(_ seconds: Double) -> String {
    let sign = seconds < 0 ? "−" : ""
    let total = abs(seconds)
    if total < 60 { return "\(sign)\(plain(total, significant: 3)) s" }
    let whole = Int(min(total, 1e15).rounded())
    let units = [(86400, "d"), (3600, "h"), (60, "min"), (1, "s")]
    guard let first = units.firstIndex(where: { whole >= $0.0 }) else { return "0 s" }
    let head = whole / units[first].0
    var text = "\(sign)\(head) \(units[first].1)"
    if first + 1 < units.count {
      let rest = whole % units[first].0 / units[first + 1].0
      if rest > 0 { text += " \(rest) \(units[first + 1].1)" }
    }
    return text
  }
}
