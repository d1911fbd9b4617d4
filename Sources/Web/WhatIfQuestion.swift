import Calibration
import DiscreteEvent
import Engine
import Scenarios

/// What is to be tried on the running month: the same question from a page's form, an address and a program.
public struct WhatIfQuestion: Hashable, Sendable {
  /// Jobs that are sure to come.
  public struct Addition: Hashable, Sendable {
    public var count = 1
    public var configuration: JobConfiguration
    /// nil: at once.
    public var start: Instant?
  }

  public var addition: Addition?
  public var slots: Int32?
  public var payment: PolicyChoice?
  /// US dollars an hour of pods to come.
  public var spotRate: Double?
  public var onDemandRate: Double?

  public init() {}

  public var isEmpty: Bool { self == WhatIfQuestion() }

  static let payments = ["on_demand", "spot", "spot_then_on_demand"]
  static let presets = PresetDeeds.presets
  /// Interruptions after which a job goes on on demand, unless told otherwise.
  static let usualFallback = 3

  /// - Parameter book: what presets stand for now.
  /// - Throws: ``Problem`` that names the field.
  init(_ fields: FormFields, _ book: PresetBook) throws {
    func problem(_ name: String, _ text: String) -> Problem { Problem(.badRequest, text, place: name) }
    func whole(_ name: String, _ range: ClosedRange<Int>) throws -> Int? {
      guard let value = try fields.whole(name) else { return nil }
      guard range.contains(value) else {
        throw problem(
          name, "\(Wording.words(name)) is from \(range.lowerBound) to \(Wording.group(range.upperBound)), not \(value)"
        )
      }
      return value
    }
    func rate(_ name: String) throws -> Double? {
      guard let value = try fields.number(name) else { return nil }
      guard (0...1_000).contains(value) else {
        throw problem(
          name, "\(Wording.words(name)) is from 0 to 1,000 US dollars an hour, not \(Wording.digits(value))")
      }
      return value
    }
    func word(_ name: String, _ words: [String]) throws -> String? {
      guard let text = fields[name] else { return nil }
      guard words.contains(text) else {
        throw problem(name, "\(Wording.words(name)) is \(words.joined(separator: ", ")), not '\(text.prefix(60))'")
      }
      return text
    }
    let pricing = try word("add_pricing", ["spot", "on_demand"]) ?? "spot"
    let (pairs, count) = (try whole("add_pairs", 1...Rules.mostPairs), try whole("add_count", 1...50) ?? 1)
    let start = try fields["add_start"].map { text in
      guard let at = InstantText.instant(text) else {
        throw problem("add_start", "add start is a time such as 2026-12-01T09:00, not '\(text.prefix(60))'")
      }
      return at
    }
    if let preset = try word("add", WhatIfQuestion.presets.map(\.rawValue)).flatMap(Preset.init) {
      var configuration = book.configuration(preset, pricing: pricing == "spot" ? .spot : .onDemand)
      if let pairs { configuration.trainingPairs = pairs }
      addition = Addition(count: count, configuration: configuration, start: start)
    }
    slots = try whole("slots", 1...1_000).map(Int32.init)
    let fallback = try whole("fallback_after", 1...1_000) ?? WhatIfQuestion.usualFallback
    payment = try word("payment", WhatIfQuestion.payments).map { word in
      switch word {
      case "on_demand": .onDemand
      case "spot": .spot
      default: .spotThenOnDemand(after: Int32(fallback))
      }
    }
    (spotRate, onDemandRate) = (try rate("spot_rate"), try rate("on_demand_rate"))
  }
}

extension Endpoint.Parameter {
  /// What ``WhatIfQuestion`` reads.
  static let whatIf: [Self] = [
    .word("add", "The preset of a job that is sure to come.", WhatIfQuestion.presets.map(\.rawValue)),
    .word("add_pricing", "How its pods are paid for; spot unless said.", ["spot", "on_demand"]),
    .count("add_pairs", "Its training pairs.", from: 1, to: Rules.mostPairs),
    .count("add_count", "How many of it come.", from: 1, to: 50),
    .init(
      name: "add_start", about: "When it is submitted (UTC); at once unless said.",
      schema: [
        "type": "string",
        "pattern": .string("^\(Endpoint.Parameter.day)" + #"(T([01][0-9]|2[0-3]):[0-5][0-9])?$"#),
      ]),
    .count("slots", "How many jobs may run at once.", from: 1, to: 1_000),
    .word("payment", "How all jobs without a pod are paid for.", WhatIfQuestion.payments),
    .count(
      "fallback_after", "With spot_then_on_demand: after so many interruptions; 3 unless said.", from: 1, to: 1_000),
    .rate("spot_rate", "US dollars an hour of spot pods to come."),
    .rate("on_demand_rate", "US dollars an hour of on-demand pods to come."),
  ]

  private static func rate(_ name: String, _ about: String) -> Self {
    .init(name: name, about: about, schema: ["type": "number", "minimum": 0, "maximum": 1_000])
  }
}
