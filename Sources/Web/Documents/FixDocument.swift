import Calibration
import Engine
import Live

/// A change that may keep a job from failing again as it did, and how often it has.
public struct FixDocument: Codable, Sendable {
  /// `batch_size`, `on_demand` … : what is counted together.
  public var kind: String
  public var text: String
  public var configuration: JobConfiguration
  /// Retries with this kind of fix that are over, and how many of them completed.
  public var tried = 0
  public var worked = 0

  public init(kind: String, text: String, configuration: JobConfiguration) {
    self.kind = kind
    self.text = text
    self.configuration = configuration
  }

}

public struct FixList: Codable, Sendable {
  public var fixes: [FixDocument]

  /// With fewer tries nothing is learnt from how they went.
  static let fewest = 5

  /// Counted, and in the order in which they are suggested: as the memory model and the policies have it, but what was tried often enough goes
  /// by how often it helped.
  static func ordered(_ fixes: [FixDocument], _ view: LiveView) -> [FixDocument] {
    guard !fixes.isEmpty else { return [] }
    var fixes = fixes
    let places = Dictionary(fixes.enumerated().map { ($1.kind, $0) }, uniquingKeysWith: { a, _ in a })
    for i in view.fleet.jobs.indices {
      guard let kind = view.descriptions[i].fix, let place = places[kind], view.fleet.jobs[i].phase.isTerminal else {
        continue
      }
      fixes[place].tried += 1
      if view.fleet.jobs[i].phase == .completed { fixes[place].worked += 1 }
    }
    return learnt(fixes)
  }

  /// One that failed beyond doubt more often than another goes behind it; all else stays as it was.
  static func learnt(_ fixes: [FixDocument]) -> [FixDocument] {
    func bounds(_ fix: FixDocument) -> (low: Double, high: Double) {
      guard fix.tried >= fewest else { return (0, 1) }
      let (low, high) = Analytics.wilson(fix.worked, of: fix.tried)
      return (low, high)
    }
    var ordered: [FixDocument] = []
    for fix in fixes {
      let place = ordered.firstIndex { bounds($0).high < bounds(fix).low }
      ordered.insert(fix, at: place ?? ordered.endIndex)
    }
    return ordered
  }
}

extension FixDocument {
  /// How often it has helped, as a page says it.
  var record: String {
    tried == 0
      ? "not tried yet"
      : "\(worked) of \(tried) such retries completed (\(Wording.per(Double(worked) / Double(tried))))"
  }
}
