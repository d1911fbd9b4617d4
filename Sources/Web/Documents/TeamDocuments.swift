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

  init(_ template: Catalogue.Template, _ view: LiveView) {
    self.template = template
    let jobs = view.fleet.jobs.indices.filter { view.descriptions[$0].template == template.name }.map {
      view.fleet.jobs[$0]
    }
    uses = jobs.count
    let over = jobs.filter(\.phase.isTerminal)
    guard !over.isEmpty else { return }
    success_rate = Double(over.count { $0.phase == .completed }) / Double(over.count)
    mean_cost_usd = Wording.dollars(over.reduce(0) { $0 + $1.costs.total }) / Double(over.count)
  }
}

public struct TemplateList: Codable, Sendable { public var templates: [TemplateDocument] }
