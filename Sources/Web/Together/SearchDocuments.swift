// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Journal

/// What was found, the best first.
public struct SearchList: Codable, Sendable {
  public struct Found: Codable, Sendable {
    public var kind: Catalogue.FindKind
    /// `job-7`, a file's id, a template's name, a knowledge entry's number.
    public var id: String
    public var title: String
    /// Where it stands, what was found between `**`.
    public var snippet: String
    /// Of a job.
    public var status: String?
    /// The dashboard's page, from the server's root.
    public var path: String
  }

  public var query: String
  public var results: [Found]
  /// How many there are in all, hidden jobs among them.
  public var total: Int
  /// False: nothing has all of the words; these have some.
  public var have_all_words: Bool
}
