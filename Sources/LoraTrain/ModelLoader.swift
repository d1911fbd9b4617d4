import Calibration
import DiscreteEvent
import Engine
import Foundation
import Journal
import Planning
import Scenarios

/// A model ready to plan with, and what came with it.
struct Calibrated {
  var model: Model
  var source: ModelSource
  var history: History
  var memory: VRAMModel
  /// How far the quotes that users were shown were off, in the middle case.
  var quoteError: Double?
  /// What kind of stores the history came from, unless they were real.
  var label: String

  /// What estimates and forecasts assume unless told otherwise: after 3 interruptions on demand, and attempts to get a
  /// pod go on until there is one.
  static var policies: Policies {
    var policies = Policies()
    policies.maxInterruptions = 3
    policies.afterInterruptions = .onDemand
    policies.afterProvisioning = .keepTrying
    return policies
  }

  /// How many jobs ran at once at most, if any ever had to wait for a slot; else unlimited.
  var observedSlots: Int32 {
    let waited = history.jobs.contains { job in job.admitted.map { $0 - job.submitted > .seconds(60) } ?? false }
    guard waited else { return .max }
    var edges: [(Instant, Int)] = []
    for job in history.jobs {
      guard let admitted = job.admitted else { continue }
      edges.append((admitted, 1))
      if let ended = job.ended { edges.append((ended, -1)) }
    }
    edges.sort { ($0.0, $0.1) < ($1.0, $1.1) }
    var running = 0
    var most = 1
    for edge in edges {
      running += edge.1
      most = max(most, running)
    }
    return Int32(clamping: most)
  }

  /// How good this model's own estimates of the last 40 jobs would have been, had it been calibrated before them.
  func accuracy(threads: Int) async throws -> Accuracy? {
    guard history.jobs.count >= 60 else { return nil }
    let backtest = try await Backtest.run(
      history, from: 20, refitEvery: 40, last: 40, replications: 200, threads: threads, policies: Calibrated.policies,
      calibrate: { history in
        let model = try ModelLoader.fit(history)
        return (0..<64).map { model.draw($0, of: 64, seed: 1) }
      })
    let coverage = backtest.coverage(.cost, from: 0)
    guard coverage.n >= 20 else { return nil }
    return Accuracy(coverage80: coverage.share, medianError: backtest.medianError(.cost), jobs: coverage.n)
  }
}

/// Finds the model behind an answer: a history database, a model.json, or the shipped priors; and says which.
enum ModelLoader {
  static func load(
    _ path: String?, asOf: Instant?, sampling: ParameterSampling = .random
  ) throws -> Calibrated {
    guard let path else {
      let history = History(source: "")
      let model = try fit(history)
      return make(model, history, path, label: "", sampling)
    }
    if path.hasSuffix(".json") {
      let basis = try read(model: path)
      var calibrated = make(basis.model, History(source: path), path, label: basis.label, sampling)
      calibrated.source.warnings += asOf.map { basis.warnings(asOf: $0) } ?? []
      (calibrated.memory, calibrated.quoteError) = (basis.memory, basis.quoteError)
      return calibrated
    }
    let history = try HistoryReader.read(path: path, asOf: asOf)
    let model = try fit(history)
    let origins = Set(history.observations.map(\.origin)).sorted().filter { $0 != "real" }
    let label = origins.isEmpty ? "" : " (\(origins.joined(separator: ", ")))"
    return make(model, history, path, label: label, sampling)
  }

  /// Calibrates on a history, with the shipped priors.
  static func fit(_ history: History, goodnessOfFit: Bool = false) throws -> Model {
    Model.fit(history: history, priors: try Priors.shipped(), goodnessOfFit: goodnessOfFit)
  }

  /// The model that a scenario names; exact: its medians alone.
  static func source(
    for scenario: Scenario, asOf: Instant? = nil, exact: Bool = false, sampling: ParameterSampling = .random
  ) throws -> ModelSource {
    let calibrated: Calibrated
    switch scenario.model {
    case .none: return ModelSource(worlds: [WorldParameters()], jobs: 0, name: "the scenario alone")
    case .priors: calibrated = try load(nil, asOf: nil, sampling: sampling)
    case .file(let path): calibrated = try load(path, asOf: asOf, sampling: sampling)
    }
    var source = calibrated.source
    if exact { source.worlds = [calibrated.model.point] }
    return source
  }

  /// What a person reads as the source.
  static func name(_ path: String?, _ label: String, jobs: Int) -> String {
    let priors = "the shipped priors answer (calibration/priors.json)"
    guard let path else { return priors }
    return jobs > 0 ? path + label : "nothing is known in \(path) by then; \(priors)"
  }

  /// Possible truths drawn from a model.
  static func source(_ model: Model, name: String, _ sampling: ParameterSampling) -> ModelSource {
    let (draws, points) = (ModelSource.draws, points(sampling))
    return ModelSource(
      worlds: (0..<draws).map { model.draw($0, of: draws, seed: 1, points: points) }, jobs: model.source.jobs,
      name: name, warnings: model.warnings)
  }

  /// One for each possible truth, where they are asked for.
  static func points(_ sampling: ParameterSampling) -> SobolPoints? {
    sampling == .sobol ? SobolPoints(count: ModelSource.draws, seed: 1) : nil
  }

  private static func make(
    _ model: Model, _ history: History, _ path: String?, label: String, _ sampling: ParameterSampling
  ) -> Calibrated {
    Calibrated(
      model: model, source: source(model, name: name(path, label, jobs: model.source.jobs), sampling), history: history,
      memory: VRAMModel().updated(by: MemoryOutcome.seen(in: history)), quoteError: quoteError(history), label: label)
  }

  /// How far past quotes were off: the median of |cost ÷ quote − 1|; nil with fewer than 20 of them.
  private static func quoteError(_ history: History) -> Double? {
    let errors = history.jobs.compactMap { job -> Double? in
      guard job.outcome == .completed, !job.isExamination, let cost = job.cost, let quote = job.quotedCost, quote > 0
      else { return nil }
      return abs(Double(cost) / Double(quote) - 1)
    }.sorted()
    return errors.count >= 20 ? errors[errors.count / 2] : nil
  }

  /// The version of a model, which stands in the file itself or under `model`.
  private struct Versioned: Decodable {
    var version: Int
    private enum Key: CodingKey { case version, model }
    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: Key.self)
      let inner = try? fields.nestedContainer(keyedBy: Key.self, forKey: .model)
      version = try (inner ?? fields).decode(Int.self, forKey: .version)
    }
  }

  /// What `calibrate --output` wrote: a model, and what its history showed of estimates.
  static func read(model path: String) throws -> EstimateBasis {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw InputError(.noInput, file: path, "there is no such file, or it cannot be read")
    }
    do {
      // Before the rest, which another version may have named otherwise.
      if let version = try? JSONDecoder().decode(Versioned.self, from: data).version, version != Model.formatVersion {
        throw InputError(
          .badData, file: path, "is a model of version \(version); this program reads version \(Model.formatVersion)",
          hint: "write it again with this version: lora-train calibrate --history FILE --output \(path)")
      }
      if let basis = try? JSONDecoder().decode(EstimateBasis.self, from: data) { return basis }
      return EstimateBasis(try JSONDecoder().decode(Model.self, from: data))
    } catch let error as InputError {
      throw error
    } catch {
      throw InputError(
        .badData, file: path, "is not a model written by 'lora-train calibrate --output'",
        hint: "write it again with this version: lora-train calibrate --history FILE --output \(path)")
    }
  }
}
