import Foundation

extension FitReport {
  /// The report as aligned tables for people, without colour.
  public var text: String {
    var out = "\(n) duration\(n == 1 ? "" : "s"): \(events) event\(events == 1 ? "" : "s"), \(censored) censored"
    if let unit { out += "; time in \(unit.rawValue)" }
    out += "\n\n"
    let ranked = families.sorted { ($0.value.aic, $0.key) < ($1.value.aic, $1.key) }
    out += FitReport.table(
      [["family", "log L", "AIC", "ΔAIC", "KS p", "AD p"]]
        + ranked.map { name, f in
          [
            name == best ? "\(name) *" : name, FitReport.fixed(f.logLikelihood, 2), FitReport.fixed(f.aic, 1),
            FitReport.fixed(f.aic - (families[best]?.aic ?? f.aic), 1), FitReport.p(f.ksP), FitReport.p(f.adP),
          ]
        })
    out +=
      "* least AIC\(unit.map { "; log L and AIC are of densities per \($0.rawValue), those of --json per s" } ?? "")\n"
    for (name, f) in ranked {
      let perUnit = unit.map { " per \($0.rawValue)" } ?? ""
      out += "\n\(name)\n"
      var rows = [["", "estimate", "95 % interval"]]
      let estimates: [(String, Estimate?)] =
        if let rates = f.rates, let breaks = f.breaks {
          rates.indices.map { i in
            let from = i == 0 ? "0" : FitReport.significant(breaks[i - 1])
            let range = i < breaks.count ? "\(from) to \(FitReport.significant(breaks[i]))" : "from \(from)"
            return ("rate\(perUnit), age \(range)", f.parameters["rate_\(i + 1)"])
          }
        } else {
          (SurvivalFamily(rawValue: name)?.parameterNames ?? []).map { ($0, f.parameters[$0]) }
        }
      for (label, estimate) in estimates {
        guard let e = estimate else { continue }
        rows.append([
          label, FitReport.significant(e.value),
          // What was never watched has no bound.
          e.high95 < .greatestFiniteMagnitude
            ? "\(FitReport.significant(e.low95)) to \(FitReport.significant(e.high95))" : "nobody was watched",
        ])
      }
      out += FitReport.table(rows)
    }
    for warning in warnings { out += "\nwarning: \(warning)\n" }
    return out
  }

  /// Left-aligned first column, right-aligned others, two spaces between.
  static func table(_ rows: [[String]]) -> String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { c in rows.map { c < $0.count ? $0[c].count : 0 }.max() ?? 0 }
    return rows.map { row in
      var line = ""
      for (c, cell) in row.enumerated() {
        let pad = String(repeating: " ", count: widths[c] - cell.count)
        line += c == 0 ? cell + pad : "  " + pad + cell
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  private static func fixed(_ x: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", x) }
  private static func significant(_ x: Double) -> String { String(format: "%.4g", x) }
  private static func p(_ x: Double?) -> String { x.map { String(format: "%.3f", $0) } ?? "–" }
}
