/// What cannot be drawn or does not add up, in words for whoever asked for it.
public struct ReportsError: Error, Equatable, Sendable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }
}
