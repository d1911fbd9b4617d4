// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Engine
import Journal
import Live

/// An entry of the knowledge base to be kept, or its next revision.
public struct NewKnowledge: Codable, Sendable {
  public var title: String
  public var category: Catalogue.KnowledgeCategory
  public var tags: [String]?
  /// Markdown.
  public var content: String
  /// Jobs that show it.
  public var jobs: [String]?

  public init(
    title: String, category: Catalogue.KnowledgeCategory, tags: [String], content: String, jobs: [String]
  ) {
    (self.title, self.category, self.tags, self.content, self.jobs) = (title, category, tags, content, jobs)
  }
}

/// An entry of the knowledge base, or one revision of it.
public struct KnowledgeDocument: Codable, Sendable {
  /// A job that shows what the entry says.
  public struct Related: Codable, Sendable {
    public var id: String
    public var name: String
    public var status: String
  }

  public var number: Int
  public var revision: Int
  public var title: String
  public var category: Catalogue.KnowledgeCategory
  public var tags: [String]
  /// Markdown.
  public var content: String
  public var jobs: [Related]
  /// Whose revision it is, and when it was written.
  public var person: String
  public var at: String

  init(_ entry: Catalogue.Knowledge, _ view: LiveView) {
    (number, revision, title, category) = (entry.number, entry.revision, entry.title, entry.category)
    (tags, content, person, at) = (entry.tags, entry.content, entry.person, Wording.stamp(entry.at) ?? "")
    jobs = entry.jobs.compactMap { job in
      let i = Int(job.rawValue)
      guard i < view.fleet.jobs.count else { return nil }
      return Related(
        id: view.descriptions[i].id, name: view.descriptions[i].name, status: Wording.snake(view.fleet.jobs[i].phase))
    }
  }
}

public struct KnowledgeList: Codable, Sendable { public var entries: [KnowledgeDocument] }

/// What an entry about a job would say, and those that are about it already.
public struct KnowledgeDraft: Codable, Sendable {
  public var draft: NewKnowledge
  public var entries: [KnowledgeDocument]
}

/// Entries that may help with a job that is about to be made.
public struct KnowledgeSuggestions: Codable, Sendable {
  public struct Suggestion: Codable, Sendable {
    public var entry: KnowledgeDocument
    /// Why it is suggested: “Similar setup succeeded in …”.
    public var why: String
  }
  public var suggestions: [Suggestion]
}
