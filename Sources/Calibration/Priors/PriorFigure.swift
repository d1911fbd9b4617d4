import Foundation

/// One figure that answers where no history does, and where it comes from.
public struct PriorFigure: Hashable, Sendable, Codable {
  /// A number, or several (rates by age).
  public enum Value: Hashable, Sendable {
    case number(Double)
    case numbers([Double])
  }

  /// In ``unit``; the median where the figure stands for a lognormal.
  public var value: Value
  public var unit: String
  /// Standard deviation of the figure itself, in its own unit: how sure we are.
  public var sd: Double?
  /// The same for its natural logarithm.
  public var logSD: Value?
  /// Log standard deviation of the law around the median, from one occasion to the next.
  public var sigma: Double?
  /// A rate as a gamma law: its shape (a count of events) and the exposure in hours that they came from.
  public var gammaShape: Double?
  public var gammaExposureHours: Double?
  /// A probability as a beta law: how many trials it is worth.
  public var equivalentN: Double?
  /// Ages in hours at which a rate by age changes.
  public var breaksHours: [Double]?
  /// Nobody measured it: a quoted figure or a judgement.
  public var weak: Bool
  /// File, rows and how; or who said so.
  public var source: String

  private enum CodingKeys: String, CodingKey {
    case value, unit, sd, sigma, weak, source
    case logSD = "log_sd"
    case gammaShape = "gamma_shape"
    case gammaExposureHours = "gamma_exposure_hours"
    case equivalentN = "equivalent_n"
    case breaksHours = "breaks_hours"
  }

  /// The value where it is one number, else nil.
  public var number: Double? {
    if case .number(let number) = value { number } else { nil }
  }
}

extension PriorFigure.Value: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else {
      self = .numbers(try container.decode([Double].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let number): try container.encode(number)
    case .numbers(let numbers): try container.encode(numbers)
    }
  }
}

/// All figures of calibration/priors.json by name.
public struct PriorFigures: Hashable, Sendable, Codable {
  public var version: Int
  public var figures: [String: PriorFigure]

  /// The figures that this program was built with.
  public static func shipped() throws -> PriorFigures {
    try JSONDecoder().decode(PriorFigures.self, from: Data(priorsJSON.utf8))
  }
}
