// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Calibration
import Journal

/// What presets stand for: what new jobs have that say no more than the preset.
public struct PresetList: Codable, Sendable { public var presets: [PresetDocument] }

public struct PresetDocument: Codable, Sendable {
  public var preset: Preset
  public var parameters: PresetParameters
  /// When a manager accepted them, who, and which proposal it was; nil: they come with the program.
  public var since: String?
  public var accepted_by: String?
  public var proposal: Int?
}

/// What one quarter's history proposes for one preset.
public struct PresetProposalDocument: Codable, Sendable {
  public enum Status: String, Codable, Sendable, CaseIterable {
    /// Waits for a manager; nothing is changed until one accepts it.
    case proposed
    /// The history supports no change.
    case unchanged
    case accepted, rejected
    /// Nobody decided it before the next quarter was over.
    case expired
  }

  public var number: Int
  /// `2026-Q3`; from the first instant to the second, which does not belong to it.
  public var quarter: String
  public var from: String
  public var until: String
  public var preset: Preset
  public var status: Status
  /// What would change, old and new; empty where nothing should.
  public var changes: [PresetChange]
  public var finding: PresetFinding
  public var made_at: String
  public var decided_at: String?
  public var decided_by: String?
  public var remark: String?
  /// It is what the preset stands for now.
  public var is_in_force: Bool
}

/// The newest first.
public struct PresetProposalList: Codable, Sendable { public var proposals: [PresetProposalDocument] }

/// One parameter's old and new value.
public struct PresetChange: Codable, Sendable, Hashable {
  public var parameter: String
  public var from: Double
  public var to: Double

  public var sentence: String { "\(parameter) \(Wording.digits(from)) → \(Wording.digits(to))" }

  static func list(_ a: PresetParameters, _ b: PresetParameters) -> [PresetChange] {
    func change(_ name: String, _ value: (PresetParameters) -> Double) -> PresetChange? {
      value(a) == value(b) ? nil : PresetChange(parameter: name, from: value(a), to: value(b))
    }
    return [
      change("rank") { Double($0.rank) }, change("learning_rate") { $0.learningRate },
      change("epochs") { Double($0.epochs) }, change("batch_size") { Double($0.batchSize) },
      change("gradient_accumulation") { Double($0.gradientAccumulation) },
      change("max_sequence_length") { Double($0.maxSequenceLength) },
      change("checkpoint_every") { Double($0.checkpointEvery) },
    ].compactMap { $0 }
  }
}

/// What a quarter's jobs say of a preset's parameters.
public struct PresetFinding: Codable, Sendable, Hashable {
  /// Jobs of the preset that completed or failed in the quarter; those that try others again are left out.
  public var jobs: Int
  /// Of them, with the preset's own values.
  public var usual_jobs: Int
  /// Of those: they ran out of memory; nil in what was found before this was counted.
  public var out_of_memory: Int?
  /// Of each interval: so wide that all of them hold at once in 19 of 20 such quarters (Bonferroni); nil: there is none.
  public var confidence: Double?
  /// Other values that enough jobs had, the most used first.
  public var alternatives: [PresetAlternative]
  /// Why this is proposed, or nothing.
  public var reason: String
  /// Where the figures come from, and what they cannot say.
  public var source: String
}

/// Values that jobs of a preset had in place of its own.
public struct PresetAlternative: Codable, Sendable, Hashable {
  public var changes: [PresetChange]
  /// That completed or failed.
  public var jobs: Int
  /// Of those: they ran out of memory; nil in what was found before this was counted.
  public var out_of_memory: Int?
  public var effects: [PresetEffect]
  /// What follows from them.
  public var verdict: String

  /// `rank 16 → 8: 14 jobs, cost -23.1% (-31.0 to -14.2), …. No difference beyond doubt.`
  public var sentence: String {
    "\(changes.map(\.sentence).joined(separator: ", ")): \(Wording.count(jobs, "job")), "
      + "\(effects.map(\.sentence).joined(separator: ", ")). \(verdict)"
  }
}

/// How jobs with other values differ from those with the preset's own.
public struct PresetEffect: Codable, Sendable, Hashable {
  public enum Measure: String, Codable, Sendable, CaseIterable {
    /// The share of jobs that completed: what is added to it.
    case success
    /// US dollars for each token of the file: the change of its geometric mean, spot and on demand each compared with its own kind.
    case cost
    /// Time on pods for each token of the file, likewise.
    case time
    /// The change of its geometric mean, each training file compared with itself.
    case perplexity
  }

  public var measure: Measure
  /// On both sides: those that it is known of, and that have their like on the other.
  public var usual_jobs: Int
  public var jobs: Int
  /// With the interval around it; 0.1 is ten per cent, or ten points of the success rate. nil: too few jobs.
  public var difference: Double?
  public var low: Double?
  public var high: Double?

  /// More of it is better, or less.
  private var sign: Double { measure == .success ? 1 : -1 }
  /// Beyond doubt.
  var isBetter: Bool { (low.map { $0 * sign > 0 } ?? false) && (high.map { $0 * sign > 0 } ?? false) }
  var isWorse: Bool { (low.map { $0 * sign < 0 } ?? false) && (high.map { $0 * sign < 0 } ?? false) }
}
