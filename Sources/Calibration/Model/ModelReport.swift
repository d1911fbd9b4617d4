/// What `calibrate` answers: one block for each law of the model.
public struct ModelReport: Hashable, Sendable, Codable {
  /// A posterior's median and 95 % interval.
  public struct Parameter: Hashable, Sendable, Codable {
    public var value: Double
    public var low95: Double
    public var high95: Double
    public var prior: Prior?
  }

  /// What a parameter was shrunk towards.
  public struct Prior: Hashable, Sendable, Codable {
    public var value: Double
    public var low95: Double
    public var high95: Double
    /// The prior's share in the answer, 0 … 1: the squared ratio of the posterior's width to the prior's.
    public var weight: Double
    public var source: String
    public var weak: Bool
  }

  /// A family that was tried. Likelihoods belong to the law's unit.
  public struct Family: Hashable, Sendable, Codable {
    public var parameters: [String: FitReport.Estimate]?
    public var logLikelihood: Double
    public var aic: Double
    /// Not whole where the family is shrunk: the effective number.
    public var parameterCount: Double
    public var ksP: Double?
    public var adP: Double?
    /// Mean log-likelihood of a lease that the fit did not see, over five folds; the hazard's families only.
    public var outOfSample: Double?

    enum CodingKeys: String, CodingKey {
      case parameters, aic
      case logLikelihood = "log_likelihood"
      case parameterCount = "parameter_count"
      case ksP = "ks_p"
      case adP = "ad_p"
      case outOfSample = "out_of_sample"
    }
  }

  /// One law of the world.
  public struct Law: Hashable, Sendable, Codable {
    /// As `provisioning.spot`.
    public var name: String
    /// What the law's numbers are in.
    public var unit: String
    /// What was looked at (jobs, pods, attempts, stages); of these, how many events, and how many cut short.
    public var n: Int
    public var events: Int
    public var censored: Int
    /// The family the world draws from.
    public var best: String
    public var parameters: [String: Parameter]
    public var families: [String: Family] = [:]
    /// The names of ``parameters`` in the order a person reads them.
    public var order: [String]
    /// How often a sample of the law that was chosen lies as far from its fit as the data: Kolmogorov–Smirnov and
    /// Anderson–Darling, by bootstrap. nil: not tested.
    public var ksP: Double?
    public var adP: Double?

    enum CodingKeys: String, CodingKey {
      case name, unit, n, events, censored, best, parameters, families, order
      case ksP = "ks_p"
      case adP = "ad_p"
    }
  }

  public var laws: [Law] = []

  /// The block of one law.
  public subscript(name: String) -> Law? { laws.first { $0.name == name } }
}
