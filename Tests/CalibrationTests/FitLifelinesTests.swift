import Foundation
import Testing

@testable import Calibration

/// Estimates agree with lifelines (PyPI) on censored, truncated and interval-censored data.
@Suite struct FitLifelinesTests {
  struct Reference: Decodable {
    struct Fit: Decodable {
      var parameters: [String: Double]
      var logLikelihood: Double
      var logSe: [Double]
    }
    struct Piecewise: Decodable {
      var breaks: [Double]
      var rates: [Double]
      var logLikelihood: Double
    }
    struct DataSet: Decodable {
      var name: String
      var kind: String
      var rows: [[Double?]]
      var fits: [String: Fit]
      var piecewise: Piecewise?

      func data() throws -> SurvivalData {
        try SurvivalData(
          rows.map { row in
            kind == "right"
              ? .init(duration: row[0]!, event: row[1]! == 1, entry: row[2]!)
              : .init(duration: row[0]!, event: row[1] != nil, upper: row[1])
          })
      }
    }
    var sets: [DataSet]
  }

  static func reference() throws -> Reference {
    let text = try Data(contentsOf: FitFixtures.url("lifelines_reference.json"))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Reference.self, from: text)
  }

  @Test func parametersAgree() throws {
    var compared = 0
    for set in try Self.reference().sets {
      let data = try set.data()
      for (name, expected) in set.fits.sorted(by: { $0.key < $1.key }) {
        let fit = try SurvivalFit(#require(SurvivalFamily(rawValue: name)), to: data)
        for (i, p) in fit.parameters.enumerated() {
          let value = try #require(expected.parameters[p.name])
          #expect(abs(p.value / value - 1) < 1e-4, "\(set.name) \(name) \(p.name): \(p.value), lifelines \(value)")
          let se = fit.logCovariance[i * fit.parameters.count + i].squareRoot()
          #expect(abs(se / expected.logSe[i] - 1) < 1e-3, "\(set.name) \(name) se \(se) \(expected.logSe[i])")
          compared += 1
        }
        #expect(
          abs(fit.logLikelihood - expected.logLikelihood) < 1e-6 * abs(expected.logLikelihood),
          "\(set.name) \(name): \(fit.logLikelihood), lifelines \(expected.logLikelihood)")
      }
      guard let piecewise = set.piecewise else { continue }
      let fit = try SurvivalFit(.piecewise, to: data, ageBreaks: .given(piecewise.breaks))
      for (p, rate) in zip(fit.parameters, piecewise.rates) {
        #expect(abs(p.value / rate - 1) < 1e-4, "\(set.name) \(p.name): \(p.value), lifelines \(rate)")
      }
      #expect(abs(fit.logLikelihood - piecewise.logLikelihood) < 1e-6 * abs(piecewise.logLikelihood))
    }
    #expect(compared == 45)
  }
}
