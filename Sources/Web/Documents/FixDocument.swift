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

  func counted(_ view: LiveView) -> FixDocument {
    var fix = self
    for i in view.fleet.jobs.indices where view.descriptions[i].fix == kind && view.fleet.jobs[i].phase.isTerminal {
      fix.tried += 1
      if view.fleet.jobs[i].phase == .completed { fix.worked += 1 }
    }
    return fix
  }
}

public struct FixList: Codable, Sendable { public var fixes: [FixDocument] }
