// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Live

public struct Team: Codable, Sendable {
  public var people: [Catalogue.Person]
  public var tokens: [Catalogue.Token]
}

/// A token as it is shown once and never again.
public struct NewToken: Codable, Sendable {
  public var id: String
  public var person: String
  public var token: String
}

public struct AuditLog: Codable, Sendable {
  public var lines: [Catalogue.AuditLine]
  /// Where the next page is.
  public var next: String?
  public init(lines: [Catalogue.AuditLine], next: String? = nil) { (self.lines, self.next) = (lines, next) }
}
public struct FileList: Codable, Sendable { public var files: [Catalogue.FileRecord] }

/// A template to be kept.
public struct NewTemplate: Codable, Sendable {
  public var name: String
  public var purpose: String?
  public var is_shared: Bool?
  public var tags: [String]?
  public var configuration: JobConfiguration

  public init(name: String, purpose: String?, isShared: Bool, tags: [String], configuration: JobConfiguration) {
    self.name = name
    self.purpose = purpose
    is_shared = isShared
    self.tags = tags
    self.configuration = configuration
  }
}

/// A template, and how the jobs that were started from it went.
public struct TemplateDocument: Codable, Sendable {
  public var template: Catalogue.Template
  public var uses: Int
  /// Of those that are over; nil: none is.
  public var success_rate: Double?
  public var mean_cost_usd: Double?
  /// Of the completed ones, from the slot to the end.
  public var mean_duration_s: Double?
  /// The validation loss that was measured last, of the completed ones.
  public var mean_final_loss: Double?
  /// It comes with the program: nobody changes it.
  public var is_default: Bool

  /// - Parameter finals: of all jobs, by ordinal.
  static func list(_ templates: [Catalogue.Template], _ view: LiveView, _ finals: [Catalogue.Finals?]) -> [Self] {
    var tallies: [String: (uses: Int, tally: JobTally)] = [:]
    for i in view.fleet.jobs.indices {
      guard let name = view.descriptions[i].template else { continue }
      tallies[name, default: (0, JobTally())].uses += 1
      let job = view.fleet.jobs[i]
      if job.phase.isTerminal { tallies[name]?.tally.add(job, i < finals.count ? finals[i] : nil) }
    }
    return templates.map { template in
      let (uses, tally) = tallies[template.name] ?? (0, JobTally())
      let figures = tally.figures
      return TemplateDocument(
        template: template, uses: uses, success_rate: figures.success_rate, mean_cost_usd: figures.mean_cost_usd,
        mean_duration_s: figures.mean_duration_s, mean_final_loss: figures.mean_final_loss,
        is_default: template.creator == Catalogue.ownName)
    }
  }
}

public struct TemplateList: Codable, Sendable { public var templates: [TemplateDocument] }
