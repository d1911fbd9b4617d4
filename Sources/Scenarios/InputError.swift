/// Something a person gave us is wrong. Says where, what, and the way out; the command line maps ``kind`` to its exit code.
public struct InputError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, as far as a script has to know it.
  public enum Kind: Hashable, Sendable {
    /// Exit code 65.
    case badData
    /// Exit code 66.
    case noInput
    /// Exit code 69.
    case unavailable
    /// Exit code 73.
    case cannotCreate
    /// Exit code 75.
    case tryAgainLater
    /// Exit code 78.
    case badConfiguration
  }

  public var kind: Kind
  public var file: String?
  /// Both from 1.
  public var line: Int?
  public var column: Int?
  public var problem: String
  public var hint: String?

  public init(
    _ kind: Kind, file: String? = nil, line: Int? = nil, column: Int? = nil, _ problem: String, hint: String? = nil
  ) {
    self.kind = kind
    self.file = file
    self.line = line
    self.column = column
    self.problem = problem
    self.hint = hint
  }

  /// `error: FILE:LINE:COLUMN: what is wrong`, and on a second line `hint: what to do`.
  public var description: String {
    var place = ""
    if let file {
      place = file
      if let line { place += ":\(line)" }
      if line != nil, let column { place += ":\(column)" }
      place += ": "
    }
    return "error: \(place)\(problem)" + (hint.map { "\nhint: \($0)" } ?? "")
  }
}
