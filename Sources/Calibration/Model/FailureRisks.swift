/// How much more, or less, often than its preset's other jobs the jobs of one configuration fail.
///
///     failures of a class ~ Poisson(risk × what the preset's rate lets expect),   risk ~ Gamma(4, 4)
///
/// Gamma–Poisson smoothing of relative risks (Clayton, Kaldor: Biometrics 43, 1987). A risk without data is 0.3 … 2.2 in 19 cases
/// of 20: the four is a judgement. A preset that always ran in one configuration says nothing of others, and has no risks: its jobs
/// fail as the preset does.
struct FailureRisks {
  struct Risk: Hashable, Sendable, Codable {
    var kind: FailureClass
    /// Relative to the preset's rate.
    var risk: Marginal
  }

  static let shape = 4.0

  /// Classes in the order of their first job, each with its failures and its exposure.
  private var seen: [(kind: FailureClass, count: Evidence.Count)] = []
  private var place: [FailureClass: Int] = [:]

  mutating func add(_ kind: FailureClass, events: Double, exposure: Double) {
    let i = place[kind] ?? seen.count
    if i == seen.count {
      seen.append((kind, Evidence.Count()))
      place[kind] = i
    }
    seen[i].count.events += events
    seen[i].count.exposure += exposure
  }

  /// One for each class of a preset that ran in several, and failed at all.
  var risks: [Risk] {
    var result: [Risk] = []
    for preset in Preset.allCases {
      let classes = seen.filter { $0.kind.preset == preset && $0.count.exposure > 0 }
      let events = classes.reduce(0) { $0 + $1.count.events }
      let exposure = classes.reduce(0) { $0 + $1.count.exposure }
      guard classes.count > 1, events > 0 else { continue }
      for (kind, count) in classes {
        let expected = events / exposure * count.exposure
        let risk = Marginal.gamma(shape: FailureRisks.shape + count.events, rate: FailureRisks.shape + expected)
        result.append(Risk(kind: kind, risk: risk.tabulated))
      }
    }
    return result
  }
}

extension [FailureRisks.Risk] {
  func draw(_ strata: inout Strata) -> [FailureClass: Double] {
    reduce(into: [:]) { $0[$1.kind] = $1.risk.quantile(strata.next()) }
  }
}
