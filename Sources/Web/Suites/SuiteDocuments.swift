// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Journal
import Validation

/// A suite to be kept: a client's own questions, scenarios or voice.
public struct NewSuite: Codable, Sendable {
  /// The file's name: its ending tells the format (csv, json, else YAML), and a CSV is called by what stands before it.
  public var file: String
  /// The whole file.
  public var text: String

  public init(file: String, text: String) { (self.file, self.text) = (file, text) }
}

/// One version of a suite.
public struct SuiteSummary: Codable, Sendable {
  public var name: String
  public var title: String
  /// `scenarios`, `questions` or `voice`.
  public var kind: String
  /// The year that the content was reviewed for; 0: not said.
  public var year: Int
  public var items: Int
  /// How many scales free answers are scored on; 0: questions.
  public var scales: Int
  /// Of its content.
  public var digest: String
  /// From 1; nil: it comes with the program.
  public var version: Int?
  /// Whether a job that asks for the name gets this one.
  public var is_newest: Bool
  public var by: String?
  public var at: String?

  init(_ suite: Suite, _ record: Catalogue.SuiteRecord? = nil, isNewest: Bool = true) {
    let document = suite.document
    (name, title, kind, year) = (document.name, document.title, document.kind, document.year)
    (items, scales, digest) = (document.items.count, document.rubric?.count ?? 0, suite.digest)
    (version, by, at) = (record?.version, record?.person, record.flatMap { Wording.stamp($0.at) })
    is_newest = isNewest
  }

  init(_ head: Catalogue.SuiteHead, isNewest: Bool) {
    (name, title, kind, year) = (head.name, head.title, head.kind, head.year)
    (items, scales, digest) = (head.items, head.scales, head.digest)
    (version, by, at) = (head.version, head.person, Wording.stamp(head.at))
    is_newest = isNewest
  }
}

public struct SuiteList: Codable, Sendable { public var suites: [SuiteSummary] }

/// A suite with all that is in it.
public struct SuiteVersion: Codable, Sendable {
  public var suite: SuiteSummary
  public var content: SuiteDocument
}

/// A suite that was ordered with a job, and how far it is.
public struct OrderedSuite: Codable, Sendable {
  public enum State: String, Codable, Sendable, CaseIterable {
    /// The job is not over.
    case ordered
    /// The job is over, and its pod has left no answers that can be read.
    case unanswered
    /// Both models have answered; nobody has put scores into the validation yet.
    case answered
    case scored
  }
  public var name: String
  public var digest: String
  public var state: State
  /// The job that was made later to have it answered; nil: it was ordered with the job.
  public var examination: String?
}
