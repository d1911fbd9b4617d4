// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Foundation
import Reports

/// Two to four jobs beside each other (story 5.1.1).
public struct ComparisonDocument: Codable, Sendable {
  public struct Run: Codable, Sendable {
    public var job: String
    public var name: String
    public var status: String
    public var preset: String
    public var gpu: String
    public var final_training_loss: Double?
    public var final_validation_loss: Double?
    public var perplexity: Double?
    public var duration_s: Double?
    public var cost_usd: Double
    /// In which of these figures it is the best of the completed ones: `cost_usd` …
    public var best: [String]
  }
  public struct Setting: Codable, Sendable {
    public var name: String
    /// In the order of the jobs.
    public var values: [String]
    public var differs: Bool
  }
  public struct Recommendation: Codable, Sendable {
    public var job: String
    public var text: String
    public var reason: String
  }

  public var jobs: [Run]
  /// Those in which the jobs differ first.
  public var settings: [Setting]
  /// "Job 2: 15 % lower loss than Job 1".
  public var differences: [String]
  /// nil: fewer than two completed with a validation loss.
  public var recommendation: Recommendation?

  /// - Parameters:
  ///   - ids: whose runs they are, in their order.
  ///   - statuses: in words.
  init(_ comparison: RunComparison, ids: [String], statuses: [String]) {
    var jobs = zip(comparison.runs, zip(ids, statuses)).map { run, named in
      Run(
        job: named.0, name: run.name, status: named.1, preset: run.preset, gpu: run.gpu,
        final_training_loss: run.finalTrainingLoss, final_validation_loss: run.finalValidationLoss,
        perplexity: run.finalPerplexity, duration_s: run.duration, cost_usd: Double(run.cost) / 1e9, best: [])
    }
    let figures: [(String, KeyPath<Run, Double?>)] = [
      ("final_training_loss", \.final_training_loss), ("final_validation_loss", \.final_validation_loss),
      ("perplexity", \.perplexity), ("duration_s", \.duration_s), ("cost_usd", \.cost),
    ]
    let completed = comparison.runs.indices.filter { comparison.runs[$0].isCompleted }
    for (name, path) in figures where completed.count > 1 {
      let least = completed.compactMap { jobs[$0][keyPath: path] }.min()
      for i in completed where jobs[i][keyPath: path] == least && least != nil { jobs[i].best.append(name) }
    }
    self.jobs = jobs
    settings = comparison.settings.map { Setting(name: $0.name, values: $0.values, differs: $0.differs) }
    differences = comparison.differences
    recommendation = comparison.recommendation.map {
      Recommendation(job: ids[$0.index], text: $0.text, reason: $0.reason)
    }
  }
}

extension ComparisonDocument.Run {
  /// As the other figures are: it may be compared with what is not there.
  var cost: Double? { cost_usd }
}
