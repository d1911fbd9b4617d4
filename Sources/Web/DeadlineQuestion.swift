import Calibration

/// Which way to run some jobs is done in time at least cost: the same question from a page's form and from a program.
public struct DeadlineQuestion: Hashable, Sendable {
  public var jobs = 1
  public var configuration = JobConfiguration(preset: .balanced, pricing: .spot)
  /// Seconds after the submission.
  public var deadline = 86_400.0
  /// The least share of the jobs that is done by then.
  public var share = 0.9
  /// US dollars; nil: no limit.
  public var budget: Double?

  public init() {}

  /// - Parameter book: what presets stand for now.
  /// - Throws: ``Problem`` that names the field.
  init(_ fields: FormFields, _ book: PresetBook) throws {
    func within(_ name: String, _ range: ClosedRange<Double>, _ usual: Double) throws -> Double {
      guard let value = try fields.number(name) else { return usual }
      guard range.contains(value) else {
        throw Problem(
          .badRequest,
          "\(Wording.words(name)) is from \(Wording.digits(range.lowerBound)) to \(Wording.digits(range.upperBound)), "
            + "not \(Wording.digits(value))", place: name)
      }
      return value
    }
    func whole(_ name: String, _ range: ClosedRange<Double>, _ usual: Int) throws -> Int {
      _ = try fields.whole(name)
      return Int(try within(name, range, Double(usual)))
    }
    jobs = try whole("jobs", 1...50, jobs)
    configuration = book.configuration(.balanced, pricing: .spot)
    if let word = fields["preset"] {
      guard let preset = WhatIfQuestion.presets.first(where: { $0.rawValue == word }) else {
        throw Problem(.badRequest, "there is no preset '\(word.prefix(60))'", place: "preset")
      }
      configuration = book.configuration(preset, pricing: .spot)
    }
    configuration.trainingPairs = try whole("pairs", 1...Double(Rules.mostPairs), configuration.trainingPairs)
    deadline = try within("deadline_hours", 1...2_000, deadline / 3_600) * 3_600
    share = try within("share", 50...99, share * 100) / 100
    if fields.has("budget") { budget = try within("budget", 1...1_000_000, 1) }
  }
}

extension Endpoint.Parameter {
  /// What ``DeadlineQuestion`` reads.
  static let deadline: [Self] = [
    .count("jobs", "How many are submitted at once.", from: 1, to: 50),
    .word("preset", "Their preset; balanced unless said.", WhatIfQuestion.presets.map(\.rawValue)),
    .count("pairs", "Training pairs of each.", from: 1, to: Rules.mostPairs),
    .init(
      name: "deadline_hours", about: "Hours after their submission; 24 unless said.",
      schema: ["type": "number", "minimum": 1, "maximum": 2_000]),
    .init(
      name: "share", about: "Per cent of the jobs that have to be done by then; 90 unless said.",
      schema: ["type": "number", "minimum": 50, "maximum": 99]),
    .init(
      name: "budget", about: "US dollars for all of them; no limit unless said.",
      schema: ["type": "number", "minimum": 1, "maximum": 1_000_000]),
  ]
}
