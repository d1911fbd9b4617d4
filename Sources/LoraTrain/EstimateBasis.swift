import Calibration
import DiscreteEvent
import Engine
import Foundation
import Planning
import Scenarios

/// What estimates stand on: everything that a history says about the next run, and nothing of the history itself. Small enough
/// to be kept, see ``ModelCache``.
struct EstimateBasis: Codable {
  var model: Model
  var memory: VRAMModel
  /// How far the quotes that users were shown were off, in the middle case.
  var quoteError: Double?
  /// What past estimates would have been worth.
  var accuracy: Accuracy?
  /// The least and the greatest value of what a job may be asked for, by its name for people; empty with few past jobs.
  var seen: [String: ClosedRange<Double>]
  /// What kind of stores the history came from, unless they were real.
  var label: String

  /// From the cache, where the same history was asked before; else by calibration.
  static func load(_ path: String?, asOf: Instant?, threads: Int) async throws -> EstimateBasis {
    if let path, path.hasSuffix(".json") {
      var basis = try ModelLoader.read(model: path)
      basis.model.warnings += asOf.map { basis.warnings(asOf: $0) } ?? []
      return basis
    }
    let cache = path.flatMap { ModelCache(history: $0, asOf: asOf) }
    if let known: EstimateBasis = cache?.read() { return known }
    var basis = try await EstimateBasis(try ModelLoader.load(path, asOf: asOf), threads: threads)
    // Which jobs may come is of no concern to the one that is asked about, and most of a model's size.
    basis.model.mix = []
    cache?.write(basis)
    return basis
  }

  /// A kept model was fitted to all that its history knew: nothing of it can be taken away again.
  func warnings(asOf: Instant) -> [String] {
    guard let until = model.source.until, until > asOf else { return [] }
    return [
      "the model knows what happened until \(Words.moment(until)) UTC, after --as-of \(Words.moment(asOf)): name the history "
        + "itself to leave that out"
    ]
  }

  /// What a calibration says of the next run.
  init(_ calibrated: Calibrated, threads: Int) async throws {
    model = calibrated.model
    memory = calibrated.memory
    quoteError = calibrated.quoteError
    accuracy = try await calibrated.accuracy(threads: threads)
    seen = EstimateBasis.seen(in: calibrated.history)
    label = calibrated.label
  }

  /// A model alone, and nothing of the history that it came from.
  init(_ model: Model) {
    self.model = model
    memory = VRAMModel()
    seen = [:]
    label = ""
  }

  /// The possible truths behind the estimates of a job, named as a person would.
  func source(_ path: String?, _ sampling: ParameterSampling, threads: Int) async -> ModelSource {
    let draws = ModelSource.draws
    let points = ModelLoader.points(sampling)
    let worlds = await withTaskGroup(of: (Int, [WorldParameters]).self) { [model] group in
      let parts = max(1, min(threads, draws))
      for part in 0..<parts {
        group.addTask {
          let own = (draws * part / parts)..<(draws * (part + 1) / parts)
          return (part, own.map { model.draw($0, of: draws, seed: 1, points: points) })
        }
      }
      return await group.reduce(into: [Int: [WorldParameters]]()) { $0[$1.0] = $1.1 }
    }
    return ModelSource(
      worlds: worlds.sorted { $0.key < $1.key }.flatMap(\.value), jobs: model.source.jobs,
      name: ModelLoader.name(path, label, jobs: model.source.jobs), warnings: model.warnings)
  }

  private static func configured(_ c: JobConfiguration) -> [(String, Double)] {
    [("tokens a step", c.tokensPerStep), ("rank", Double(c.rank)), ("batch size", Double(c.batchSize))]
  }

  private static func seen(in history: History) -> [String: ClosedRange<Double>] {
    guard history.jobs.count >= 5 else { return [:] }
    var seen: [String: ClosedRange<Double>] = [:]
    for job in history.jobs {
      for (name, value) in configured(job.configuration) {
        let range = seen[name] ?? value...value
        seen[name] = min(range.lowerBound, value)...max(range.upperBound, value)
      }
    }
    return seen
  }

  /// What lies outside of anything the history has seen, as warnings.
  func rangeWarnings(for c: JobConfiguration) -> [String] {
    EstimateBasis.configured(c).compactMap { name, value in
      guard let range = seen[name], value < range.lowerBound * 0.9 || value > range.upperBound * 1.1 else { return nil }
      return "\(name) \(JSON.digits((value * 100).rounded() / 100)) lies outside of what the history has seen "
        + "(\(JSON.digits(range.lowerBound.rounded()))–\(JSON.digits(range.upperBound.rounded()))): "
        + "the answer is an extrapolation, and wider"
    }
  }

  /// The source with more spread in the step time where the job lies outside the history's range, or its tokens are estimated.
  func widened(_ source: ModelSource, for c: JobConfiguration, file: TrainingFile?) -> ModelSource {
    var extra = 0.0
    if !rangeWarnings(for: c).isEmpty { extra += 0.1 * 0.1 }
    if file != nil { extra += TokenEstimate.relativeSpread * TokenEstimate.relativeSpread }
    guard extra > 0 else { return source }
    var source = source
    for i in source.worlds.indices {
      let own = source.worlds[i].step.jobSD
      source.worlds[i].step.jobSD = (own * own + extra).squareRoot()
    }
    return source
  }
}

/// What past estimates of the cost would have been worth.
struct Accuracy: Codable {
  /// The share of outcomes within the 80 % interval.
  var coverage80: Double
  /// The median of |middle estimate ÷ outcome − 1|.
  var medianError: Double
  var jobs: Int
}
