// What is named with underscores is named as it stands in JSON.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Live

/// A job to be made.
public struct NewJob: Codable, Sendable {
  public var name: String
  public var client: String?
  public var project: String?
  public var creator: String?
  public var configuration: JobConfiguration
  public var max_cost_usd: Double?
  public var purpose: String?
  public var notes: String?
  public var tags: [String]?
  public var template: String?
  /// A file of the store's; pairs and tokens are then its own.
  public var training_file: String?
  /// What its pod examines both models with once training is over, see ``SuiteSummary``; none unless they are named.
  public var suites: [String]?
  public var retry_of: String?
  /// The job whose newest checkpoint it goes on from, with what is left of its own configuration's epochs.
  public var resume_of: String?
  /// The completed job whose adapters are to answer ``suites``, on a pod of this job's own: then nothing is trained, and of the configuration only the
  /// pricing counts.
  public var examines: String?
  /// The kind of the suggested fix that it tries, see ``FixDocument``.
  public var fix: String?
  /// Kept as `pending_configuration` until it is confirmed.
  public var draft: Bool?
  public var justification: String?

  public init(name: String, configuration: JobConfiguration) {
    self.name = name
    self.configuration = configuration
  }

  /// Whoever reads it says what presets stand for, under ``presets``; what comes with the program does without.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    name = try values.decode(String.self, forKey: .name)
    let book = NewJob.presets.flatMap { decoder.userInfo[$0] } as? PresetBook ?? PresetBook()
    configuration = try values.decode(NewConfiguration.self, forKey: .configuration).filled(by: book)
    func text(_ key: CodingKeys) throws -> String? { try values.decodeIfPresent(String.self, forKey: key) }
    (client, project, creator) = (try text(.client), try text(.project), try text(.creator))
    (purpose, notes, justification) = (try text(.purpose), try text(.notes), try text(.justification))
    (template, training_file, fix) = (try text(.template), try text(.training_file), try text(.fix))
    (retry_of, resume_of, examines) = (try text(.retry_of), try text(.resume_of), try text(.examines))
    max_cost_usd = try values.decodeIfPresent(Double.self, forKey: .max_cost_usd)
    tags = try values.decodeIfPresent([String].self, forKey: .tags)
    suites = try values.decodeIfPresent([String].self, forKey: .suites)
    draft = try values.decodeIfPresent(Bool.self, forKey: .draft)
  }

  /// - Throws: ``Problem`` where a text is too long, or a number is none that can be.
  func check() throws {
    guard (3...100).contains(name.unicodeScalars.count) else {
      throw Problem(.badRequest, "a job's name has 3 to 100 characters, not \(name.unicodeScalars.count)")
    }
    for (what, text, most) in [
      ("client", client, 200), ("project", project, 200), ("purpose", purpose, 500), ("notes", notes, 2_000),
      ("justification", justification, 2_000),
    ] {
      if let text, text.unicodeScalars.count > most {
        throw Problem(.badRequest, "\(what) has \(text.unicodeScalars.count) characters; \(most) at most")
      }
    }
    if let tags, tags.count > 20 || !tags.allSatisfy({ (1...40).contains($0.unicodeScalars.count) }) {
      throw Problem(.badRequest, "a job has 20 tags at most, of 1 to 40 characters each")
    }
    if let cap = max_cost_usd, !(cap > 0 && cap < 1e9) {
      throw Problem(.badRequest, "max_cost_usd must be above 0 and below 1,000,000,000")
    }
  }

  /// As the journal keeps it.
  func description(creator: String, quote: QuoteDocument) -> JobDescription {
    var text = JobDescription(ordinal: 0, id: "", name: name, configuration: configuration)
    (text.client, text.project, text.creator) = (client, project, creator)
    (text.purpose, text.tags, text.trainingFile) = (purpose, tags, training_file)
    (text.template, text.fix, text.resumedFrom) = (
      template, fix, quote.resume.map { .init(job: $0.job, step: Int32($0.step)) }
    )
    text.examines = examines
    text.notes = [notes, template.map { "Started from template: \($0)" }].compactMap { $0 }.joined(separator: "\n\n")
    if text.notes?.isEmpty == true { text.notes = nil }
    func nano(_ dollars: Double) -> Int64 { Int64((dollars * 1e9).rounded()) }
    text.quote = JobDescription.Quote(
      cost: (nano(quote.cost_usd.p10), nano(quote.cost_usd.p50), nano(quote.cost_usd.p90)),
      seconds: (quote.duration_s.p10, quote.duration_s.p50, quote.duration_s.p90))
    return text
  }

  /// What story 1.2.2 warns of.
  static func warnings(_ quote: QuoteDocument) -> [String] {
    var warnings: [String] = []
    if quote.p_completes < 0.5 {
      warnings.append(
        "Only \(Wording.percent(quote.p_completes)) of such jobs would complete: the model expects most of them to run out of memory or to "
          + "fail. A smaller batch_size or shorter sequences may help.")
    }
    guard let budget = quote.budget, let limit = budget.limit_usd, limit > 0 else { return warnings }
    let used = budget.spent_usd / limit
    if used >= 0.8 {
      warnings.append(
        "You're at \(Int(used * 100))% of monthly budget (\(Wording.money(budget.spent_usd)) of \(Wording.money(limit)))."
      )
    }
    if let available = budget.available_usd, quote.reservation_usd > available {
      // What is held against the limit is not the middle of the estimate: four jobs in five cost less than this.
      warnings.append(
        "Estimated cost (\(Wording.money(quote.reservation_usd)), 80th percentile) exceeds remaining monthly budget "
          + "(\(Wording.money(max(0, available)))). Adjust configuration or increase budget limit.")
    }
    return warnings
  }
}

extension NewJob {
  /// Where a decoder is told a `PresetBook`.
  static let presets = CodingUserInfoKey(rawValue: "presets")
}

/// What a job is asked to do: what it leaves out is as its preset has it now.
public struct NewConfiguration: Codable, Sendable {
  public var preset: Preset
  public var pricing: Pricing
  public var rank: Int?
  public var learningRate: Double?
  public var epochs: Int?
  public var batchSize: Int?
  public var gradientAccumulation: Int?
  public var maxSequenceLength: Int?
  public var checkpointEvery: Int?
  public var trainingPairs: Int
  public var tokensPerPair: Double
  public var statedSteps: Int?
  /// Of a job that is copied; counted anew from the suites that are asked for.
  public var suitePasses: Int?

  func filled(by book: PresetBook) -> JobConfiguration {
    var c = book.configuration(preset, pricing: pricing)
    (c.rank, c.learningRate, c.epochs) = (rank ?? c.rank, learningRate ?? c.learningRate, epochs ?? c.epochs)
    c.batchSize = batchSize ?? c.batchSize
    c.gradientAccumulation = gradientAccumulation ?? c.gradientAccumulation
    c.maxSequenceLength = maxSequenceLength ?? c.maxSequenceLength
    c.checkpointEvery = checkpointEvery ?? c.checkpointEvery
    (c.trainingPairs, c.tokensPerPair, c.statedSteps) = (trainingPairs, tokensPerPair, statedSteps)
    return c
  }
}

/// Something to be noted down about a job.
public struct NewNote: Codable, Sendable {
  public var text: String
  public init(text: String) { self.text = text }

  func check() throws {
    guard (1...2_000).contains(text.unicodeScalars.count) else {
      throw Problem(.badRequest, "a note has 1 to 2,000 characters, not \(text.unicodeScalars.count)")
    }
  }
}
