// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Engine
import Journal
import Live

/// What it costs to examine a job once it has completed: jobs of their own, whose bills are no part of its.
public struct ExaminationsDocument: Codable, Sendable {
  /// Of all of them, up to now.
  public var cost_usd: Double
  /// The first that was made first.
  public var jobs: [One]

  public struct One: Codable, Sendable {
    public var id: String
    public var name: String
    /// As a job's.
    public var status: String
    public var cost_usd: Double
  }

  /// nil: it was never examined.
  init?(of id: String, _ view: LiveView) {
    let found = view.examinations(of: id)
    guard !found.isEmpty else { return nil }
    var cost: Int64 = 0
    jobs = found.map { index in
      let (job, text) = (view.fleet[index], view.descriptions[Int(index.rawValue)])
      let own = job.cost(at: view.at)
      cost += own
      return One(id: text.id, name: text.name, status: JobWords.word(job.phase), cost_usd: Wording.dollars(own))
    }
    cost_usd = Wording.dollars(cost)
  }
}
