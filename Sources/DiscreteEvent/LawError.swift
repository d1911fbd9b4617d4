/// What is wrong with the parameters of a ``Law``.
public struct LawError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The law's name, as in a scenario file: "weibull".
  public var law: String
  /// The parameter's name, with a path into a mixture: "shape", "mixture[2].weight".
  public var parameter: String
  /// What it must be: "must be greater than 0, not -1.0".
  public var reason: String

  public init(law: String, parameter: String, reason: String) {
    self.law = law
    self.parameter = parameter
    self.reason = reason
  }

  public var description: String { "\(law): \(parameter) \(reason)" }
}
